"""What every neuron of some layers does on every image of a split: one number an image, from one pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.errors import UsageError
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.batching import run_in_batches
from lazytui.hooks.layer_hooks import capture_activations
from lazytui.hooks.top_k import top_values
from lazytui.neurons.map_position import require_inside
from lazytui.system.hardware import Hardware

BATCH = 500
STRONGEST = 5
"""Positions whose mean tells how strongly a neuron responds to an image."""

MapReduction = Callable[[Tensor], Tensor]
"""From maps (N, C, h, w) to one number a neuron and image, (N, C)."""


@dataclass(frozen=True)
class Activations:
    """values: (N, C) float32, the activation of neuron c on image n, as it was read. strongest: (N, C) float32, the
    mean of its five strongest positions. Both on the device.
    """

    values: Tensor
    strongest: Tensor


def map_reduction(name: str) -> MapReduction:
    """How a map becomes a number: `mean`, `max`, or a position such as `3,4` (row and column, from the top left).

    Activations without a map are taken as they are. Raises UsageError for anything else, and when it is used, for a
    position outside of the map.
    """
    if name == "mean":
        return lambda maps: maps.flatten(2).mean(2) if maps.ndim == 4 else maps
    if name == "max":
        return lambda maps: maps.flatten(2).amax(2) if maps.ndim == 4 else maps
    row, _, column = name.partition(",")
    if not (row.strip().isdigit() and column.strip().isdigit()):
        raise UsageError(f"{name!r} isn't a way to read a map: take mean, max, or a row and a column such as 3,4.")
    return lambda maps: _at(maps, int(row), int(column))


def gather_activations(
    model: nn.Module,
    layers: Sequence[str],
    images: NDArray[np.uint8],
    hardware: Hardware,
    *,
    reduce: MapReduction | None = None,
    note: Callable[[str], None] = lambda _text: None,
) -> dict[str, Activations]:
    """Run the network once over images (N, 28, 28, 3) uint8 and keep what each layer's neurons did, by layer."""
    reduce = reduce or map_reduction("mean")

    def read_batch(part: slice) -> dict[str, Activations]:
        with capture_activations(model, *layers) as outputs:
            model(to_float(torch.from_numpy(images[part]).to(hardware.device)))
        return {name: Activations(reduce(maps), _mean_of_strongest(maps)) for name, maps in outputs.items()}

    with torch.inference_mode(), evaluation_mode(model):
        parts = run_in_batches(read_batch, len(images), BATCH, note)
    return {
        name: Activations(
            torch.cat([part[name].values for part in parts]),
            torch.cat([part[name].strongest for part in parts]),
        )
        for name in layers
    }


def _mean_of_strongest(maps: Tensor) -> Tensor:
    if maps.ndim == 2:
        return maps
    flat = maps.flatten(2)
    return top_values(flat, min(STRONGEST, flat.shape[2])).mean(2)


def _at(maps: Tensor, row: int, column: int) -> Tensor:
    if maps.ndim == 2:
        return maps
    require_inside(row, column, *maps.shape[2:])
    return maps[:, :, row, column]
