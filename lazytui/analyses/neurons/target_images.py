"""Images that maximize a custom target: a class, a margin of two, or a function of the logits."""

from __future__ import annotations

from typing import Any

from lazytui.analyses.networks.model_under_study import ModelUnderStudy
from lazytui.analyses.networks.score_choice import (
    ScoreFunction,
    class_or_score,
    load_named_score,
    score_in_words,
    try_score,
)
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.data.content import Content
from lazytui.errors import UsageError
from lazytui.figures.kinds import Pixels
from lazytui.runs.progress_report import Report


def require_target(text: str, content: Content) -> None:
    """Raise UsageError for a text that names no target, and BadInput where its function can't be had."""
    target = class_or_score(text, content)
    if target is None:
        raise UsageError(f"--target {text!r:.60} isn't a {content.label}, margin:A,B or file.py:function.")
    if isinstance(target, ScoreFunction):
        try_score(target, content)


def target_images(params: NeuronsParams, network: ModelUnderStudy, report: Report) -> dict[str, Any]:
    """The fields of a result that show the target; none where there is no target."""
    content = network.trained.content
    target = None if params.target is None else class_or_score(params.target, content)
    if target is None:
        return {}
    from lazytui.neurons.feature_visualization import Visualizer, visualize_score
    from lazytui.neurons.report import colors_of, logits_of, to_bytes

    report.note(f"optimizing images for the {score_in_words(target, content)}")
    score, hardware = load_named_score(target, content), network.hardware.at_fastest_precision()
    visualizer = Visualizer(colors_of(network.data), hardware, seed=params.seed, steps=params.steps, tick=report.check)
    images = to_bytes(visualize_score(network.model, score, visualizer, params.starts))
    values = score(logits_of(network.model, images)).cpu().numpy()
    return {"target_name": score_in_words(target, content), "target_images": images, "target_values": values}


def target_figure(result: NeuronsResult) -> Pixels | None:
    """An image a start; None where nobody asked for a target."""
    if result.target_name is None or result.target_images is None or result.target_values is None:
        return None
    return Pixels(
        name="target-images",
        title=f"Inputs that maximize the {result.target_name}",
        note=f"Gradient ascent from random noise; each image is another start. Below each: its {result.target_name}.",
        images=result.target_images,
        columns=len(result.target_images),
        captions=tuple(f"{value:.3g}" for value in result.target_values),
    )
