"""Activations of every neuron of some layers on many images: one number for each neuron and image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.errors import UsageError
from lazytui.evaluation.forward import device_of, evaluation_mode
from lazytui.hooks.batching import run_in_batches
from lazytui.hooks.layer_hooks import capture_activations
from lazytui.hooks.layer_layout import means_over_positions
from lazytui.hooks.top_k import top_values
from lazytui.neurons.map_position import TOKENS_AT_POSITION, require_inside

BATCH = 500
STRONGEST = 5
"""Positions of a map whose mean is the strength of a response."""

MapReduction = Callable[[Tensor], Tensor]
"""Maps (N, C, h, w), or tokens (N, C, T) -> (N, C): one number for each neuron and image."""


@dataclass(frozen=True)
class Activations:
    """values: (N, C) float32, the reduced map of neuron c on image n. strongest: (N, C) float32, the mean of the five
    strongest positions of that map. Both on the model's device.
    """

    values: Tensor
    strongest: Tensor


def map_reduction(name: str) -> MapReduction:
    """How a map is reduced to a number: `mean`, `max`, or a position such as `3,4` (row and column, from the top left).

    Activations without a map stay unchanged. Raises UsageError for any other name; the result raises it for a position
    outside the map, or of tokens.
    """
    if name == "mean":
        return means_over_positions
    if name == "max":
        return lambda maps: maps.flatten(2).amax(2) if maps.ndim > 2 else maps
    row, _, column = name.partition(",")
    if not (row.strip().isdigit() and column.strip().isdigit()):
        raise UsageError(f"{name!r} doesn't say how to read a map: use mean, max, or a row and column such as 3,4.")
    return lambda maps: _at_position(maps, int(row), int(column))


def gather_activations(
    model: nn.Module,
    layers: Sequence[str],
    images: NDArray[np.uint8],
    *,
    reduce: MapReduction | None = None,
    note: Callable[[str], None] = lambda _text: None,
) -> dict[str, Activations]:
    """Activations of each layer's neurons on (N, H, W, 3) uint8 images, by layer, from one pass on the model's device.

    layers: names as in `model.named_modules()`. reduce: of `map_reduction`; default: the mean of a map. note: called
    with a text when memory runs short. Raises UsageError for a layer that doesn't exist.
    """
    reduce, device = reduce or map_reduction("mean"), device_of(model)

    def read_batch(part: slice) -> dict[str, Activations]:
        with capture_activations(model, *layers) as outputs:
            model(to_float(torch.from_numpy(images[part]).to(device)))
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


def _at_position(maps: Tensor, row: int, column: int) -> Tensor:
    if maps.ndim == 2:
        return maps
    if maps.ndim == 3:
        raise UsageError(TOKENS_AT_POSITION)
    require_inside(row, column, *maps.shape[2:])
    return maps[:, :, row, column]
