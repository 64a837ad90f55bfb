"""Group DRO: the groups that fare worst count most, and ever more so (Sagawa et al. 2020)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import GroupRate, Method, MethodContext, MethodEntry, MethodOptions
from lazytui.training.methods.parts.groups import draw, group_means, groups_of, share_evenly

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(MethodOptions):
    group_lr: GroupRate = 0.01


class GroupDRO(Method):
    """sum_g q_g L_g over digit x color, q_g growing by exp(group_lr * L_g) every step; groups are drawn evenly."""

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._groups = groups_of(context)
        self._risk = WorstGroups(self._groups, self.options.group_lr)

    def order(self, epoch: int) -> Tensor:
        return draw(share_evenly(self._groups), self.context.epoch_generator(epoch))

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        each = functional.cross_entropy(self.context.model(batch.images), batch.labels, reduction="none")
        return self._risk.weighted_loss(each, self._groups[batch.indices])

    def signals(self) -> Mapping[str, float]:
        return {"largest_group_weight": float(self._risk.log_shares.max().exp())}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "log_shares": self._risk.log_shares}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._risk.log_shares.copy_(state["log_shares"])


class WorstGroups:
    """The online algorithm's q, as logarithms: none ever comes to 0, however far it falls behind.

    log_shares: (groups,) float32; it begins even over the groups that there are, and is -inf for others.
    """

    def __init__(self, groups: Tensor, rate: float) -> None:
        self._rate = rate
        self.log_shares = (groups.bincount() > 0).float().log().log_softmax(0)

    def weighted_loss(self, each: Tensor, groups: Tensor) -> Tensor:
        """sum_g q_g L_g over the groups of this batch, after q has moved. each: (n,) losses; groups: (n,) int64.

        Divided by the q of these groups: of 100 groups an evenly drawn batch of 64 holds 47 on average, one of 256
        holds 92, and those that it knows nothing of must not make its loss small. As published, q moves by the very
        losses that it then weighs, which adds group_lr times their variance at most: a hundredth of it by default.
        """
        means, there = group_means(each.float(), groups, len(self.log_shares))
        self.log_shares.copy_((self.log_shares + self._rate * means.detach()).log_softmax(0))
        return (self.log_shares.masked_fill(~there, -torch.inf).softmax(0) * means).sum()


ENTRY = MethodEntry(
    "group-dro",
    "The worst of the groups of class and attribute counts most. The paper's batches: 256 or more.",
    GroupDRO,
    source="Sagawa 2020",
    options=Options,
    reads=("group labels",),
    signals={
        "largest_group_weight": "The largest weight that one of the groups of class and attribute has: one in as many "
        "as there are if all are alike, 0.01 of ten digits in ten colors."
    },
    static_step=True,
)
