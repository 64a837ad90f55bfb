"""What is shown of one image: the image, each network's map over it, its probabilities, and what the map is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.answer_sort import AnswerCategories
from lazytui.analyses.gradcam.live import BrowsedSplit, ImageExplanation, SaliencyAnswer
from lazytui.analyses.gradcam.map_pictures import largest_evidence, overlay
from lazytui.analyses.gradcam.map_verdict import COLOR_ON_STROKE, color_on_stroke
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.analyses.networks.probabilities import probabilities_figure
from lazytui.data.palettes import Palette, palette
from lazytui.evaluation.predictions import tone_of
from lazytui.figures.kinds import Figure, Pixels, Text
from lazytui.models.architectures.base import FINE_MAP
from lazytui.saliency.checks.reason_categories import EVIDENCE_CATEGORIES, NO_EVIDENCE
from lazytui.saliency.map_names import METHODS


def image_figures(answer: SaliencyAnswer, index: int) -> list[Figure]:
    """The image beside what each network makes of it. index: in the browsed images, which must be there."""
    browsed, explanations = answer.browsed, answer.explanations
    assert browsed is not None
    ten = palette(browsed.trained.palette)
    figures: list[Figure] = [_image(browsed, index, ten)]
    for explanation, name in zip(explanations, ("map", f"{AGAINST}-map"), strict=False):
        figures.append(_map(explanation, name, browsed, index, answer, of_two=len(explanations) > 1))
    names = [explanation.network for explanation in explanations]
    shares = [explanation.probabilities for explanation in explanations]
    return [*figures, probabilities_figure(shares, names, ten.name)]


def _image(browsed: BrowsedSplit, index: int, ten: Palette) -> Pixels:
    return Pixels(
        name="image",
        title=f"image {index + 1:,}",
        images=browsed.split.images[index : index + 1],
        columns=1,
        captions=(_image_caption(browsed, index, ten),),
    )


def _image_caption(browsed: BrowsedSplit, index: int, ten: Palette) -> str:
    return f"{ten.color_name(int(browsed.split.attributes[index]))} {browsed.split.labels[index]}"


def _map(
    explanation: ImageExplanation, name: str, browsed: BrowsedSplit, index: int, answer: SaliencyAnswer, *, of_two: bool
) -> Pixels:
    method = METHODS[answer.question.params.method]
    guess = int(explanation.probabilities.argmax())
    of_class = "" if explanation.target == guess else f", map of {explanation.target}"
    nothing = ", no positive evidence" if explanation.is_empty else ""
    height, width = explanation.heat.shape
    where = f", {(explanation.layer).removeprefix('features.')} ({height}x{width})" if explanation.layer else ""
    return Pixels(
        name=name,
        title=explanation.network if of_two else f"{method.title}{where}",
        images=browsed.split.images[index : index + 1],
        overlay=overlay(explanation.heat[None], method.signed),
        overlay_max=largest_evidence(explanation.heat, method.signed),
        columns=1,
        captions=(f"→ {guess}{of_class}{nothing}",),
        tones=(tone_of(guess, int(browsed.split.labels[index]), int(browsed.split.attributes[index])),),
    )


def map_scores_text(answer: SaliencyAnswer) -> Text:
    """How much of each map lies on the digit, beside its nulls, and what that can't tell."""
    assert answer.browsed is not None
    paragraphs = [
        _map_scores_sentence(explanation, of_two=len(answer.explanations) > 1) for explanation in answer.explanations
    ]
    coarse = {explanation.heat.shape for explanation in answer.explanations if min(explanation.heat.shape) < FINE_MAP}
    for height, width in sorted(coarse):
        paragraphs.append(f"A map of {height} x {width} is too coarse to show it: take a layer of 7 x 7 or finer.")
    if color_on_stroke(answer.browsed.trained):
        paragraphs.append(COLOR_ON_STROKE)
    paragraphs.extend(answer.advice)
    return Text(name="worth", title="Does it look at the digit?", paragraphs=tuple(paragraphs))


def _map_scores_sentence(explanation: ImageExplanation, *, of_two: bool) -> str:
    scores = explanation.scores
    name = f"{explanation.network}: " if of_two else ""
    focus = round(scores.focus, 2) + 0.0  # never -0.00
    if scores.category == NO_EVIDENCE:
        return f"{name}no positive evidence. The map is nowhere above zero, so there is no score."
    return (
        f"{name}focus score {focus:.2f} (0 position alone, 1 perfect): {scores.energy:.0%} of the evidence is on "
        f"the stroke, {scores.others:.0%} on other images' strokes, upper bound {scores.perfect:.0%}. "
        f"Its own stroke holds more than {scores.percentile:.0%} of the others do: "
        f"{EVIDENCE_CATEGORIES[scores.category]}."
    )


def image_page(
    browsed: BrowsedSplit,
    categories: AnswerCategories | None,
    chosen: NDArray[np.intp],
    part: slice,
    columns: int,
    description: str,
) -> Pixels:
    """Some of the chosen images. chosen: their indices. description: how they were chosen, in words."""
    ten, shown = palette(browsed.trained.palette), chosen[part]
    split = browsed.split
    captions, tones = [_image_caption(browsed, index, ten) for index in shown.tolist()], []
    if categories:
        captions = [f"{caption}→{categories.predicted[index]}" for caption, index in zip(captions, shown, strict=True)]
        tones = list(map(tone_of, categories.predicted[shown], split.labels[shown], split.attributes[shown]))
    counted = f"{part.start + 1:,} to {part.start + len(shown):,} of {len(chosen):,}"
    return Pixels(
        name="images",
        title=f"{description}: {counted}",
        images=split.images[shown],
        columns=columns,
        captions=tuple(captions),
        tones=tuple(tones),
    )
