"""Pictures of a layer: feature visualizations, class images, inverted activations, filters, maps, relations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import class_headings
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.analyses.neurons.target_images import target_figure
from lazytui.figures.colormaps import diverging_colors
from lazytui.figures.kinds import Pixels
from lazytui.files.long_texts import long_text

_MAPS = 64


def layer_pictures(result: NeuronsResult) -> list[Pixels]:
    pictures = (
        _visualizations(result),
        _class_images(result),
        target_figure(result),
        _inverted(result),
        _filters(result),
        *_feature_maps(result),
        _relations(result),
    )
    return [picture for picture in pictures if picture]


def most_selective(result: NeuronsResult, count: int = 16) -> NDArray[np.int64]:
    """The neurons that pictures show: half with the largest excess on the attribute, half with the least."""
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
    """Of a start at textures these first."""
    rows, logits = list(result.class_images), result.class_logits
    labels = [f"start {start + 1}" for start in range(len(rows))]
    start, below = "random noise", "" if logits is None else " Below each image: that logit."
    of_rows = [] if logits is None else list(logits)
    if result.class_textures is not None and result.class_texture_logits is not None:
        rows, labels = [result.class_textures, *rows], ["texture", *labels]
        of_rows = [result.class_texture_logits, *of_rows]
        start = "the textures of the first row, and a little noise"
    content = result.content
    beside = f" Beside each {content.label}: its {content.attribute} in training." if content.values else ""
    return Pixels(
        name="class-images",
        title=f"Class images: inputs that maximize each {content.label}'s logit",
        note=f"Gradient ascent from {start}; each row is another start.{beside}{below}",
        images=np.concatenate(rows),
        columns=len(content.classes),
        captions=tuple(f"{logit:.1f}" for row in of_rows for logit in row),
        row_labels=tuple(labels),
        column_labels=class_headings(content),
    )


def _inverted(result: NeuronsResult) -> Pixels:
    what = "digit" if result.content.label == "digit" else "image"
    return Pixels(
        name="inverted",
        title=f"What {result.layer} has kept of an image",
        note=f"Below each {what}, an image found from noise that makes the layer do the same: what it doesn't show of "
        f"the {what}, the layer has forgotten.",
        images=np.concatenate([result.originals, result.inverted]).astype(np.uint8),
        columns=len(result.originals),
        row_labels=("shown", "found"),
        column_labels=result.original_classes,
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


def _feature_maps(result: NeuronsResult) -> list[Pixels]:
    """Of the image that was asked for, or the red 1; none where the layer has no maps, or there is no such image."""
    if result.mapped_name and result.mapped_image is not None and result.mapped is not None:
        return feature_maps(result.mapped_name, result.mapped_image, result.mapped)
    if result.feature_maps is None or result.red_one_images is None:
        return []
    return feature_maps(result.red_one_names[1], result.red_one_images[1], result.feature_maps[1])


def feature_maps(name: str, image: NDArray[np.uint8], activations: NDArray[np.floating]) -> list[Pixels]:
    """An image (H, W, 3), and each channel's map of it, (C, h, w), the strongest first and all on one scale."""
    maps = activations.astype(np.float64)
    largest = max(float(maps.max()), 1e-12)
    order = np.argsort(-maps.max((1, 2)), kind="stable")[:_MAPS]
    gray = 255 * np.clip(maps[order] / largest, 0, 1)
    shown = Pixels(name="mapped-image", title=f"The image: {name}", images=image[None], columns=1)
    channels = Pixels(
        name="feature-maps",
        title=f"Feature maps of the {name}",
        note=f"Activations of {len(order)} of {len(maps)} neurons at each position, the most active first, all on one "
        "scale; below each: the neuron and its maximum. Nothing below 0 is shown.",
        white=largest,
        images=np.repeat(gray[..., None], 3, axis=3).astype(np.uint8),
        columns=16,
        captions=tuple(f"{neuron} {maps[neuron].max():.2g}" for neuron in order),
    )
    return [shown, channels]


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
