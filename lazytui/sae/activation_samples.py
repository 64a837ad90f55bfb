"""What an autoencoder reads of a layer: each position of a map, or each token, a sample of its channels; or all of an
image one sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.data.device_split import to_float
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.batching import run_in_batches
from lazytui.hooks.split_model import SplitModel
from lazytui.system.hardware import Hardware

BATCH = 500
"""Images that go through the network at once."""

_PART = 8192

Positions = Literal["apart", "together"]
"""apart: every position of a map, or every token, is a sample, its channels the dimensions. together: an image is
one."""


@dataclass(frozen=True)
class SampleLayout:
    """From activations to samples and back. shape: of one image's activation, (channels, h, w),
    (channels, tokens) or (units,)."""

    shape: tuple[int, ...]
    positions: Positions = "apart"

    @property
    def spread(self) -> bool:
        """Whether every position of a map, or every token, is a sample."""
        return len(self.shape) > 1 and self.positions == "apart"

    @property
    def dimensions(self) -> int:
        return self.shape[0] if self.spread else int(np.prod(self.shape))

    @property
    def per_image(self) -> int:
        """Samples that an image makes."""
        return int(np.prod(self.shape[1:])) if self.spread else 1

    def samples(self, activations: Tensor) -> Tensor:
        """(N, *shape) -> (N * per_image, dimensions), image by image."""
        ordered = activations.movedim(1, -1) if self.spread else activations
        return ordered.reshape(-1, self.dimensions)

    def activations(self, samples: Tensor) -> Tensor:
        """The reverse."""
        if not self.spread:
            return samples.reshape(-1, *self.shape)
        channels, *positions = self.shape
        return samples.reshape(-1, *positions, channels).movedim(-1, 1).contiguous()


def in_parts(samples: Tensor) -> Iterator[Tensor]:
    """The samples (M, d), some thousands at a time."""
    for start in range(0, len(samples), _PART):
        yield samples[start : start + _PART]


def collect_samples(
    split_model: SplitModel,
    layout: SampleLayout,
    images: NDArray[np.uint8],
    hardware: Hardware,
    *,
    most: int,
    seed: int,
    note: Callable[[str], None] = lambda _text: None,
    tick: Callable[[], None] = lambda: None,
) -> Tensor:
    """Samples (M, d) float32 on the device, from one pass over images (N, H, W, 3) uint8.

    most: samples that are kept at most; where images make more, so many positions of each are drawn at random, and
    where there are more images than that, the first of them are taken.
    """
    images = images[:most]
    per_image = max(1, min(layout.per_image, most // len(images)))
    random = torch.Generator().manual_seed(seed)

    def samples_of_batch(part: slice) -> Tensor:
        tick()
        activations = split_model.activations(to_float(torch.from_numpy(images[part]).to(hardware.device)))
        samples = layout.samples(activations).reshape(len(activations), layout.per_image, layout.dimensions)
        if per_image == layout.per_image:
            return samples.flatten(0, 1)
        positions = torch.rand(len(activations), layout.per_image, generator=random).topk(per_image, dim=1).indices
        rows = torch.arange(len(activations))[:, None]
        return samples[rows.to(samples.device), positions.to(samples.device)].flatten(0, 1)

    with torch.inference_mode(), evaluation_mode(split_model.model):
        parts = run_in_batches(samples_of_batch, len(images), hardware.batch_size, note)
    return torch.cat(parts)  # outside of inference mode, so that it can be learned from
