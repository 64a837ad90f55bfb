"""What is shown of an answer: the verdict, the image, where each network looks, and the probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.ask.params import AskParams
from lazytui.analyses.ask.result import AskResult, NetworkAnswer
from lazytui.analyses.gradcam.map_pictures import overlay
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.analyses.networks.probabilities import probabilities_figure
from lazytui.data.content import Content
from lazytui.figures.kinds import Figure, Pixels, Text, Tone
from lazytui.saliency.map_names import METHODS


def figures(params: AskParams, result: AskResult) -> list[Figure]:
    answers = [result.first, *([result.second] if result.second else [])]
    names = result.names
    content, shares = result.first.content, [answer.probabilities for answer in answers]
    return [
        Text(name="verdict", title="The answer", paragraphs=tuple(verdicts(answers, names, params.label))),
        image_figure(result.first.image, params.label, content),
        *map_figures(answers, names, params.label),
        probabilities_figure(shares, names, content, result.first.value_colors),
    ]


def verdicts(answers: Sequence[NetworkAnswer], names: Sequence[str], label: int | None) -> list[str]:
    """`lazy-strokes says 0 (99.8 %). It shows a 7, to which the network gives 0.1 %.`, for each network."""
    return [_verdict(answer, name, label) for answer, name in zip(answers, names, strict=False)]


def _verdict(answer: NetworkAnswer, name: str, label: int | None) -> str:
    content = answer.content
    predicted = content.classes[int(answer.predicted)]
    says = f"{name or 'The network'} says {predicted} ({answer.prediction_probability:.1%})"
    if label is None:
        return f"{says}."
    if answer.predicted == label:
        return f"{says}, and that is the {content.label}."
    return f"{says}, and it shows {a_class(content, label)}, which gets {answer.probabilities[label]:.1%}."


def a_class(content: Content, label: int) -> str:
    """`a 7`, or the name of the class."""
    return f"a {content.classes[label]}" if content.label == "digit" else content.classes[label]


def image_figure(image: NDArray[np.uint8], label: int | None, content: Content) -> Pixels:
    return Pixels(
        name="image",
        title="The image" if label is None else f"The image: {a_class(content, label)}",
        note=f"As the network sees it, {image.shape[0]} x {image.shape[1]}.",
        images=image[None],
        columns=1,
    )


def map_figures(answers: Sequence[NetworkAnswer], names: Sequence[str], label: int | None) -> list[Pixels]:
    """Where each network looks, on the image."""
    of_two = len(answers) > 1
    return [
        _map(answer, network if of_two else "", name, label)
        for answer, network, name in zip(answers, names, ("map", f"{AGAINST}-map"), strict=False)
    ]


def _map(answer: NetworkAnswer, network: str, name: str, label: int | None) -> Pixels:
    method, classes = METHODS[answer.method], answer.content.classes
    height, width = answer.heat.shape
    layer = f" of {answer.layer} ({height} x {width})" if answer.layer else ""
    says = int(answer.predicted)
    of_class = "" if answer.target == says else f", map of {classes[answer.target]}"
    nothing = ", no positive evidence" if answer.is_empty else ""
    tone: Tone = "plain" if label is None else "good" if says == label else "bad"
    return Pixels(
        name=name,
        title=network or f"{method.title}{layer}",
        note=f"{method.title}{layer}, scaled to its maximum.",
        images=answer.image[None],
        overlay=overlay(answer.heat[None], method.signed, *answer.image.shape[:2]),
        columns=1,
        captions=(f"→ {classes[says]}, {answer.prediction_probability:.0%}{of_class}{nothing}",),
        tones=(tone,),
    )
