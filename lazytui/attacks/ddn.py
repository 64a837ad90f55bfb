"""Decoupled direction and norm: the smallest Euclidean perturbation (Rony et al. 2019, algorithm 1)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lazytui.attacks.problem import Problem, each, length, storable


def ddn(problem: Problem, *, steps: float = 300, pace: float = 0.05) -> Tensor:
    """A step along the gradient, then out or in to a sphere that shrinks by `pace` when fooled and grows when not.

    The rate of the steps falls along a cosine from 1 to .01. Of all that fooled in whole levels within epsilon, the
    nearest is returned; where none did, the last.
    """
    origin, images = problem.images, problem.images.clone()
    radius = torch.ones_like(problem.epsilon)
    best, made = problem.epsilon.clone(), origin.clone()
    away = torch.zeros_like(origin)
    for step in range(int(steps)):
        gradient, logits = problem.gradient(images)
        rounded = storable(images)
        far = length(rounded - origin)
        nearer = problem.reached(logits) & (far <= best)
        nearer[nearer.clone()] = problem.part(nearer).fools(rounded[nearer])
        made[nearer], best[nearer] = rounded[nearer], far[nearer]
        rate = 0.01 + 0.99 * (1 + math.cos(math.pi * step / steps)) / 2
        size = length(gradient)
        away = away + rate * gradient / each(size)
        radius = radius * torch.where(problem.reached(logits), 1 - pace, 1 + pace)
        radius = torch.minimum(radius, _farthest(origin))
        away = away * each(radius / length(away))
        images = (origin + away).clamp(0, 1)
        away = images - origin
    return made


def _farthest(origin: Tensor) -> Tensor:
    """(n,): the distance of the corner of [0, 1] that lies farthest from each image."""
    return length(torch.maximum(origin, 1 - origin))
