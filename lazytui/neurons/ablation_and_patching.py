"""Ablation and activation patching of a layer's neurons.

Only the layers above are run, on stored activations, so that one ablation takes milliseconds, not a pass over images.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

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
from lazytui.neurons.activations import BATCH
from lazytui.system.hardware import Hardware

AblationMode = Literal["zero", "mean"]
MODES: tuple[AblationMode, ...] = ("mean", "zero")
"""What replaces a neuron's map: its mean activation at every position, or zero."""

DRAWS = 20
"""Random orders to compare an ordered ablation with."""


@dataclass(frozen=True)
class _SplitActivations:
    """Of one split: images as bytes, the layer's activations after the channelwise layers above it, and labels."""

    images: Tensor
    pooled: Tensor
    labels: Tensor


@dataclass(frozen=True)
class AblationEffects:
    """accuracies: on each split, (C,) float64, with each neuron ablated alone. contribution: (C, classes) float32, the
    drop of the mean logits when it is."""

    accuracies: dict[str, NDArray[np.float64]]
    contribution: NDArray[np.float32]


class Ablation:
    """Ablates neurons of a layer by index, from any thread, one call at a time.

    Stores the activations of some images of each split; afterwards only the layers above run. The network's weights
    and modes are left unchanged.
    """

    def __init__(
        self,
        model: SplitModel,
        splits: Mapping[str, Split],
        hardware: Hardware,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        """splits: by name, to measure accuracies on. A neuron's mean is over all of their images."""
        self.model = model
        self._hardware = hardware
        self._lock = threading.Lock()
        self._splits: dict[str, _SplitActivations] = {}
        sums, images_so_far = torch.zeros(model.neurons, dtype=torch.float64), 0
        with self._exclusively():
            for name, split in splits.items():
                images = torch.from_numpy(split.images).to(hardware.device)
                parts = run_in_batches(functools.partial(self._pool_batch, images), len(images), BATCH, note)
                pooled = torch.cat([part for part, _ in parts])
                sums += torch.stack([part for _, part in parts]).sum(0)
                images_so_far += len(images)
                self._splits[name] = _SplitActivations(
                    images, pooled, torch.from_numpy(split.labels).to(hardware.device)
                )
            self._known_accuracies = functools.lru_cache(maxsize=32)(self.accuracies)  # all orders begin and end alike
            means = (sums / max(images_so_far, 1)).float().to(hardware.device)
            self._stand_ins: dict[AblationMode, Tensor] = {
                "mean": model.pool(_everywhere(means, model.shape)),
                "zero": model.pool(_everywhere(torch.zeros_like(means), model.shape)),
            }

    def accuracies(self, neurons: Sequence[int], mode: AblationMode = "mean") -> dict[str, float]:
        """Accuracy on each split, in [0, 1], with these neurons ablated."""
        with self._exclusively():
            return {
                name: self._accuracy(split, self._ablated_logits(split, neurons, mode))
                for name, split in self._splits.items()
            }

    def logits(self, split: str, neurons: Sequence[int], mode: AblationMode = "mean") -> NDArray[np.float32]:
        """(n, classes) float32: the logits of a split's images with these neurons ablated."""
        with self._exclusively():
            logits: NDArray[np.float32] = self._ablated_logits(self._splits[split], neurons, mode).cpu().numpy()
        return logits

    def ablate_one_by_one(self, mode: AblationMode, tick: Callable[[], None] = lambda: None) -> AblationEffects:
        """The effect of ablating each neuron alone. tick: called before each; may raise to stop."""
        accuracies: dict[str, list[float]] = {name: [] for name in self._splits}
        means = []
        for neurons in ([], *([neuron] for neuron in range(self.model.neurons))):
            tick()
            with self._exclusively():
                logits = {name: self._ablated_logits(kept, neurons, mode) for name, kept in self._splits.items()}
                for name, split in self._splits.items():
                    accuracies[name].append(self._accuracy(split, logits[name]))
                means.append(torch.cat(list(logits.values())).mean(0).cpu().numpy())
        return AblationEffects(
            accuracies={name: np.array(values[1:]) for name, values in accuracies.items()},
            contribution=means[0] - np.stack(means[1:]),
        )

    def ablate_in_order(
        self, order: Sequence[int], counts: Iterable[int], mode: AblationMode = "mean"
    ) -> dict[str, NDArray[np.float64]]:
        """Accuracy on each split with the first k neurons of an order ablated, for each k of `counts`."""
        rows = [self._known_accuracies(tuple(sorted(order[:count])), mode) for count in counts]
        return {name: np.array([row[name] for row in rows]) for name in self._splits}

    def patch(self, into: NDArray[np.uint8], source: NDArray[np.uint8], neurons: Sequence[int]) -> NDArray[np.float32]:
        """(n, classes) float32: the change of the logits of `into` when neurons take the activations that `source` has.

        into, source: (n, h, w, 3) uint8, pair by pair.
        """
        with self._exclusively():
            pair = self._pair(into, source)
            return pair.shift(neurons)

    def unablated_logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, classes) float32: the logits of (n, h, w, 3) uint8 images without ablation."""
        with self._exclusively():
            batch = to_float(torch.from_numpy(images).to(self._hardware.device))
            logits = self.model.logits(self.model.pool(self.model.activations(batch)), batch)
        return np.asarray(logits.cpu().numpy())

    def patch_one_by_one(
        self, into: NDArray[np.uint8], source: NDArray[np.uint8], tick: Callable[[], None] = lambda: None
    ) -> NDArray[np.float32]:
        """(C, n, classes) float32: `patch` with each neuron alone."""
        with self._exclusively():
            pair = self._pair(into, source)
            shifts = []
            for neuron in range(self.model.neurons):
                tick()
                shifts.append(pair.shift([neuron]))
        return np.stack(shifts)

    def _pair(self, into: NDArray[np.uint8], source: NDArray[np.uint8]) -> _Pair:
        images, others = (to_float(torch.from_numpy(each).to(self._hardware.device)) for each in (into, source))
        own, foreign = (self.model.pool(self.model.activations(each)) for each in (images, others))
        return _Pair(self.model, images, own, foreign, self.model.logits(own, images))

    def _ablated_logits(self, split: _SplitActivations, neurons: Sequence[int], mode: AblationMode) -> Tensor:
        """(n, classes) logits."""
        indices = torch.tensor(list(neurons), dtype=torch.long, device=split.pooled.device)
        parts = []
        for start in range(0, len(split.pooled), BATCH):
            part = slice(start, start + BATCH)
            pooled = split.pooled[part].clone()
            pooled[:, indices] = self._stand_ins[mode][:, indices]
            parts.append(self.model.logits(pooled, to_float(split.images[part])))
        return torch.cat(parts)

    def _accuracy(self, split: _SplitActivations, logits: Tensor) -> float:
        return float((logits.argmax(1) == split.labels).float().mean())

    def _pool_batch(self, images: Tensor, part: slice) -> tuple[Tensor, Tensor]:
        """The pooled activations of a batch, and the sum over it of each neuron's mean activation, (C,) float64."""
        activations = self.model.activations(to_float(images[part]))
        means = means_over_positions(activations)
        return self.model.pool(activations), means.cpu().double().sum(0)

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        with self._lock, torch.inference_mode(), evaluation_mode(self.model.model):
            yield


@dataclass(frozen=True)
class _Pair:
    """Images to patch, their pooled activations and those of the source images, and their logits before."""

    model: SplitModel
    images: Tensor
    own: Tensor
    foreign: Tensor
    before: Tensor

    def shift(self, neurons: Sequence[int]) -> NDArray[np.float32]:
        indices = torch.tensor(list(neurons), dtype=torch.long, device=self.own.device)
        changed = self.own.clone()
        changed[:, indices] = self.foreign[:, indices]
        return np.asarray((self.model.logits(changed, self.images) - self.before).cpu().numpy())


def _everywhere(values: Tensor, shape: tuple[int, ...]) -> Tensor:
    """(C,) -> (1, *shape): activations that are the same at every position."""
    return values.reshape(1, -1, *(1 for _ in shape[1:])).expand(1, *shape)


def random_orders(neurons: int, seed: int) -> NDArray[np.int64]:
    """(20, C) int64: orders to compare with."""
    generator = np.random.default_rng(seed)
    return np.stack([generator.permutation(neurons) for _ in range(DRAWS)])
