"""Environments between which color and digit agree differently, and what a classifier good in all must have."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.errors import BadInput
from lazytui.system.lazy_torch import functional, torch
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods.base import Method, MethodContext, MethodOptions, Penalty
from lazytui.training.methods.parts.groups import draw, group_means, share_evenly

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.content import Content
    from lazytui.data.device_split import Batch


INVARIANCE_PENALTY = {
    "invariance_penalty": "How much the environments differ, before its weight: near 0 where they don't, with irm "
    "possibly a little below. A moving average over about 50 steps."
}
"""The signal of every such method."""


class InvarianceOptions(MethodOptions):
    """What methods have in common that set two environments against each other."""

    penalty: Penalty = 10.0
    anneal_steps: int = Field(
        500, ge=0, description="Steps before the penalty gets its full weight; at most half of the training."
    )


class InvariantRisk(Method):
    """Two environments, drawn evenly: samples in their own digit's color, and samples in another's.

    Where the data have two environments of their own, these, whose samples are shown as they are. Drawing the others
    evenly counts conflicting samples more already: that alone, with the same risk, is the method resample.
    The penalty's weight is 1 for `anneal_steps`, half of the training at most, so that there is something to be
    invariant, then `penalty`.
    """

    options: InvarianceOptions

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self.environments = environments_of(context)
        self.annealed = min(self.options.anneal_steps, context.total_steps // 2)
        self._term = torch.zeros((), device=context.hardware.device)

    @classmethod
    def refusal(cls, settings: LoopSettings, options: InvarianceOptions, content: Content) -> str:  # noqa: ARG003
        if settings.batch_size >= 4:
            return ""
        return "needs several aligned and several conflicting images in a batch: --batch-size 4 or more."

    @abstractmethod
    def risk_and_penalty(self, logits: Tensor, digits: Tensor, environments: Tensor) -> tuple[Tensor, Tensor]:
        """The risk, and what varies between environments. logits: (n, classes); digits, environments: (n,) int64."""

    def order(self, epoch: int) -> Tensor:
        return environment_order(self.context, self.environments, epoch)

    def loss(self, batch: Batch, step: int) -> Tensor:
        logits = self.context.model(batch.images).float()
        risk, term = self.risk_and_penalty(logits, batch.labels, self.environments[batch.indices])
        self._term = self._term.lerp(term.detach(), _NEW if step else 1.0)
        return risk + self.penalty_weight(step) * term

    def penalty_weight(self, step: int) -> float:
        return self.options.penalty if step >= self.annealed else 1.0

    def signals(self) -> Mapping[str, float]:
        return {"invariance_penalty": float(self._term)}

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "term": self._term}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._term = state["term"].to(self._term.device)


def environments_of(context: MethodContext) -> Tensor:
    """(n,) int64: of each training sample. Raises BadInput where all are of one."""
    own = context.data.environments
    if own is not None:
        return torch.from_numpy(own).to(context.labels.device, torch.int64)
    if context.conflicting.all() or not context.conflicting.any():
        raise BadInput(
            f"The method {context.method} compares aligned with conflicting images, and the training data hold only "
            "one kind: use more images, or a bias between 0 and 1."
        )
    return context.conflicting.long()


def environment_order(context: MethodContext, environments: Tensor, epoch: int) -> Tensor:
    """(n,) int64: samples in an epoch's order: environments of the data's own as they are, others drawn evenly.

    Drawn samples may be drawn again, so that an epoch of one batch is not the training set; one of the data's own is.
    """
    generator = context.epoch_generator(epoch)
    if context.data.environments is not None:
        return torch.randperm(len(environments), generator=generator)
    return draw(share_evenly(environments), generator)


_NEW = 0.02
"""What a step adds to the average of the penalty that is shown: one batch's is mostly noise."""


def environment_risks(logits: Tensor, digits: Tensor, environments: Tensor) -> Tensor:
    """(e,): the mean cross-entropy of each environment that is in the batch."""
    risks, there = _both_risks(logits, digits, environments)
    return risks[there]


def mean_risk(logits: Tensor, digits: Tensor, environments: Tensor) -> Tensor:
    """The mean of `environment_risks`, for which the device isn't asked how many there are."""
    risks, there = _both_risks(logits, digits, environments)
    return risks.sum() / there.sum()


def _both_risks(logits: Tensor, digits: Tensor, environments: Tensor) -> tuple[Tensor, Tensor]:
    return group_means(functional.cross_entropy(logits, digits, reduction="none"), environments, 2)


def squared_means(each: Tensor, environments: Tensor) -> Tensor:
    """(2,): the square of the mean of `each`, (n,), in both environments; 0 where the batch has fewer than 2 of one.

    Every other sample of an environment is one half, and the halves' means are multiplied: samples are drawn
    independently, so that the product is without bias (Arjovsky 2019, appendix D).
    """
    counted = functional.one_hot(environments, 2).cumsum(0).gather(1, environments[:, None])[:, 0]
    means, _ = group_means(each, 2 * (counted % 2) + environments, 4)
    return means.view(2, 2).prod(0)


def scale_gradients(log_probabilities: Tensor, digits: Tensor) -> Tensor:
    """(n,): each sample's dCE(w z) / dw at w = 1, which is sum_k (p_k - [k = digit]) z_k.

    log_probabilities: (n, classes), z less a constant, which makes no difference.
    """
    wrong = log_probabilities.exp() - functional.one_hot(digits, log_probabilities.shape[1])
    return (wrong * log_probabilities).sum(1)
