"""Pictures of a layer: feature visualizations, class images, inverted activations, filters, maps, relations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.colormaps import diverging_colors
from lazytui.figures.kinds import Pixels
from lazytui.files.long_texts import long_text

_MAPS = 64


def layer_pictures(result: NeuronsResult) -> list[Pixels]:
    pictures = (
        _visualizations(result),
        _class_images(result),
        _inverted(result),
        _filters(result),
        _feature_maps(result),
        _relations(result),
    )
    return [picture for picture in pictures if picture]


def most_selective(result: NeuronsResult, count: int = 16) -> NDArray[np.int64]:
    """The neurons that pictures show: half with the largest excess on color, half with the least."""
    pictured = result.exemplars.units.tolist()
    scored = [n for n in pictured if result.role_of(n) in {"traitor", "hero", "mixed"}] or pictured
    order = np.array(scored)[np.argsort(-result.excess[scored], kind="stable")]
    if len(order) <= count:
        return order
    return np.concatenate([order[: count // 2], order[-(count // 2) :]])


def _visualizations(result: NeuronsResult) -> Pixels:
    chosen = most_selective(result)
    indices = np.searchsorted(result.exemplars.units, chosen)
    strength = np.maximum(result.strength[chosen], 1e-12)
    return Pixels(
        name="preferred",
        title="Feature visualization: inputs that maximize a neuron",
        note=long_text("notes", "neurons-visualizations"),
        images=result.visualizations[0, indices],
        columns=8,
        captions=tuple(
            f"{neuron} {result.role_of(neuron)} {result.visualization_response[index] / own:.1f}x "
            f"cos {result.stability[index]:.2f}"
            for neuron, index, own in zip(chosen, indices, strength, strict=True)
        ),
    )


def _class_images(result: NeuronsResult) -> Pixels:
    images = result.class_images
    return Pixels(
        name="class-images",
        title="Class images: inputs that maximize each digit's logit",
        note="Gradient ascent from random noise; each row is another start. Beside each digit: its color in training.",
        images=images.reshape(-1, *images.shape[2:]),
        columns=10,
        row_labels=tuple(f"start {start + 1}" for start in range(len(images))),
        column_labels=tuple(f"{digit} {name}" for digit, name in zip(DIGITS, result.palette.names, strict=True)),
    )


def _inverted(result: NeuronsResult) -> Pixels:
    return Pixels(
        name="inverted",
        title=f"What {result.layer} has kept of an image",
        note="Below each digit, an image found from noise that makes the layer do the same: what it doesn't show of "
        "the digit, the layer has forgotten.",
        images=np.concatenate([result.originals, result.inverted]).astype(np.uint8),
        columns=10,
        row_labels=("shown", "found"),
        column_labels=DIGITS,
    )


def _filters(result: NeuronsResult) -> Pixels | None:
    if result.filters is None:
        return None
    filters = result.filters[:_MAPS]
    return Pixels(
        name="filters",
        title="First-layer filters in red, green and blue",
        note="Mid-gray is a weight of 0; each filter is scaled by its largest weight. A colored filter "
        "responds to color.",
        images=filters,
        columns=8,
        captions=tuple(map(str, range(len(filters)))),
    )


def _feature_maps(result: NeuronsResult) -> Pixels | None:
    """Each neuron's map of the red 1, the strongest first."""
    if result.feature_maps is None:
        return None
    maps = result.feature_maps[1].astype(np.float64)
    order = np.argsort(-maps.max((1, 2)), kind="stable")[:_MAPS]
    gray = 255 * np.clip(maps[order] / max(float(maps.max()), 1e-12), 0, 1)
    return Pixels(
        name="feature-maps",
        title=f"Feature maps of the {result.palette.names[0]} 1",
        note=f"Activations of {len(order)} neurons at each position, the most active first; white is the layer's "
        "maximum on this image.",
        images=np.repeat(gray[..., None], 3, axis=3).astype(np.uint8),
        columns=16,
        captions=tuple(map(str, order)),
    )


def _relations(result: NeuronsResult) -> Pixels:
    order = result.clustered
    related = [values[np.ix_(order, order)] for values in (result.correlation, result.shared_information)]
    return Pixels(
        name="relations",
        title="Neuron by neuron: correlation and shared information",
        note=f"{len(order)} neurons, similar ones side by side (average linkage on |correlation|). Left: Pearson "
        "correlation, light red 1, black 0, light blue -1. Right: adjusted mutual information, black 0 (independent), "
        "light red 1.",
        images=np.stack([diverging_colors(values, "dark") for values in related]),
        columns=2,
        captions=("correlation", "adjusted mutual information"),
    )
