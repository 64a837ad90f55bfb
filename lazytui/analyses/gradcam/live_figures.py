"""What is shown of one image: the image, each network's map over it, its probabilities, and what the map is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import region, subject
from lazytui.analyses.gradcam.answer_sort import AnswerCategories
from lazytui.analyses.gradcam.image_words import evidence_names
from lazytui.analyses.gradcam.live import BrowsedSplit, ImageExplanation, SaliencyAnswer
from lazytui.analyses.gradcam.map_pictures import largest_evidence, overlay
from lazytui.analyses.gradcam.map_verdict import COLOR_ON_STROKE, NO_MASKS, color_on_stroke
from lazytui.analyses.gradcam.params import read_target
from lazytui.analyses.networks.image_choice import group_name
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.analyses.networks.probabilities import probabilities_figure
from lazytui.analyses.networks.score_choice import ScoreName, score_in_words
from lazytui.data.content import Content
from lazytui.evaluation.predictions import tone_of
from lazytui.figures.kinds import Figure, Pixels, Text
from lazytui.models.architectures.base import FINE_MAP
from lazytui.saliency.checks.reason_categories import NO_EVIDENCE
from lazytui.saliency.map_names import METHODS

_CAPTION = 13
"""Characters that fit below an image of a page, beside its mark."""


def image_figures(answer: SaliencyAnswer, index: int) -> list[Figure]:
    """The image beside what each network makes of it. index: in the browsed images, which must be there."""
    browsed, explanations = answer.browsed, answer.explanations
    assert browsed is not None
    figures: list[Figure] = [_image(browsed, index)]
    for explanation, name in zip(explanations, ("map", f"{AGAINST}-map"), strict=False):
        figures.append(_map(explanation, name, browsed, index, answer, of_two=len(explanations) > 1))
    names = [explanation.network for explanation in explanations]
    shares = [explanation.probabilities for explanation in explanations]
    return [*figures, probabilities_figure(shares, names, browsed.split.content, browsed.trained.value_colors)]


def _image(browsed: BrowsedSplit, index: int) -> Pixels:
    return Pixels(
        name="image",
        title=f"image {index + 1:,}",
        images=browsed.split.images[index : index + 1],
        columns=1,
        captions=(_image_caption(browsed, index),),
    )


def _image_caption(browsed: BrowsedSplit, index: int) -> str:
    split = browsed.split
    return group_name(split.content, int(split.labels[index]), int(split.attributes[index]))


def _map(
    explanation: ImageExplanation, name: str, browsed: BrowsedSplit, index: int, answer: SaliencyAnswer, *, of_two: bool
) -> Pixels:
    method, split, classes = METHODS[answer.question.params.method], browsed.split, browsed.split.content.classes
    guess = int(explanation.probabilities.argmax())
    named = read_target(answer.question.params.target, split.content)
    of_class = "" if explanation.target == guess else f", map of {classes[explanation.target]}"
    if isinstance(named, ScoreName):
        of_class = f", {score_in_words(named, split.content)}"
    nothing = ", no positive evidence" if explanation.is_empty else ""
    height, width = explanation.heat.shape
    of_image = split.images.shape[1:3]
    where = f", {(explanation.layer).removeprefix('features.')} ({height}x{width})" if explanation.layer else ""
    return Pixels(
        name=name,
        title=explanation.network if of_two else f"{method.title}{where}",
        images=browsed.split.images[index : index + 1],
        overlay=overlay(explanation.heat[None], method.signed, *of_image),
        overlay_max=largest_evidence(explanation.heat, method.signed, *of_image),
        columns=1,
        captions=(f"→ {classes[guess]}{of_class}{nothing}",),
        tones=(tone_of(guess, int(split.labels[index]), int(split.cue_classes[index])),),
    )


def map_scores_text(answer: SaliencyAnswer) -> Text:
    """How much of each map lies on the digit, beside its nulls, and what that can't show."""
    assert answer.browsed is not None
    content = answer.browsed.split.content
    title = f"Evidence on the {subject(content)}?"
    if not answer.browsed.has_masks:
        return Text(name="worth", title=title, paragraphs=(NO_MASKS, *answer.advice))
    paragraphs = [
        _map_scores_sentence(explanation, content, of_two=len(answer.explanations) > 1)
        for explanation in answer.explanations
    ]
    coarse = {explanation.heat.shape for explanation in answer.explanations if min(explanation.heat.shape) < FINE_MAP}
    for height, width in sorted(coarse):
        paragraphs.append(f"A map of {height} x {width} is too coarse to show it: use a layer of 7 x 7 or finer.")
    if color_on_stroke(answer.browsed.trained):
        paragraphs.append(COLOR_ON_STROKE)
    paragraphs.extend(answer.advice)
    return Text(name="worth", title=title, paragraphs=tuple(paragraphs))


def _map_scores_sentence(explanation: ImageExplanation, content: Content, *, of_two: bool) -> str:
    scores, where = explanation.scores, region(content)
    assert scores is not None
    name = f"{explanation.network}: " if of_two else ""
    focus = round(scores.focus, 2) + 0.0  # never -0.00
    if scores.category == NO_EVIDENCE:
        return f"{name}no positive evidence. The map is nowhere above zero, so there is no score."
    return (
        f"{name}focus score {focus:.2f} (0 position alone, 1 perfect): {scores.energy:.0%} of the evidence is on "
        f"the {where}, {scores.others:.0%} on other images' {where}s, upper bound {scores.perfect:.0%}. "
        f"Its own {where} holds more than {scores.percentile:.0%} of the others do: "
        f"{evidence_names(content)[scores.category]}."
    )


def _with_answer(caption: str, own: str, answer: str) -> str:
    """`water heron→owl`; where that is too long without the value of the attribute, which the image shows."""
    whole = f"{caption}→{answer}"
    return whole if len(whole) <= _CAPTION else f"{own}→{answer}"


def image_page(
    browsed: BrowsedSplit,
    categories: AnswerCategories | None,
    chosen: NDArray[np.intp],
    part: slice,
    columns: int,
    description: str,
) -> Pixels:
    """Some of the chosen images. chosen: their indices. description: how they were chosen, in words."""
    split, classes, shown = browsed.split, browsed.split.content.classes, chosen[part]
    captions, tones = [_image_caption(browsed, index) for index in shown.tolist()], []
    if categories:
        predicted = categories.predicted[shown]
        own = [classes[label] for label in split.labels[shown]]
        captions = [
            _with_answer(*parts) for parts in zip(captions, own, (classes[label] for label in predicted), strict=True)
        ]
        tones = list(map(tone_of, predicted, split.labels[shown], split.cue_classes[shown]))
    counted = f"{part.start + 1:,} to {part.start + len(shown):,} of {len(chosen):,}"
    return Pixels(
        name="images",
        title=f"{description}: {counted}",
        images=split.images[shown],
        columns=columns,
        captions=tuple(captions),
        tones=tuple(tones),
    )
