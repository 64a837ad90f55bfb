"""Environment inference: divide the samples so that a plain network's invariance breaks (Creager et al. 2021)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Bench
from lazytui.training.methods.dataset_predictions import log_probabilities
from lazytui.training.methods.environments import scale_gradients
from lazytui.training.methods.group_dro import WorstGroups
from lazytui.training.methods.groups import cells
from lazytui.training.methods.two_phases import TwoPhases


class EnvironmentInference(TwoPhases):
    """Group DRO over digit x inferred environment.

    The paper ascends sum_e (sum_i q_ie g_i)^2, g_i being a sample's gradient at the dummy scale. That is largest where
    one environment holds all samples with g > 0 and the other the rest, so nothing need be optimized. It is
    asked of all training samples at once: no batch's noise is squared.
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._risk: WorstGroups | None = None

    def divide(self) -> Tensor:
        return (scale_gradients(log_probabilities(self.bench), self.bench.digits) > 0).long()

    def begin_epoch(self, epoch: int) -> None:
        super().begin_epoch(epoch)
        if epoch == self.bench.option("first_epochs"):
            self._risk = self._even()

    def second_loss(self, batch: Batch) -> Tensor:
        assert self._risk is not None
        each = cross_entropy(self.bench.model(batch.images), batch.digits, reduction="none")
        return self._risk.of(each, cells(batch.digits, self.parts[batch.indices]))

    def state_dict(self) -> dict[str, Any]:
        log_shares = self._risk.log_shares if self._risk else torch.zeros(0)
        return {**super().state_dict(), "log_shares": log_shares}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        if self.divided:
            self._risk = self._even()
            self._risk.log_shares.copy_(state["log_shares"])

    def _even(self) -> WorstGroups:
        return WorstGroups(cells(self.bench.digits, self.parts), self.bench.option("group_lr"))
