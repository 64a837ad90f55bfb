"""A network's layer kept open at its features: every edit is answered by running the layers above alone."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
from lazytui.hooks.layer_layout import means_over_positions
from lazytui.hooks.split_model import SplitModel
from lazytui.sae.activation_samples import BATCH, SampleLayout
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.edits.dose_response import FACTORS
from lazytui.sae.edits.interventions import Edit, apply_edit, scaling_edit
from lazytui.system.hardware import Hardware


@dataclass(frozen=True)
class _StoredSplit:
    """images: as bytes, on the device. activations: (N, *shape)."""

    split: Split
    images: Tensor
    activations: Tensor


class SplicedModel:
    """Some splits' activations at a layer, and its autoencoder. Safe to ask from any thread, one question at a time.

    The network's weights and modes stay as they are.
    """

    def __init__(
        self,
        model: Autoencoder,
        split_model: SplitModel,
        layout: SampleLayout,
        splits: Mapping[str, Split],
        hardware: Hardware,
    ) -> None:
        self.model, self.split_model, self.layout = model, split_model, layout
        self._hardware = hardware
        self._lock = threading.Lock()
        with self._evaluation():
            self._stored = {name: self._store(split) for name, split in splits.items()}

    @property
    def names(self) -> Collection[str]:
        """Of the splits."""
        return self._stored.keys()

    def split(self, name: str) -> Split:
        return self._stored[name].split

    def logits(self, name: str, edit: Edit | None = None, directions: Tensor | None = None) -> NDArray[np.float32]:
        """(N, classes) float32: what the network says of a split's images once features are edited.

        directions: (n, d), along which; by default the decoder's.
        """

        def change(samples: Tensor) -> Tensor:
            return samples if edit is None else apply_edit(self.model, samples, edit, directions)

        return self._logits_after(name, change)

    def logits_after_shift(self, name: str, change: NDArray[np.float64]) -> NDArray[np.float32]:
        """(N, classes) float32: what the network says once the same change (d,) is added to every sample."""
        added = torch.from_numpy(change).float().to(self._hardware.device)
        return self._logits_after(name, lambda samples: samples + added)

    def accuracy(self, name: str, edit: Edit | None = None, directions: Tensor | None = None) -> float:
        """Of a split, in [0, 1]."""
        return float((self.logits(name, edit, directions).argmax(1) == self.split(name).labels).mean())

    def activity(self, name: str) -> NDArray[np.float32]:
        """(N, n) float32: each feature on each image, its mean over positions."""
        with self._evaluation():
            activations = self._stored[name].activations
            f = [self._features(activations[start : start + BATCH]) for start in range(0, len(activations), BATCH)]
            features: NDArray[np.float32] = torch.cat(f).cpu().numpy()
        return features

    def mass(self, name: str) -> NDArray[np.float64]:
        """(n,) float64: how far each feature moves the activations of a split, on average over its images."""
        mean: NDArray[np.float64] = self.activity(name).mean(0).astype(np.float64) * self.lengths
        return mean

    @property
    def lengths(self) -> NDArray[np.float64]:
        """(n,) float64: of the decoder's rows."""
        lengths: NDArray[np.float64] = self.model.lengths.detach().double().cpu().numpy()
        return lengths

    def neurons(self, name: str) -> NDArray[np.float32]:
        """(N, C) float32: the layer's channels or units on each image, means over positions."""
        activations = self._stored[name].activations
        means: NDArray[np.float32] = means_over_positions(activations).cpu().numpy()
        return means

    def dose_response(self, image: NDArray[np.uint8], features: Sequence[int]) -> NDArray[np.float32]:
        """(31, classes) float32: probabilities of one (H, W, 3) uint8 image, for each of FACTORS on the features."""
        return self.probabilities(image, [scaling_edit(features, factor) for factor in FACTORS])

    def probabilities(self, image: NDArray[np.uint8], edits: Sequence[Edit]) -> NDArray[np.float32]:
        """(E, classes) float32: those of one (H, W, 3) uint8 image, once for each edit."""
        with self._evaluation():
            batch = to_float(torch.from_numpy(image[None]).to(self._hardware.device))
            samples = self.layout.samples(self.split_model.activations(batch))
            edited = torch.cat([apply_edit(self.model, samples, edit) for edit in edits])
            pooled = self.split_model.pool(self.layout.activations(edited))
            logits = self.split_model.logits(pooled, batch.expand(len(edits), -1, -1, -1))
            turned: NDArray[np.float32] = logits.softmax(1).cpu().numpy()
        return turned

    def features_of(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(N, n) float32: how active each feature is on (N, H, W, 3) uint8 images, its mean over positions."""
        with self._evaluation():
            f = []
            for start in range(0, len(images), BATCH):
                batch = to_float(torch.from_numpy(images[start : start + BATCH]).to(self._hardware.device))
                f.append(self._features(self.split_model.activations(batch)))
            features: NDArray[np.float32] = torch.cat(f).cpu().numpy()
        return features

    def _store(self, split: Split) -> _StoredSplit:
        images = torch.from_numpy(split.images).to(self._hardware.device)
        activations_of = functools.partial(self._activations, images)
        return _StoredSplit(split, images, torch.cat(run_in_batches(activations_of, len(images), BATCH)))

    def _activations(self, images: Tensor, part: slice) -> Tensor:
        return self.split_model.activations(to_float(images[part]))

    def _features(self, activations: Tensor) -> Tensor:
        f = self.model.encode(self.layout.samples(activations))
        return f.reshape(len(activations), self.layout.per_image, -1).mean(1)

    def _logits_after(self, name: str, change: Callable[[Tensor], Tensor]) -> NDArray[np.float32]:
        """(N, classes) float32: what the network says once samples (M, d) of a split are changed."""
        with self._evaluation():
            stored, parts = self._stored[name], []
            for start in range(0, len(stored.split), BATCH):
                part = slice(start, start + BATCH)
                changed = self.layout.activations(change(self.layout.samples(stored.activations[part])))
                batch = to_float(stored.images[part]) if self.split_model.needs_images else stored.images[:0]
                parts.append(self.split_model.logits(self.split_model.pool(changed), batch))
            logits: NDArray[np.float32] = torch.cat(parts).cpu().numpy()
        return logits

    @contextmanager
    def _evaluation(self) -> Iterator[None]:
        with self._lock, torch.inference_mode(), evaluation_mode(self.split_model.model):
            yield
