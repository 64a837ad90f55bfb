"""What is shown of a dose: the image, where the network looks before and after, its probabilities, and the curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import Colors
from lazytui.analyses.gradcam.live import BrowsedSplit
from lazytui.analyses.networks.image_choice import group_name
from lazytui.analyses.networks.probabilities import probabilities_figure
from lazytui.analyses.sae.dose_layer import FeatureOnImage, Prediction
from lazytui.data.content import NO_CLASS, Content
from lazytui.evaluation.predictions import tone_of
from lazytui.figures.kinds import Figure, Lines, Pixels, Series
from lazytui.sae.edits.dose_response import Dose
from lazytui.saliency.map_resizing import upsample

_LEAST_PEAK = 0.15
"""A class whose probability gets this high at some dose has a curve."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ShownDose:
    """One image with a dose of some features.

    image: (H, W, 3) uint8. label, attribute: of the image. content: of the data, value_colors: of values that
    have any. factors: those of the curve. curve: (factors, classes)
    probabilities. before, after: without and with the dose. advice: what is to be said of what the network puts out.
    features: the first of those that are turned, on the image as it is; cam_layer: of their Grad-CAM.
    """

    image: NDArray[np.uint8]
    name: str
    label: int
    attribute: int
    content: Content
    value_colors: Colors
    dose: Dose
    factors: Sequence[float]
    curve: NDArray[np.float32]
    before: Prediction
    after: Prediction
    advice: str = ""
    features: tuple[FeatureOnImage, ...] = ()
    cam_layer: str | None = None


def dose_figures(shown: ShownDose) -> list[Figure]:
    """The image in color beside where the network looks before and after, the features on it where they have maps, the
    network's probabilities, and the whole curve."""
    before, after = shown.before, shown.after
    return [
        _image(shown),
        _maps(shown),
        *_features_on_image(shown),
        probabilities_figure(
            (before.probabilities, after.probabilities), ("before", "after"), shown.content, shown.value_colors
        ),
        _curve(shown),
    ]


def image_name(browsed: BrowsedSplit, index: int) -> str:
    """`red 7`"""
    if browsed.names:
        return browsed.names[index]
    split = browsed.split
    return group_name(browsed.trained.content, int(split.labels[index]), int(split.attributes[index]))


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


def _image(shown: ShownDose) -> Pixels:
    return Pixels(name="image", title="The image", images=shown.image[None], columns=1, captions=(shown.name,))


def _maps(shown: ShownDose) -> Pixels:
    """Where the network looks, on one scale; without maps the image alone, twice."""
    before, after, content = shown.before, shown.after, shown.content
    evidence, largest = _on_one_scale(before.heat, after.heat, shown.image.shape[:2])
    cue = int(content.aligned_classes[shown.attribute]) if shown.attribute <= content.unknown else NO_CLASS
    return Pixels(
        name="gaze",
        title="What it predicts" if evidence is None else "Grad-CAM of the class predicted",
        images=np.repeat(shown.image[None], 2, axis=0),
        columns=2,
        captions=(f"before → {content.classes[before.label]}", f"after → {content.classes[after.label]}"),
        tones=tuple(tone_of(prediction.label, shown.label, cue) for prediction in (before, after)),
        overlay=evidence,
        overlay_max=largest,
    )


def _features_on_image(shown: ShownDose) -> list[Pixels]:
    """For each feature where it is active, and its Grad-CAM; each map on a scale of its own."""
    pictures: list[tuple[str, NDArray[np.float32]]] = []
    for each in shown.features:
        if each.where is not None:
            pictures.append((f"{each.feature} active {each.activation:.3g}", each.where))
        if each.grad_cam is not None:
            pictures.append((f"{each.feature} Grad-CAM", each.grad_cam))
    if not pictures:
        return []
    maps = [upsample(one[None].astype(np.float32), *shown.image.shape[:2])[0] for _, one in pictures]
    whole = shown.features[0].where is not None
    note = "Where the feature is active on the image as it is, with its activation. " if whole else ""
    missing = "" if whole else " Where it is active can't be shown: its layer has no map of single positions."
    return [
        Pixels(
            name="features-here",
            title=f"{_features_text(tuple(each.feature for each in shown.features))} on the image",
            note=f"{note}Grad-CAM of its activation at {shown.cam_layer}: what raises it. Each map is scaled by its "
            f"largest value.{missing}",
            images=np.repeat(shown.image[None], len(maps), axis=0),
            columns=2 if len(maps) == 2 * len(shown.features) else 1,
            captions=tuple(caption for caption, _ in pictures),
            overlay=np.stack([one / max(float(np.abs(one).max()), 1e-12) for one in maps]).astype(np.float32),
        )
    ]


def _on_one_scale(
    before: NDArray[np.float32] | None, after: NDArray[np.float32] | None, size: tuple[int, int]
) -> tuple[NDArray[np.float32] | None, float | None]:
    """(2, *size) in [0, 1]: positive evidence as a share of the most in either; and how much that is."""
    if before is None or after is None:
        return None, None
    evidence = np.maximum(upsample(np.stack([before, after]).astype(np.float32), *size), 0)
    largest = float(evidence.max())
    return np.asarray(evidence / max(largest, 1e-12), dtype=np.float32), largest


def _curve(shown: ShownDose) -> Lines:
    """The probabilities of the classes that matter at some dose."""
    dose, curve, factors = shown.dose, shown.curve, np.array(shown.factors)
    return Lines(
        name="turn",
        title=f"Dose-response: {_edit_text(dose, _features_text(dose.features))}" if dose.features else "Dose-response",
        note=shown.advice,
        series=tuple(
            Series(name=name, x=factors, y=curve[:, label].astype(np.float64))
            for label, name in enumerate(shown.content.classes)
            if curve[:, label].max() >= _LEAST_PEAK
        ),
        x_label="x",
        y_label="probability",
        low=0.0,
        high=1.0,
    )
