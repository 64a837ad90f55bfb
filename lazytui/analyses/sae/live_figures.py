"""What is shown of a dial: where the network looks before and after, its probabilities, and what a full turn does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.live import BrowsedSplit
from lazytui.analyses.sae.live import DoseAnswer, Prediction
from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS, tone_of
from lazytui.figures.kinds import Bars, Figure, Lines, Pixels, Series
from lazytui.sae.dose_response import FACTORS, Dose
from lazytui.saliency.map_resizing import upsample

_LEAST_PEAK = 0.15
"""A digit whose probability gets this high at some dose has a curve."""


def dose_figures(answer: DoseAnswer, *, with_original: bool = False) -> list[Figure]:
    """The image twice with where the network looks, the probabilities twice, and the dial's whole turn.

    with_original: the image also as it is, before the two.
    """
    browsed, before, after = answer.browsed, answer.before, answer.after
    assert browsed is not None and before is not None and after is not None and answer.curve is not None
    index = answer.index
    return [
        _image(browsed, index, before, after, with_original=with_original),
        _bars(before, "before", browsed),
        _bars(after, "after", browsed),
        _curve(answer.curve, answer.question.dose, answer.advice),
    ]


def image_name(browsed: BrowsedSplit, index: int) -> str:
    """`red 7`"""
    split = browsed.split
    return f"{palette(browsed.trained.palette).color_name(int(split.colors[index]))} {split.digits[index]}"


def dose_text(dose: Dose, stands_for: str = "") -> str:
    """What is done, in words. stands_for: what, where it is one feature."""
    if not dose.features:
        return "No feature is chosen."
    what = _features_text(dose.features) + (f" ({stands_for})" if stands_for else "")
    if dose.how == "scale":
        return f"{what} x {dose.factor:.1f}" + {0.0: ": ablated", 1.0: ": as it is"}.get(dose.factor, "")
    whose = "its" if len(dose.into or dose.features) == 1 else "their"
    return f"{_edit_text(dose, what)} at {dose.factor:.1f} x {whose} typical strength"


def _edit_text(dose: Dose, what: str) -> str:
    match dose.how:
        case "scale":
            return what
        case "steer":
            return f"{what} steered"
        case "swap":
            return f"{what} swapped for {_features_text(dose.into).lower()}"


def _features_text(features: tuple[int, ...]) -> str:
    if len(features) > 4:
        return f"{len(features)} features"
    return f"Feature{'s' if len(features) > 1 else ''} {', '.join(map(str, features))}"


def _image(browsed: BrowsedSplit, index: int, before: Prediction, after: Prediction, *, with_original: bool) -> Pixels:
    digit, color = int(browsed.split.digits[index]), int(browsed.split.colors[index])
    tones = [tone_of(prediction.digit, digit, color) for prediction in (before, after)]
    evidence = _on_one_scale(before.heat, after.heat)
    if evidence is not None and with_original:
        evidence = np.concatenate([np.zeros_like(evidence[:1]), evidence])
    captions = [f"{when} → {prediction.digit}" for when, prediction in (("before", before), ("after", after))]
    return Pixels(
        name="gaze",
        title="The image" if evidence is None else "Grad-CAM of the prediction",
        images=np.repeat(browsed.split.images[index : index + 1], 2 + with_original, axis=0),
        columns=2 + with_original,
        captions=(*((image_name(browsed, index),) if with_original else ()), *captions),
        tones=("plain", *tones) if with_original else tuple(tones),
        overlay=evidence,
    )


def _on_one_scale(before: NDArray[np.float32] | None, after: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    """(2, 28, 28) in [0, 1]: positive evidence as a share of the most in either."""
    if before is None or after is None:
        return None
    evidence = np.maximum(upsample(np.stack([before, after]).astype(np.float32)), 0)
    return np.asarray(evidence / max(float(evidence.max()), 1e-12), dtype=np.float32)


def _bars(prediction: Prediction, when: str, browsed: BrowsedSplit) -> Bars:
    return Bars(
        name=when,
        title=f"{when.capitalize()}, %",
        labels=DIGITS,
        values=100 * prediction.probabilities.astype(np.float64),
        decimals=0,
        high=100.0,
        colors=palette(browsed.trained.palette).colors,
    )


def _curve(curve: NDArray[np.float32], dose: Dose, advice: str) -> Lines:
    """The probabilities of the digits that matter at some dose."""
    factors = np.array(FACTORS)
    return Lines(
        name="turn",
        title=f"Dose-response: {_edit_text(dose, _features_text(dose.features))}" if dose.features else "Dose-response",
        note=advice,
        series=tuple(
            Series(name=str(digit), x=factors, y=curve[:, digit].astype(np.float64))
            for digit in range(10)
            if curve[:, digit].max() >= _LEAST_PEAK
        ),
        x_label="x",
        y_label="probability",
        low=0.0,
        high=1.0,
    )
