"""A number made of the logits that shall exceed a threshold: an attack on a network of two classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from lazytui.attacks.problem import Problem
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor


def raise_score(problem: Problem, score: Callable[[Tensor], Tensor], above: float) -> Problem:
    """The problem of raising s over t: that of the network with logits (0, s - t), from class 0 to class 1.

    Its log-odds are s - t, and so every attack climbs s and succeeds where s > t. score: logits (n, classes) -> (n,).
    """
    network = problem.model

    def of_two_classes(images: Tensor) -> Tensor:
        beyond = score(network(images).float()) - above
        return torch.stack([torch.zeros_like(beyond), beyond], 1)

    labels = torch.zeros_like(problem.labels)
    return replace(problem, model=of_two_classes, labels=labels, targets=torch.ones_like(labels), classes=2)
