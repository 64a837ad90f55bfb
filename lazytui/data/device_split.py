"""A split on the device, as bytes, and float batches of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lazytui.data.splits import Split


@dataclass(frozen=True)
class Batch:
    """images: (n, 3, 28, 28) float32 in [0, 1], channels_last; digits, colors, indices: (n,) int64."""

    images: Tensor
    labels: Tensor
    attributes: Tensor
    indices: Tensor


class DeviceSplit:
    """A split on the device as (n, 28, 28, 3) uint8, so that a batch is one gather, without a data loader."""

    def __init__(self, split: Split, device: torch.device) -> None:
        self._images = torch.from_numpy(split.images).to(device)
        self._labels = torch.from_numpy(split.labels).to(device, torch.int64)
        self._attributes = torch.from_numpy(split.attributes).to(device, torch.int64)

    def __len__(self) -> int:
        return len(self._labels)

    @property
    def labels(self) -> Tensor:
        """(n,) int64 on the device."""
        return self._labels

    @property
    def attributes(self) -> Tensor:
        """(n,) int64 on the device; a color is named by the digit it belongs to, or is NO_COLOR."""
        return self._attributes

    @property
    def device(self) -> torch.device:
        return self._labels.device

    def batch(self, indices: Tensor) -> Batch:
        """indices: (n,) int64 on the device."""
        return Batch(
            images=to_float(self._images[indices]),
            labels=self._labels[indices],
            attributes=self._attributes[indices],
            indices=indices,
        )


def to_float(images: Tensor) -> Tensor:
    """(n, 28, 28, 3) uint8 in any order of memory -> (n, 3, 28, 28) float32 in [0, 1], channels_last."""
    return images.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.channels_last).div_(255)
