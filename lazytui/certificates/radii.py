"""The largest budgets that are certified, image by image."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from lazytui.certificates.bounds import cube
from lazytui.certificates.chain import Chain
from lazytui.certificates.steps import Box

UNIT = 1 / (4 * 255)
"""What radii are whole multiples of: a quarter of a level."""

SLACK = 1e-4
"""By how much a margin's lower bound has to exceed 0, in units of the largest logit if that is over 1: bounds are
computed in the network's own precision."""

_FIRST = 4
"""Units that are tried first where nothing is certified yet."""

Margins = Callable[[Chain, Box, Tensor], Box]
"""Lower and upper bounds of margins, as of `interval_margins`."""


def certified_radii(
    bounds: Margins, chain: Chain, images: Tensor, labels: Tensor, start: Tensor, largest: float
) -> Tensor:
    """(n,): of each image (3, h, w) the largest multiple of UNIT up to `largest` that was tried and in which no change
    of its values takes the class away; 0 where none was.

    labels: (n,), the class that is to stay. start: (n,), radii that are certified already.
    """
    least = slack(chain.forward(images))

    def certifies(chosen: Tensor, units: Tensor) -> Tensor:
        lower, _ = bounds(chain, cube(images[chosen], units * UNIT), labels[chosen])
        return lower.amin(1) > least[chosen]

    return certified_units(certifies, (start / UNIT).round().long(), int(largest / UNIT + 1e-6)) * UNIT


def slack(logits: Tensor) -> Tensor:
    """(n, classes) -> (n,): what a margin has to exceed."""
    return SLACK * logits.abs().amax(1).clamp(min=1)


def certified_units(certifies: Callable[[Tensor, Tensor], Tensor], start: Tensor, largest: int) -> Tensor:
    """(n,) int64: of each image the largest number of units that was tried and certified, by doubling and bisection.

    certifies: indices of images (m,) and a budget of each in units (m,) -> (m,) bool. start: (n,) int64, what is
    certified already. A certificate for a budget is one for all smaller ones, so this is sound also where a larger
    budget is certified though a smaller one isn't.
    """
    enough = start.clamp(max=largest)
    too_many = torch.full_like(enough, largest + 1)
    while len(left := (too_many - enough > 1).nonzero()[:, 0]):
        low, high = enough[left], too_many[left]
        doubled = (2 * low).clamp(min=_FIRST, max=largest)
        tried = torch.where((high > largest) & (doubled > low), doubled, (low + high) // 2)
        held = certifies(left, tried)
        enough[left], too_many[left] = torch.where(held, tried, low), torch.where(held, high, tried)
    return enough
