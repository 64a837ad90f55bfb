"""Selective last-layer finetuning: the head goes on with what training changed its mind about (LaBonte et al. 2023)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods.base import MethodContext, MethodEntry
from lazytui.training.methods.parts.groups import share_evenly
from lazytui.training.methods.parts.held_out import HeadRate, HeadSteps, HeldOutHead, HeldOutOptions, descend

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.content import Content


class Options(HeldOutOptions):
    early_epochs: int = Field(
        1, ge=1, le=10_000, description="Epochs of the early network that the final one is compared with."
    )
    points: int = Field(
        100,
        ge=1,
        le=1_000_000,
        description="Held-out images on which the head is trained further; all of them if there are fewer.",
    )
    head_steps: HeadSteps = 250
    head_lr: HeadRate = 0.01


class SelectiveFinetuning(HeldOutHead):
    """The held-out images of the largest KL(early, final) go to the head, batches of them with classes drawn alike.

    The paper's early-stop variant. early: (m, classes), the early network's log-probabilities; empty before.
    """

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._early = torch.zeros(0, len(context.content.classes), device=context.hardware.device)

    @classmethod
    def refusal(cls, settings: LoopSettings, options: Options, content: Content) -> str:  # noqa: ARG003
        if options.early_epochs < settings.epochs:
            return ""
        return (
            f"compares the final network with that of epoch {options.early_epochs}, which is the same one with "
            f"--epochs {settings.epochs}: raise --epochs."
        )

    def begin_epoch(self, epoch: int) -> None:
        if epoch == self.options.early_epochs:
            self._early = self.log_probabilities(self.features())

    def finish(self) -> None:
        values = self.features()
        scores = change_of_mind(self._early, self.log_probabilities(values))
        chosen = scores.argsort(descending=True, stable=True)[: self.options.points]
        self._finetune(values[chosen], self.labels[chosen])

    def _finetune(self, values: Tensor, labels: Tensor) -> None:
        generator = self.context.epoch_generator(self.context.settings.epochs)
        weights, size = share_evenly(labels).cpu(), self.context.settings.batch_size
        head = self.model.head
        for _ in range(self.options.head_steps):
            rows = torch.multinomial(weights, size, replacement=True, generator=generator)
            descend(head, functional.cross_entropy(head(values[rows]), labels[rows]), self.options.head_lr)

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "early": self._early}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._early = state["early"].to(self._early.device)


def change_of_mind(early: Tensor, final: Tensor) -> Tensor:
    """(n,): the mean over classes of p_e (log p_e - log p_f), which is KL(early, final) / classes.

    early, final: (n, classes) log-probabilities. The order is that of the authors' `kl_div(log p_f, p_e)`.
    """
    return (early.exp() * (early - final)).mean(1)


ENTRY = MethodEntry(
    "self",
    "The head is trained further on the held-out images on which the network and an early one disagree most.",
    SelectiveFinetuning,
    source="LaBonte 2023",
    options=Options,
    control="dfr-class",
    published_tuning="the number of images and the learning rate by the worst group of labeled validation images",
    static_step=True,
)
