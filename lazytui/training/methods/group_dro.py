"""Group DRO: the groups that fare worst count most, and ever more so (Sagawa et al. 2020)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.resident import Batch
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.groups import cells, draw, group_means, share_evenly


class GroupDRO(Method):
    """sum_g q_g L_g over digit x color, q_g growing by exp(group_lr * L_g) every step; groups are drawn evenly."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._groups = cells(bench.digits, bench.colors)
        self._risk = WorstGroups(self._groups, bench.option("group_lr"))

    def order(self, epoch: int) -> Tensor:
        return draw(share_evenly(self._groups), self.bench.epoch_generator(epoch))

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        each = cross_entropy(self.bench.model(batch.images), batch.digits, reduction="none")
        return self._risk.of(each, self._groups[batch.indices])

    def signals(self) -> Mapping[str, float]:
        return {"largest_group_weight": float(self._risk.shares.max())}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "shares": self._risk.shares}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._risk.shares.copy_(state["shares"])


class WorstGroups:
    """The online algorithm's q: (groups,) float32, its sum 1; it begins even over the groups that there are."""

    def __init__(self, groups: Tensor, rate: float) -> None:
        self._rate = rate
        there = (groups.bincount() > 0).float()
        self.shares = there / there.sum()

    def of(self, each: Tensor, groups: Tensor) -> Tensor:
        """sum_g q_g L_g over the groups of this batch, after q has moved. each: (n,) losses; groups: (n,) int64.

        Divided by the q of these groups: of 100 groups an evenly drawn batch of 64 holds 47 on average, one of 256
        holds 92, and those that it knows nothing of must not make its loss small.
        """
        means, there = group_means(each.float(), groups, len(self.shares))
        grown = self.shares * (self._rate * means.detach()).exp()
        self.shares.copy_(grown / grown.sum())
        return (self.shares * means).sum() / self.shares[there].sum()
