"""Maps of a whole split, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.evaluation.forward import device_of, evaluation_mode
from lazytui.hooks.batching import run_in_batches
from lazytui.saliency.maps_by_name import MapRequest, explain

BATCH = 250


@dataclass(frozen=True)
class SplitMaps:
    """maps: (n, h, w) float32, raw and signed. logits: (n, classes) float32. targets: (n,) uint8, classes explained."""

    maps: NDArray[np.float32]
    logits: NDArray[np.float32]
    targets: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a map."""
        return self.maps.shape[1], self.maps.shape[2]

    @property
    def predicted(self) -> NDArray[np.uint8]:
        return np.asarray(self.logits.argmax(1), dtype=np.uint8)


def explain_split(
    model: nn.Module,
    images: NDArray[np.uint8],
    targets: NDArray[np.uint8] | None,
    request: MapRequest,
    *,
    note: Callable[[str], None] = lambda _text: None,
    progress: Callable[[int], None] = lambda _done: None,
) -> SplitMaps:
    """Maps of (n, H, W, 3) uint8 images, computed on the model's device.

    targets: (n,) uint8 classes to explain; default: the predicted ones. note: called with a text when memory runs
    short. progress: called after each batch with the number of images done.
    """
    device = device_of(model)

    def work(part: slice) -> tuple[Tensor, Tensor, Tensor]:
        batch = to_float(torch.from_numpy(images[part]).to(device))
        classes = None if targets is None else torch.from_numpy(targets[part]).to(device, torch.int64)
        done = explain(model, batch, classes, request)
        progress(part.stop)
        return done.maps.cpu(), done.logits.cpu(), done.targets.cpu()

    parts = run_in_batches(work, len(images), BATCH, note)
    maps, logits, classes = (torch.cat(column).numpy() for column in zip(*parts, strict=True))
    return SplitMaps(maps, logits, classes.astype(np.uint8))


def logits_of(
    model: nn.Module, images: NDArray[np.uint8], note: Callable[[str], None] = lambda _text: None
) -> NDArray[np.float32]:
    """(n, H, W, 3) uint8 images -> (n, classes) float32. note: called with a text when memory runs short."""
    device = device_of(model)

    def work(part: slice) -> Tensor:
        logits: Tensor = model(to_float(torch.from_numpy(images[part]).to(device)))
        return logits.float().cpu()

    with torch.no_grad(), evaluation_mode(model):
        return torch.cat(run_in_batches(work, len(images), BATCH, note)).numpy()


def mean_color(images: NDArray[np.uint8], device: torch.device) -> Tensor:
    """(3,) float32 in [0, 1]: the mean over all pixels of (n, height, width, 3) uint8 images."""
    return torch.tensor(images.mean((0, 1, 2)) / 255, dtype=torch.float32, device=device)


def mean_image(images: NDArray[np.uint8], device: torch.device) -> Tensor:
    """(3, height, width) float32 in [0, 1]: the mean image."""
    return torch.tensor(images.mean(0).transpose(2, 0, 1) / 255, dtype=torch.float32, device=device)
