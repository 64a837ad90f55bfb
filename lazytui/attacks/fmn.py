"""Fast minimum norm: the smallest largest change of any value (Pintor et al. 2021, algorithm 1, with p = infinity)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lazytui.attacks.problem import LEVELS, Problem, each, largest_change, length, storable, whole_levels

_STRIDES = (10.0, 0.01)
"""Euclidean lengths of the first step and of the last."""

_PACES = (0.05, 0.001)
"""By which share the cube grows or shrinks, at first and at last."""


def fmn(problem: Problem, *, steps: float = 100) -> Tensor:
    """A step along the gradient, then into a cube that shrinks while the network is fooled and grows while it isn't.

    Until an image fools for the first time, its cube reaches as far as the boundary would lie if it were a plane, and
    a level farther than before at least: values at the end of the range make the way longer. Of all that fooled in
    whole levels within epsilon, the nearest is returned; where none did, the image as it was.
    """
    origin, images = problem.images, problem.images.clone()
    made, best = origin.clone(), whole_levels(problem.epsilon)
    found = torch.zeros_like(problem.labels, dtype=torch.bool)
    reach = torch.zeros_like(best)
    for step in range(int(steps)):
        gradient, logits = problem.gradient(images)
        far, fooled = largest_change(images - origin), problem.reached(logits)
        _keep(problem, images, fooled, made, best)
        found |= fooled
        shrunk = torch.minimum(reach * (1 - _falling(_PACES, step, steps)), far)
        ahead = problem.goal(logits).abs() / gradient.abs().sum((1, 2, 3)).clamp(min=1e-12)
        plane = far + ahead.clamp(min=1 / LEVELS)
        grown = torch.where(found, reach * (1 + _falling(_PACES, step, steps)), plane)
        reach = torch.where(fooled, shrunk, grown).clamp(min=0.5 / LEVELS, max=1)
        images = images + _falling(_STRIDES, step, steps) * gradient / each(length(gradient))
        images = images.clamp(origin - each(reach), origin + each(reach)).clamp(0, 1)
    _keep(problem, images, torch.ones_like(found), made, best)
    return made


def _keep(problem: Problem, images: Tensor, seeming: Tensor, made: Tensor, best: Tensor) -> None:
    """Write down those that fool as they are stored and are no farther than what was found before."""
    rounded = storable(images)
    far = largest_change(rounded - problem.images)
    nearer = seeming & (far <= best + 1e-6)
    nearer[nearer.clone()] = problem.part(nearer).fools(rounded[nearer])
    made[nearer], best[nearer] = rounded[nearer], far[nearer]


def _falling(ends: tuple[float, float], step: int, steps: float) -> float:
    """Along a cosine from the first to the last."""
    first, last = ends
    return last + (first - last) * (1 + math.cos(math.pi * step / steps)) / 2
