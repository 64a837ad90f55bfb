"""The largest budgets that are certified, image by image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lazytui.certificates.bound_steps import Box
from lazytui.certificates.bounds import cube
from lazytui.certificates.chain import Chain
from lazytui.system.lazy_torch import no_grad

UNIT = 1 / (4 * 255)
"""What radii are whole multiples of: a quarter of a level."""

SLACK = 1e-4
"""By how much a margin's lower bound has to exceed 0, in units of the largest logit if that is over 1: bounds are
computed in the network's own precision."""

_FIRST = 4
"""Units that are tried first where nothing is certified yet."""
_PRECISION = 8
"""The share of a radius, one in so many, to which it is found."""

Margins = Callable[[Chain, Box, Tensor], Box]
"""Lower and upper bounds of margins, as of `interval_margins`."""


@dataclass(frozen=True)
class Certified:
    """(n,) each. lower, upper: bounds of the least margin within epsilon. radius: the largest certified budget."""

    lower: Tensor
    upper: Tensor
    radius: Tensor


@no_grad
def certify(
    bounds: Margins, chain: Chain, images: Tensor, labels: Tensor, epsilon: float, largest: float, start: Tensor
) -> Certified:
    """How far no change of an image's values takes its class away.

    images: (n, 3, h, w) in [0, 1]. labels: (n,) int64, the class that is to stay. epsilon: what margins are bounded
    for, and tried first. start: (n,), radii that are certified already. The radius is epsilon, or a multiple of UNIT up
    to `largest`, and less than an eighth below what these bounds could certify; 0 where nothing is.
    """
    least = slack(chain.forward(images))

    def lowest(chosen: Tensor, budgets: Tensor) -> Tensor:
        return bounds(chain, cube(images[chosen], budgets), labels[chosen])[0].amin(1)

    def certifies(chosen: Tensor, units: Tensor) -> Tensor:
        return lowest(chosen, units * UNIT) > least[chosen]

    low, high = bounds(chain, cube(images, torch.full_like(start, epsilon)), labels)
    lower, upper = low.amin(1), high.amin(1)
    held = lower > least
    enough = torch.maximum((start / UNIT).round(), held * int(epsilon / UNIT)).long()
    beyond = torch.where(held, int(largest / UNIT + 1e-6) + 1, -int(-epsilon // UNIT))
    units = largest_units(certifies, enough, torch.maximum(beyond, enough + 1), int(largest / UNIT + 1e-6))
    return Certified(lower, upper, torch.maximum(torch.maximum(units * UNIT, start), held * epsilon))


def slack(logits: Tensor) -> Tensor:
    """(n, classes) -> (n,): what a margin has to exceed."""
    return SLACK * logits.abs().amax(1).clamp(min=1)


def largest_units(
    certifies: Callable[[Tensor, Tensor], Tensor], enough: Tensor, too_many: Tensor, largest: int
) -> Tensor:
    """(n,) int64: of each image the largest number of units that was tried and certified, by doubling and bisection.

    certifies: indices of images (m,) and a budget of each in units (m,) -> (m,) bool. enough: (n,), what is certified.
    too_many: (n,), what isn't, more than `largest` where that isn't known. A certificate for a budget is one for all
    smaller ones, so this is sound also where a larger budget is certified though a smaller one isn't.
    """
    enough, too_many = enough.clamp(max=largest), too_many.clone()
    while len(left := (too_many - enough > (enough // _PRECISION).clamp(min=1)).nonzero()[:, 0]):
        low, high = enough[left], too_many[left]
        doubled = (2 * low).clamp(min=_FIRST, max=largest)
        tried = torch.where((high > largest) & (doubled > low), doubled, (low + high) // 2)
        held = certifies(left, tried)
        enough[left], too_many[left] = torch.where(held, tried, low), torch.where(held, high, tried)
    return enough
