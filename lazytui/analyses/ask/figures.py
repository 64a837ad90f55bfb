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
from lazytui.figures.kinds import Figure, Pixels, Text, Tone
from lazytui.saliency.map_names import METHODS


def figures(params: AskParams, result: AskResult) -> list[Figure]:
    answers = [result.first, *([result.second] if result.second else [])]
    names = result.names
    return [
        Text(name="verdict", title="The answer", paragraphs=tuple(verdicts(answers, names, params.digit))),
        image_figure(result.first.image, params.digit),
        *map_figures(answers, names, params.digit),
        probabilities_figure([answer.probabilities for answer in answers], names, result.first.palette),
    ]


def verdicts(answers: Sequence[NetworkAnswer], names: Sequence[str], digit: int | None) -> list[str]:
    """`lazy-strokes says 0 (99.8 %). It shows a 7, to which the network gives 0.1 %.`, for each network."""
    return [_verdict(answer, name, digit) for answer, name in zip(answers, names, strict=False)]


def _verdict(answer: NetworkAnswer, name: str, digit: int | None) -> str:
    says = f"{name or 'The network'} says {answer.predicted:.0f} ({answer.prediction_probability:.1%})"
    if digit is None:
        return f"{says}."
    if answer.predicted == digit:
        return f"{says}, and that is the digit."
    return f"{says}, and it shows a {digit}, which gets {answer.probabilities[digit]:.1%}."


def image_figure(image: NDArray[np.uint8], digit: int | None) -> Pixels:
    return Pixels(
        name="image",
        title="The image" if digit is None else f"The image: a {digit}",
        note="As the network sees it, 28 x 28.",
        images=image[None],
        columns=1,
    )


def map_figures(answers: Sequence[NetworkAnswer], names: Sequence[str], digit: int | None) -> list[Pixels]:
    """Where each network looks, on the image."""
    of_two = len(answers) > 1
    return [
        _map(answer, network if of_two else "", name, digit)
        for answer, network, name in zip(answers, names, ("map", f"{AGAINST}-map"), strict=False)
    ]


def _map(answer: NetworkAnswer, network: str, name: str, digit: int | None) -> Pixels:
    method = METHODS[answer.method]
    height, width = answer.heat.shape
    layer = f" of {answer.layer} ({height} x {width})" if answer.layer else ""
    says = int(answer.predicted)
    of_class = "" if answer.target == says else f", map of {answer.target}"
    nothing = ", no positive evidence" if answer.is_empty else ""
    tone: Tone = "plain" if digit is None else "good" if says == digit else "bad"
    return Pixels(
        name=name,
        title=network or f"{method.title}{layer}",
        note=f"{method.title}{layer}, scaled to its maximum.",
        images=answer.image[None],
        overlay=overlay(answer.heat[None], method.signed),
        columns=1,
        captions=(f"→ {says}, {answer.prediction_probability:.0%}{of_class}{nothing}",),
        tones=(tone,),
    )
