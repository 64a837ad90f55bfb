"""Environment inference: divide the samples so that a plain network's invariance breaks (Creager et al. 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import GroupRate, MethodContext, MethodEntry
from lazytui.training.methods.group_dro import WorstGroups
from lazytui.training.methods.parts.dataset_predictions import log_probabilities
from lazytui.training.methods.parts.environments import scale_gradients
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT, cells
from lazytui.training.methods.parts.two_phases import TwoPhaseOptions, TwoPhases

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(TwoPhaseOptions):
    group_lr: GroupRate = 0.01


class EnvironmentInference(TwoPhases):
    """Group DRO over digit x inferred environment.

    The paper ascends sum_e (sum_i q_ie g_i)^2, g_i being a sample's gradient at the dummy scale. That is largest where
    one environment holds all samples with g > 0 and the other the rest, so nothing need be optimized. It is
    asked of all training samples at once: no batch's noise is squared.
    """

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._risk: WorstGroups | None = None

    def assign_parts(self) -> Tensor:
        return (scale_gradients(log_probabilities(self.context), self.context.labels) > 0).long()

    def begin_epoch(self, epoch: int) -> None:
        super().begin_epoch(epoch)
        if epoch == self.options.first_epochs:
            self._risk = self._even()

    def second_loss(self, batch: Batch) -> Tensor:
        assert self._risk is not None
        each = functional.cross_entropy(self.context.model(batch.images), batch.labels, reduction="none")
        return self._risk.weighted_loss(each, cells(batch.labels, self.parts[batch.indices], self.context.most_parts))

    def state_dict(self) -> dict[str, Any]:
        log_shares = self._risk.log_shares if self._risk else torch.zeros(0)
        return {**super().state_dict(), "log_shares": log_shares}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        if self.is_divided:
            self._risk = self._even()
            self._risk.log_shares.copy_(state["log_shares"])

    def _even(self) -> WorstGroups:
        return WorstGroups(self.cells, self.options.group_lr)


ENTRY = MethodEntry(
    "eiil",
    "Environments inferred from a plain network's mistakes, then group DRO over them.",
    EnvironmentInference,
    source="Creager 2021",
    options=Options,
    signals=CONFLICTING_WEIGHT,
    varies="a second network starts during the training",
)
