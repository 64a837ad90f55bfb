"""Bias balance: the head need not say what the color says already (Hong & Yang 2021)."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.data.palettes import NO_COLOR
from lazytui.models.architectures.classifier import CLASSES
from lazytui.training.methods.base import Bench, Method
from lazytui.training.methods.groups import cells


class BiasBalance(Method):
    """Cross-entropy of logits + log p(digit given color); at the end the logits stand alone."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._log_prior = log_digit_given_color(bench.digits, bench.colors)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        return cross_entropy(self.bench.model(batch.images) + self._log_prior[batch.colors], batch.digits)


def log_digit_given_color(digits: Tensor, colors: Tensor) -> Tensor:
    """(11, 10): log p(digit given color) in these samples; each pair counts one more than there are, so none is 0."""
    table = cells(digits, colors).bincount(minlength=CLASSES * (NO_COLOR + 1)).view(CLASSES, NO_COLOR + 1).T + 1.0
    return (table / table.sum(1, keepdim=True)).log()
