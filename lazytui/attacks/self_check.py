"""Whether an attack can be believed: what has to hold of any sound one, measured on the network itself."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lazytui.attacks.algorithms.fgsm import fgsm
from lazytui.attacks.algorithms.pgd import pgd
from lazytui.attacks.levels import LEVELS, round_to_levels
from lazytui.attacks.problem import Problem, per_image
from lazytui.attacks.query_search import random_signs

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
    """Sanity of PGD on the problem's images at a linf budget and beyond (Carlini et al. 2019, section 5)."""
    at = problem.with_budget
    shares = {e: _share(problem, pgd(at(e))) for e in (epsilon / 2, epsilon, 1.0)}
    few, one = _share(problem, pgd(at(epsilon), steps=5)), _share(problem, fgsm(at(epsilon)))
    noise = _share(problem, _with_noise(at(epsilon)))
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
            "fooled when every value may become anything: less means that the attack is broken",
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


def _share(problem: Problem, images: Tensor) -> float:
    """Of these images that fool."""
    return float(problem.is_fooled(images).float().mean())


def _with_noise(problem: Problem) -> Tensor:
    signs = random_signs(problem, tuple(problem.images.shape))
    epsilon = per_image((problem.epsilon * LEVELS).floor() / LEVELS)
    return round_to_levels((problem.images + epsilon * signs).clamp(0, 1))


def _zero_gradients(problem: Problem) -> float:
    """The share of images of which less than one value in a hundred moves the label's cross-entropy in float32."""
    images = problem.images.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(cross_entropy(problem.model(images), problem.labels, reduction="sum"), images)
    return float(((gradient != 0).flatten(1).float().mean(1) < 0.01).float().mean())
