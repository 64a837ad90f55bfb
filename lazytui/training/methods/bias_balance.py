"""Bias balance: the head need not say what the color says already (Hong & Yang 2021)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import functional
from lazytui.training.methods.base import Method, MethodContext, MethodEntry
from lazytui.training.methods.parts.groups import cells

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class BiasBalance(Method):
    """Cross-entropy of logits + log p(digit given color); at the end the logits stand alone."""

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._log_prior = log_label_given_value(context.labels, context.attributes, context.content.groups)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        return functional.cross_entropy(
            self.context.model(batch.images) + self._log_prior[batch.attributes], batch.labels
        )


def log_label_given_value(labels: Tensor, attributes: Tensor, groups: tuple[int, int]) -> Tensor:
    """(values + 1, classes): log p(label given value) in these samples, the last row of those without a value.

    Each pair counts one more than there are, so none is 0. groups: how many classes and values.
    """
    classes, values = groups[0], groups[1] + 1
    counts = cells(labels, attributes, values).bincount(minlength=classes * values)
    table = counts.view(classes, values).T + 1.0
    return (table / table.sum(1, keepdim=True)).log()


ENTRY = MethodEntry(
    "bias-balance",
    "Logits are corrected by log p(class | attribute), so that the head needn't learn it.",
    BiasBalance,
    source="Hong & Yang 2021",
    reads=("attribute labels",),
    static_step=True,
)
