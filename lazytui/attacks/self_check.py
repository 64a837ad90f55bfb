"""Whether an attack can be believed: what has to hold of any sound one, measured on the network itself."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.attacks.fgsm import fgsm
from lazytui.attacks.pgd import pgd
from lazytui.attacks.problem import LEVELS, Problem, each, storable

_CHANCE = 0.1
"""By how much shares of few images may differ without meaning anything."""


@dataclass(frozen=True)
class Check:
    """value: a share. holds: whether it is as it has to be. meaning: what a failure says."""

    name: str
    value: float
    holds: bool
    meaning: str


def self_check(problem: Problem, epsilon: float) -> list[Check]:
    """Sanity of PGD on these images (Carlini et al. 2019, section 5), at a budget and beyond."""
    shares = {e: _share(problem, pgd(_at(problem, e))) for e in (epsilon / 2, epsilon, 1.0)}
    few, one = _share(problem, pgd(_at(problem, epsilon), steps=5)), _share(problem, fgsm(_at(problem, epsilon)))
    noise = _share(problem, _noise(_at(problem, epsilon)))
    dead = _zero_gradients(problem)
    return [
        Check(
            "without gradient",
            dead,
            dead <= _CHANCE,
            "images whose cross-entropy has no gradient: attacks that climb it are blind (these climb log-odds)",
        ),
        Check(
            "whole range",
            shares[1.0],
            shares[1.0] >= 1 - _CHANCE,
            "fooled when every value may become anything: less means that the attack doesn't find its way",
        ),
        Check(
            "twice the budget",
            shares[epsilon] - shares[epsilon / 2],
            shares[epsilon] >= shares[epsilon / 2] - _CHANCE,
            "more fooled than with half of it: a larger budget can't be worse",
        ),
        Check(
            "eight times the steps",
            shares[epsilon] - few,
            shares[epsilon] >= few - _CHANCE,
            "more fooled than in 5 steps: more steps can't be worse",
        ),
        Check(
            "over one step",
            shares[epsilon] - one,
            shares[epsilon] >= one - _CHANCE,
            "more fooled than by FGSM: an iterated attack that is weaker than a single step is broken",
        ),
        Check(
            "random noise",
            noise,
            noise <= _CHANCE,
            "fooled by noise of the same size: then there is no need to attack",
        ),
    ]


def _at(problem: Problem, epsilon: float) -> Problem:
    return problem.with_budget(torch.full_like(problem.epsilon, epsilon))


def _share(problem: Problem, images: Tensor) -> float:
    return float(problem.fools(images).float().mean())


def _noise(problem: Problem) -> Tensor:
    signs = torch.rand(problem.images.shape, generator=problem.random, device=problem.random.device) < 0.5
    reach = each((problem.epsilon * LEVELS).floor() / LEVELS)
    return storable((problem.images + reach * torch.where(signs.to(reach.device), 1.0, -1.0)).clamp(0, 1))


def _zero_gradients(problem: Problem) -> float:
    """The share of images of which less than one value in a hundred moves the label's cross-entropy in float32."""
    images = problem.images.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(cross_entropy(problem.model(images), problem.labels, reduction="sum"), images)
    return float(((gradient != 0).flatten(1).float().mean(1) < 0.01).float().mean())
