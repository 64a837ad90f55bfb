"""What a training method is: plain steps by default, each piece of which a method may change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from lazytui.data.device_split import Batch, DeviceSplit
from lazytui.data.palettes import NO_COLOR
from lazytui.data.splits import BiasedDataset
from lazytui.system.hardware import Hardware
from lazytui.training.optimizers import make_optimizer, set_rate
from lazytui.training.settings import TrainingSettings


@dataclass(frozen=True)
class Bench:
    """What a method works on.

    train: the training split on the device; its labels as arrays are those of `data.train`. data: what else a method
    may look at; never the hard or the probe split. total_steps: optimizer steps of the whole training, for schedules.
    """

    model: nn.Module
    data: BiasedDataset
    train: DeviceSplit
    settings: TrainingSettings
    hardware: Hardware
    seed: int
    total_steps: int

    def option(self, name: str) -> float:
        """An option of the method, given or by its default."""
        value: float | None = getattr(self.settings, name)
        assert value is not None, f"{self.settings.method} doesn't declare {name}"
        return value

    @cached_property
    def digits(self) -> Tensor:
        """(n,) int64 on the device: all of the training split's."""
        return torch.from_numpy(self.data.train.digits).to(self.hardware.device, torch.int64)

    @cached_property
    def colors(self) -> Tensor:
        """(n,) int64 on the device; a color is named by the digit it belongs to, or is NO_COLOR."""
        return torch.from_numpy(self.data.train.colors).to(self.hardware.device, torch.int64)

    @cached_property
    def conflicting(self) -> Tensor:
        """(n,) bool on the device: in another color than the digit's own; gray images are in none."""
        return (self.colors != self.digits) & (self.colors != NO_COLOR)

    def epoch_generator(self, epoch: int) -> torch.Generator:
        """Randomness for an epoch's order, on the CPU: a function of seed and epoch, found again by a resume."""
        return torch.Generator().manual_seed((self.seed * 1_000_003 + epoch) % 2**63)

    def step_generator(self, step: int) -> torch.Generator:
        """Randomness for one step, on the device: a function of seed and step, and another one than any epoch's."""
        return torch.Generator(self.hardware.device).manual_seed((self.seed * 1_000_003 - 1 - step) % 2**63)


class Method(ABC):
    """One run's method. Whatever it remembers between steps must be in its state, so that a resume is exact.

    largest_gradient: the norm to which the model's gradient is clipped, where it is.
    """

    largest_gradient: ClassVar[float | None] = None

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.optimizer = make_optimizer(bench.model.parameters(), bench.settings)

    def order(self, epoch: int) -> Tensor:
        """(n,) int64 on any device: which training images this epoch's steps take, in turn; n as many as there are.

        A function of seed, epoch and the method's state, so that a resume finds the same.
        """
        return torch.randperm(len(self.bench.train), generator=self.bench.epoch_generator(epoch))

    def begin_epoch(self, epoch: int) -> None:  # noqa: B027 - most have nothing to do then
        """Before an epoch's first step, and before its order is asked for."""

    def finish(self) -> None:  # noqa: B027 - likewise
        """After the last step."""

    @abstractmethod
    def loss(self, batch: Batch, step: int) -> Tensor:
        """The scalar to descend on this batch."""

    def step(self, batch: Batch, step: int) -> Tensor:
        """One update of the weights; returns the loss, detached and still on the device."""
        with self.bench.hardware.autocast():
            loss = self.loss(batch, step)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if self.largest_gradient:
            clip_grad_norm_(self.bench.model.parameters(), self.largest_gradient)
        set_rate(self.optimizer, self.bench.settings, *self.in_schedule(step))
        self.optimizer.step()
        return loss.detach()

    def in_schedule(self, step: int) -> tuple[int, int]:
        """Which update, of how many, `step` is to the learning rate's schedule."""
        return step, self.bench.total_steps

    def signals(self) -> Mapping[str, float]:
        """The method's own numbers for the curves, as of now."""
        return {}

    def state_dict(self) -> dict[str, Any]:
        """Tensors, numbers, strings, lists and dicts only."""
        return {"optimizer": self.optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.optimizer.load_state_dict(state["optimizer"])
