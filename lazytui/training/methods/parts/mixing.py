"""Mixed images: how much of each, and the cross-entropy to the digits of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from lazytui.system.lazy_torch import functional, torch
from lazytui.training.methods.base import MethodOptions

if TYPE_CHECKING:
    from torch import Generator, Tensor

Mix = Annotated[float, Field(gt=0, le=100, description="Both parameters of the Beta distribution of the mixing share.")]


class MixOptions(MethodOptions):
    """Methods differ in the default."""

    mix: Mix


def draw_beta(shape: float, n: int, generator: Generator) -> Tensor:
    """(n,) draws from Beta(shape, shape): of two gamma variates the first's share."""
    rates = torch.full((2, n), shape, device=generator.device)
    one, other = torch._standard_gamma(rates, generator)  # the public sampler takes no generator
    share: Tensor = one / (one + other)
    return share


def draw_partners(n: int, generator: Generator) -> Tensor:
    """(n,) int64: the image of the batch that each is mixed with, every one once."""
    return torch.randperm(n, generator=generator, device=generator.device)


def mixed_cross_entropy(logits: Tensor, digits: Tensor, others: Tensor, share: Tensor) -> Tensor:
    """The mean of share CE(digit) + (1 - share) CE(other). logits: (n, classes); digits, others: (n,); share: (n,)."""
    own, other = (functional.cross_entropy(logits, labels, reduction="none") for labels in (digits, others))
    return (share * own + (1 - share) * other).mean()
