"""What is shown of one image: the image, each network's map over it, its probabilities, and what the map is worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.live import Album, ImageExplanation, SaliencyAnswer, Sorting
from lazytui.analyses.gradcam.map_pictures import overlay
from lazytui.analyses.gradcam.verdict import COLOR_ON_STROKE, color_on_stroke
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.data.palettes import Palette, palette
from lazytui.evaluation.predictions import DIGITS, tone_of
from lazytui.figures.kinds import Bars, Figure, Matrix, Pixels, Text
from lazytui.models.architectures.base import FINE_MAP
from lazytui.saliency.map_names import METHODS
from lazytui.saliency.reason_categories import EVIDENCE_CATEGORIES, NO_EVIDENCE


def of_one_image(answer: SaliencyAnswer, place: int) -> list[Figure]:
    """The image beside what each network makes of it. place: in the album, which must be there."""
    album, explanations = answer.album, answer.explanations
    assert album is not None
    ten = palette(album.trained.palette)
    drawn: list[Figure] = [_image(album, place, ten)]
    for look, name in zip(explanations, ("map", f"{AGAINST}-map"), strict=False):
        drawn.append(_map(look, name, album, place, answer, of_two=len(explanations) > 1))
    return [*drawn, _probabilities(explanations, ten)]


def _image(album: Album, place: int, ten: Palette) -> Pixels:
    return Pixels(
        name="image",
        title=f"image {place + 1:,}",
        images=album.split.images[place : place + 1],
        columns=1,
        captions=(_called(album, place, ten),),
    )


def _called(album: Album, place: int, ten: Palette) -> str:
    return f"{ten.color_name(int(album.split.colors[place]))} {album.split.digits[place]}"


def _map(
    look: ImageExplanation, name: str, album: Album, place: int, answer: SaliencyAnswer, *, of_two: bool
) -> Pixels:
    method = METHODS[answer.question.params.method]
    guess = int(look.probabilities.argmax())
    of_class = "" if look.target == guess else f", map of {look.target}"
    nothing = ", no positive evidence" if look.is_empty else ""
    height, width = look.heat.shape
    where = f", {(look.layer).removeprefix('features.')} ({height}x{width})" if look.layer else ""
    return Pixels(
        name=name,
        title=look.network if of_two else f"{method.title}{where}",
        images=album.split.images[place : place + 1],
        overlay=overlay(look.heat[None], method.signed),
        columns=1,
        captions=(f"→ {guess}{of_class}{nothing}",),
        tones=(tone_of(guess, int(album.split.digits[place]), int(album.split.colors[place])),),
    )


def _probabilities(explanations: Sequence[ImageExplanation], ten: Palette) -> Figure:
    """Bars of one network; of two a table of both."""
    title = "Probability, %"
    if len(explanations) == 1:
        return Bars(
            name="probabilities",
            title=title,
            labels=DIGITS,
            values=100 * explanations[0].probabilities.astype(np.float64),
            decimals=0,
            high=100.0,
            colors=ten.colors,
        )
    return Matrix(
        name="probabilities",
        title=title,
        values=np.stack([100 * look.probabilities.astype(np.float64) for look in explanations], axis=1),
        row_labels=DIGITS,
        column_labels=tuple(look.network for look in explanations),
        low=0.0,
        high=100.0,
        row_colors=ten.colors,
    )


def worth(answer: SaliencyAnswer) -> Text:
    """How much of each map lies on the digit, beside its nulls, and what that can't tell."""
    assert answer.album is not None
    paragraphs = [_worth(look, of_two=len(answer.explanations) > 1) for look in answer.explanations]
    coarse = {look.heat.shape for look in answer.explanations if min(look.heat.shape) < FINE_MAP}
    for height, width in sorted(coarse):
        paragraphs.append(f"A map of {height} x {width} is too coarse to show it: take a layer of 7 x 7 or finer.")
    if color_on_stroke(answer.album.trained):
        paragraphs.append(COLOR_ON_STROKE)
    paragraphs.extend(answer.advice)
    return Text(name="worth", title="Does it look at the digit?", paragraphs=tuple(paragraphs))


def _worth(look: ImageExplanation, *, of_two: bool) -> str:
    found = look.judged
    name = f"{look.network}: " if of_two else ""
    focus = round(found.focus, 2) + 0.0  # never -0.00
    if found.category == NO_EVIDENCE:
        return f"{name}no positive evidence. The map is nowhere above zero, so there is no score."
    return (
        f"{name}focus score {focus:.2f} (0 position alone, 1 perfect): {found.energy:.0%} of the evidence is on "
        f"the stroke, {found.others:.0%} on other images' strokes, a perfect looker's {found.perfect:.0%}. "
        f"Its own stroke holds more than {found.percentile:.0%} of the others do: "
        f"{EVIDENCE_CATEGORIES[found.category]}."
    )


def page(
    album: Album, sorting: Sorting | None, chosen: NDArray[np.intp], part: slice, columns: int, told: str
) -> Pixels:
    """Some of the chosen images. chosen: their places in the album. told: how they were chosen, in words."""
    ten, shown = palette(album.trained.palette), chosen[part]
    split = album.split
    captions, tones = [_called(album, place, ten) for place in shown.tolist()], []
    if sorting:
        captions = [f"{words}→{sorting.predicted[place]}" for words, place in zip(captions, shown, strict=True)]
        tones = list(map(tone_of, sorting.predicted[shown], split.digits[shown], split.colors[shown]))
    counted = f"{part.start + 1:,} to {part.start + len(shown):,} of {len(chosen):,}"
    return Pixels(
        name="images",
        title=f"{told}: {counted}",
        images=split.images[shown],
        columns=columns,
        captions=tuple(captions),
        tones=tuple(tones),
    )
