"""The figures that a neuron and a feature have in common: exemplars, maps, preferred inputs, group means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import Colors
from lazytui.analyses.core.exemplar_maps import ExemplarMaps
from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.counted_nouns import counted
from lazytui.data.content import Content
from lazytui.figures.kinds import Matrix, Pixels
from lazytui.saliency.map_resizing import upsample


def exemplar_images(exemplars: Exemplars, index: int, probe_images: int, name: str, title: str, note: str) -> Pixels:
    """The strongest images over those from all over its activity. index: of the unit among those that have images."""
    images = np.concatenate([exemplars.top[index], exemplars.quantiles[index]])
    values = np.concatenate([exemplars.top_values[index], exemplars.quantile_values[index]])
    return Pixels(
        name=name,
        title=title,
        note=f"First row: the strongest of {probe_images:,}. Second row: the median image of each eighth of {note}, "
        "weakest first. Below: the activation.",
        images=exemplars.images[images],
        columns=exemplars.top.shape[1],
        captions=tuple(f"{value:.3g}" for value in values),
        row_labels=("top", "spread"),
    )


def preferred_inputs(images: NDArray[np.uint8], stability: float, response: str, name: str, title: str) -> Pixels:
    """images: (starts, h, w, 3). stability: the mean cosine between the starts. response: a sentence on it."""
    agree = f"; mean cosine between them {stability:.2f}" if len(images) > 1 else ""
    return Pixels(
        name=name,
        title=title,
        note=f"From {counted(len(images), 'random start')}{agree}. {response}".strip(),
        images=images,
        columns=len(images),
        captions=tuple(f"start {start + 1}" for start in range(len(images))),
    )


def unit_maps(
    maps: ExemplarMaps, exemplars: Exemplars, index: int, layers: tuple[str, str | None], name: str, title: str
) -> Pixels:
    """Where a unit is active on its strongest images, over its Grad-CAM there. layers: the unit's, and Grad-CAM's."""
    own = None if maps.activation is None else maps.activation[index]
    grad_cam = None if maps.grad_cam is None else maps.grad_cam[index]
    count = next(len(each) for each in (own, grad_cam) if each is not None)
    return maps_figure(
        exemplars.images[exemplars.top[index, :count]],
        tuple(f"{value:.3g}" for value in exemplars.top_values[index, :count]),
        (own, grad_cam),
        layers,
        name,
        title,
    )


def maps_figure(
    images: NDArray[np.uint8],
    captions: tuple[str, ...],
    maps: tuple[NDArray[np.float32] | None, NDArray[np.float32] | None],
    layers: tuple[str, str | None],
    name: str,
    title: str,
) -> Pixels:
    """A row of images (n, H, W, 3) with where a unit is active, and one with its Grad-CAM; those that there are.

    maps: (n, h, w) each. layers: the unit's, and Grad-CAM's.
    """
    (activation, grad_cam), size = maps, images.shape[1:3]
    rows = []
    if activation is not None:
        rows.append(("active", "Above: its activation at each position", upsample(activation, *size)))
    if grad_cam is not None:
        below = f"{'below' if rows else 'above'}: Grad-CAM of its activation at {layers[1]}, for what raises it"
        rows.append(("Grad-CAM", below, upsample(grad_cam, *size)))
    largest = [float(np.abs(each).max()) for _, _, each in rows]
    labels = [f"{text} (at most {most:.2g})" for (_, text, _), most in zip(rows, largest, strict=True)]
    missing = "" if activation is not None else f" {layers[0]} has no map, so where it is active can't be shown."
    return Pixels(
        name=name,
        title=title,
        note=f"{'; '.join(labels)[:1].upper()}{'; '.join(labels)[1:]}. Each row has one scale.{missing}",
        images=np.concatenate([images] * len(rows)),
        columns=len(images),
        captions=captions * len(rows),
        row_labels=tuple(label for label, _, _ in rows),
        overlay=np.concatenate(
            [each / max(most, 1e-12) for (_, _, each), most in zip(rows, largest, strict=True)]
        ).astype(np.float32),
    )


def group_means(means: NDArray[np.float32], content: Content, colors: Colors, name: str, named: str) -> Matrix:
    """(classes, values) mean activation by label and attribute, in percent of the largest. colors: of values that have
    any. named: what it is called, to begin the title with."""
    values = means.astype(np.float64)
    largest = float(np.abs(values).max())
    return Matrix(
        name=name,
        title=f"{named}: mean activation by {content.label} and {content.attribute}",
        note=f"Columns that differ: it responds to {content.attribute}. Rows that differ: it responds to "
        f"{'shape' if content.label == 'digit' else content.label}. In percent of the largest mean, {largest:.3g}.",
        values=100 * values / max(largest, 1e-12),
        row_labels=content.classes,
        column_labels=content.values,
        row_axis=content.label,
        column_axis=content.attribute,
        unit="%",
        column_colors=colors,
    )
