"""By networks of a biased loss, each asked about the half of the images that it wasn't trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from lazytui.data.device_split import to_float
from lazytui.data.splits import Split
from lazytui.evaluation.forward import probabilities
from lazytui.system.eager_optimizers import Adam
from lazytui.system.hardware import Hardware
from lazytui.training.methods.parts.biased_network import generalized_cross_entropy

_Q = 0.7
_BATCH = 64
_RATE = 1e-3


def two_fold_probabilities(
    split: Split,
    fresh: Callable[[], nn.Module],
    hardware: Hardware,
    epochs: int,
    seed: int,
    tick: Callable[[int, int], None] = lambda _done, _all: None,
) -> NDArray[np.float32]:
    """(n, classes): what a network says of each image that was trained on the other half, with the generalized
    cross-entropy (1 - p^q) / q, q = .7, which learns what is easy and lets go of what contradicts it (Zhang and Sabuncu
    2018; Nam et al. 2020).

    fresh: makes a network with new weights. tick: hears how many of how many steps are done; may raise to stop.
    """
    random = torch.Generator().manual_seed(seed)
    shuffled = torch.randperm(len(split), generator=random)
    halves = [part.sort().values.numpy() for part in shuffled.chunk(2)]
    steps = sum(epochs * -(-len(half) // _BATCH) for half in halves)
    done, predicted = 0, np.zeros((len(split), len(split.content.classes)), np.float32)
    for half, other in (halves, halves[::-1]):
        model = fresh().to(hardware.device)
        for _ in _steps(model, split.take(half), hardware, epochs, random):
            tick(done, steps)
            done += 1
        predicted[other] = probabilities(model, split.images[other], hardware)
    return predicted


def _steps(model: nn.Module, split: Split, hardware: Hardware, epochs: int, random: torch.Generator) -> Iterator[None]:
    """Train it, step by step."""
    images, labels = torch.from_numpy(split.images), torch.from_numpy(split.labels.astype(np.int64))
    optimizer = Adam(model.parameters(), lr=_RATE)
    model.train()
    for _ in range(epochs):
        for chosen in _in_batches(len(split), random):
            batch = to_float(images[chosen].to(hardware.device))
            each = functional.cross_entropy(model(batch), labels[chosen].to(hardware.device), reduction="none")
            loss = generalized_cross_entropy(each, _Q).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            yield


def _in_batches(count: int, random: torch.Generator) -> tuple[Tensor, ...]:
    """An epoch's indices, in a new order."""
    return torch.split(torch.randperm(count, generator=random), _BATCH)
