"""Logistic regression with an L1 penalty, by accelerated proximal gradient (FISTA, Beck & Teboulle 2009)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from lazytui.system.lazy_torch import functional, torch

if TYPE_CHECKING:
    from torch import Tensor

L1 = Annotated[float, Field(ge=0, le=10, description="L1 penalty of the head.")]


def standardized(values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Features (n, d) with mean 0 and spread 1; and what was taken off and divided by, (d,) each.

    A head (weight, bias) of these is the head (weight / spread, bias - weight @ (mean / spread)) of the features.
    """
    mean, spread = values.mean(0), values.std(0).clamp(min=1e-6)
    return (values - mean) / spread, mean, spread


def fit_head(values: Tensor, digits: Tensor, classes: int, l1: float, iterations: int = 500) -> tuple[Tensor, Tensor]:
    """The head (classes, d) and bias (classes,) that minimize the mean cross-entropy + l1 * sum |head|.

    values: (n, d) float; digits: (n,) int64. The bias isn't penalized.
    """
    inputs = functional.pad(values, (0, 1), value=1.0)
    targets = functional.one_hot(digits, classes).to(inputs.dtype)
    step = 2 / largest_eigenvalue(inputs) * len(inputs)
    best = ahead = torch.zeros(inputs.shape[1], classes, dtype=inputs.dtype, device=inputs.device)
    momentum = 1.0
    for _ in range(iterations):
        gradient = inputs.T @ ((inputs @ ahead).softmax(1) - targets) / len(inputs)
        moved = ahead - step * gradient
        moved[:-1] = soft_threshold(moved[:-1], step * l1)
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = moved + (momentum - 1) / following * (moved - best)
        best, momentum = moved, following
    return best[:-1].T, best[-1]


def soft_threshold(values: Tensor, amount: Tensor) -> Tensor:
    """Toward 0 by an amount, and no further."""
    return values.sign() * (values.abs() - amount).clamp(min=0)


def largest_eigenvalue(matrix: Tensor, rounds: int = 50) -> Tensor:
    """Of matrix.T @ matrix, from above: power iteration from an even start, and 5 % for what it has yet to find."""
    vector = torch.ones(matrix.shape[1], dtype=matrix.dtype, device=matrix.device)
    for _ in range(rounds):
        vector = matrix.T @ (matrix @ (vector / vector.norm()))
    bound: Tensor = 1.05 * vector.norm()
    return bound
