"""A network's layer kept open at its features: every edit is answered by running the layers above alone."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.data.device_split import to_float
from lazytui.data.splits import Split
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.batching import run_in_batches
from lazytui.hooks.split_model import SplitModel
from lazytui.sae.activation_samples import BATCH, Reading
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.dose_positions import FACTORS
from lazytui.sae.interventions import Edit, intervened, scaled
from lazytui.system.hardware import Hardware


@dataclass(frozen=True)
class _Kept:
    """images: as bytes, on the device. activations: (N, *shape)."""

    split: Split
    images: Tensor
    activations: Tensor


class Opened:
    """Some splits' activations at a layer, and its autoencoder. Safe to ask from any thread, one question at a time.

    The network's weights and modes stay as they are.
    """

    def __init__(
        self, model: Autoencoder, cut: SplitModel, reading: Reading, splits: Mapping[str, Split], hardware: Hardware
    ) -> None:
        self.model, self.cut, self.reading = model, cut, reading
        self._hardware = hardware
        self._lock = threading.Lock()
        with self._asking():
            self._kept = {name: self._keep(split) for name, split in splits.items()}

    def split(self, name: str) -> Split:
        return self._kept[name].split

    def logits(self, name: str, edit: Edit | None = None, directions: Tensor | None = None) -> NDArray[np.float32]:
        """(N, 10) float32: what the network says of a split's images once features are edited.

        directions: (n, d), along which; by default the decoder's.
        """

        def change(samples: Tensor) -> Tensor:
            return samples if edit is None else intervened(self.model, samples, edit, directions)

        return self._changed(name, change)

    def shifted(self, name: str, change: NDArray[np.float64]) -> NDArray[np.float32]:
        """(N, 10) float32: what the network says once the same change (d,) is added to every sample."""
        added = torch.from_numpy(change).float().to(self._hardware.device)
        return self._changed(name, lambda samples: samples + added)

    def accuracy(self, name: str, edit: Edit | None = None, directions: Tensor | None = None) -> float:
        """Of a split, in [0, 1]."""
        return float((self.logits(name, edit, directions).argmax(1) == self.split(name).digits).mean())

    def activity(self, name: str) -> NDArray[np.float32]:
        """(N, n) float32: each feature on each image, its mean over positions."""
        with self._asking():
            kept = self._kept[name].activations
            f = [self._features(kept[start : start + BATCH]) for start in range(0, len(kept), BATCH)]
            found: NDArray[np.float32] = torch.cat(f).cpu().numpy()
        return found

    def neurons(self, name: str) -> NDArray[np.float32]:
        """(N, C) float32: the layer's channels or units on each image, means over positions."""
        kept = self._kept[name].activations
        found: NDArray[np.float32] = (kept.flatten(2).mean(2) if kept.ndim == 4 else kept).cpu().numpy()
        return found

    def dial(self, image: NDArray[np.uint8], features: Sequence[int]) -> NDArray[np.float32]:
        """(31, 10) float32: the probabilities of one (28, 28, 3) uint8 image, for each of FACTORS on these features."""
        return self.probabilities(image, [scaled(features, factor) for factor in FACTORS])

    def probabilities(self, image: NDArray[np.uint8], edits: Sequence[Edit]) -> NDArray[np.float32]:
        """(E, 10) float32: those of one (28, 28, 3) uint8 image, once for each edit."""
        with self._asking():
            shown = to_float(torch.from_numpy(image[None]).to(self._hardware.device))
            samples = self.reading.samples(self.cut.activations(shown))
            every = torch.cat([intervened(self.model, samples, edit) for edit in edits])
            carried = self.cut.pool(self.reading.activations(every))
            logits = self.cut.logits(carried, shown.expand(len(edits), -1, -1, -1))
            turned: NDArray[np.float32] = logits.softmax(1).cpu().numpy()
        return turned

    def features_of(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(N, n) float32: how active each feature is on (N, 28, 28, 3) uint8 images, its mean over positions."""
        with self._asking():
            f = []
            for start in range(0, len(images), BATCH):
                shown = to_float(torch.from_numpy(images[start : start + BATCH]).to(self._hardware.device))
                f.append(self._features(self.cut.activations(shown)))
            found: NDArray[np.float32] = torch.cat(f).cpu().numpy()
        return found

    def _keep(self, split: Split) -> _Kept:
        images = torch.from_numpy(split.images).to(self._hardware.device)
        look = functools.partial(self._activations, images)
        return _Kept(split, images, torch.cat(run_in_batches(look, len(images), BATCH)))

    def _activations(self, images: Tensor, part: slice) -> Tensor:
        return self.cut.activations(to_float(images[part]))

    def _features(self, activations: Tensor) -> Tensor:
        f = self.model.encode(self.reading.samples(activations))
        return f.reshape(len(activations), self.reading.per_image, -1).mean(1)

    def _changed(self, name: str, change: Callable[[Tensor], Tensor]) -> NDArray[np.float32]:
        """(N, 10) float32: what the network says once samples (M, d) of a split are changed."""
        with self._asking():
            kept, parts = self._kept[name], []
            for start in range(0, len(kept.split), BATCH):
                part = slice(start, start + BATCH)
                changed = self.reading.activations(change(self.reading.samples(kept.activations[part])))
                shown = to_float(kept.images[part]) if self.cut.needs_images else kept.images[:0]
                parts.append(self.cut.logits(self.cut.pool(changed), shown))
            said: NDArray[np.float32] = torch.cat(parts).cpu().numpy()
        return said

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._lock, torch.inference_mode(), evaluation_mode(self.cut.model):
            yield
