"""Where a neuron or feature is active on its strongest images, and what it reads there: maps that a result keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.runs.results.result_contents import Damaged, numbers

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    UnitMaps = Callable[[Tensor, Tensor], Tensor | None]
    """Images (N, 3, H, W), indices of units (N,) int64 -> (N, h, w), of each image's unit; None where it has none."""

MAPPED = 4
"""Of the strongest images, how many have maps."""
_BATCH = 500


@dataclass(frozen=True, kw_only=True, eq=False)
class ExemplarMaps:
    """activation, grad_cam: (P, 4, h, w) float32 each, of the P units that have exemplars, on the first of their
    strongest images; raw and signed. activation: where the unit is active, None where its layer has no map. grad_cam:
    None where no layer has one."""

    activation: Annotated[NDArray[np.float32] | None, numbers("/pictured", "images", "h", "w").defined.optional] = None
    grad_cam: Annotated[NDArray[np.float32] | None, numbers("/pictured", "images", "H", "W").defined.optional] = None

    def check_images(self, exemplars: Exemplars) -> None:
        """Maps are of images that are kept. Raises Damaged."""
        for maps in (self.activation, self.grad_cam):
            if maps is not None and maps.shape[1] > exemplars.top.shape[1]:
                raise Damaged(f"it has maps of {maps.shape[1]} images and {exemplars.top.shape[1]} strongest images")


def map_exemplars(
    exemplars: Exemplars, activation: UnitMaps, grad_cam: UnitMaps, device: torch.device
) -> ExemplarMaps | None:
    """None where there is no map, or no unit. device: the network's."""
    import torch

    from lazytui.data.device_split import to_float

    if not len(exemplars.units):
        return None
    top = exemplars.top[:, :MAPPED]
    own = torch.from_numpy(np.repeat(exemplars.units, top.shape[1])).to(device)
    images = exemplars.images[top].reshape(-1, *exemplars.images.shape[1:])

    def mapped(maps: UnitMaps) -> NDArray[np.float32] | None:
        parts = []
        for start in range(0, len(images), _BATCH):
            part = slice(start, start + _BATCH)
            batch_maps = maps(to_float(torch.from_numpy(images[part]).to(device)), own[part])
            if batch_maps is None:
                return None
            parts.append(batch_maps.float().cpu().numpy())
        joined = np.concatenate(parts)
        return joined.reshape(*top.shape, *joined.shape[1:])

    kept = ExemplarMaps(activation=mapped(activation), grad_cam=mapped(grad_cam))
    return None if kept.activation is None and kept.grad_cam is None else kept
