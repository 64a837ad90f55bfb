"""Train twice: a first network shows where the shortcut fails, a fresh one learns from that."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.initial_model import initial_model
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods.base import Method, MethodContext, MethodOptions
from lazytui.training.methods.parts.groups import cells, conflicting_signal, draw, share_evenly
from lazytui.training.optimizers import make_optimizer

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.content import Content
    from lazytui.data.device_split import Batch


class TwoPhaseOptions(MethodOptions):
    """What methods have in common that train twice."""

    first_epochs: int = Field(1, ge=1, le=10_000, description="Epochs of the first, plain network.")

    def second_stage(self, epochs: int) -> tuple[str, int]:  # noqa: ARG002
        return "second network", self.first_epochs


class TwoNetworks(Method):
    """A first network for `first_epochs`; then the same first weights start anew.

    Both phases count as steps, and each has the learning rate's whole schedule.
    """

    options: TwoPhaseOptions

    @classmethod
    def refusal(cls, settings: LoopSettings, options: TwoPhaseOptions, content: Content) -> str:  # noqa: ARG003
        if options.first_epochs < settings.epochs:
            return ""
        return (
            f"trains a first network for {options.first_epochs} of --epochs {settings.epochs}, which leaves none for "
            "the second: raise --epochs."
        )

    def start_anew(self) -> None:
        first = initial_model(self.context.settings, self.context.content, self.context.seed)
        self.context.model.load_state_dict(first.state_dict())
        self.optimizer = make_optimizer(self.context.model.parameters(), self.context.settings)

    def in_schedule(self, step: int) -> tuple[int, int]:
        steps, settings = self.context.total_steps, self.context.settings
        first = steps // settings.epochs * self.options.first_epochs
        return (step, first) if step < first else (step - first, steps - first)


class TwoPhases(TwoNetworks):
    """Plain training at first; then its network divides the samples, and a second one learns from that.

    parts: (n,) int64, the part of each sample; empty in the first phase.
    """

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self.parts = torch.zeros(0, dtype=torch.int64, device=context.hardware.device)

    @abstractmethod
    def assign_parts(self) -> Tensor:
        """(n,) int64 on the device, below `context.most_parts`: the part of each sample, by what the first network
        does."""

    @property
    def cells(self) -> Tensor:
        """(n,) int64: a class and a part, of each training sample."""
        return cells(self.context.labels, self.parts, self.context.most_parts)

    def weights(self) -> Tensor:
        """(n,): how often each sample is drawn in the second phase; by default, every part of a digit alike."""
        return share_evenly(self.cells)

    def second_loss(self, batch: Batch) -> Tensor:
        """The scalar to descend in the second phase; by default, the mean cross-entropy."""
        return functional.cross_entropy(self.context.model(batch.images), batch.labels)

    @property
    def is_divided(self) -> bool:
        return len(self.parts) > 0

    def begin_epoch(self, epoch: int) -> None:
        if epoch == self.options.first_epochs:
            self.parts = self.assign_parts()
            self.start_anew()

    def order(self, epoch: int) -> Tensor:
        return draw(self.weights(), self.context.epoch_generator(epoch)) if self.is_divided else super().order(epoch)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        if self.is_divided:
            return self.second_loss(batch)
        return functional.cross_entropy(self.context.model(batch.images), batch.labels)

    def signals(self) -> Mapping[str, float]:
        return conflicting_signal(self.context, self.weights()) if self.is_divided else {}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "parts": self.parts}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self.parts = state["parts"].to(self.parts.device)
