"""Attacks that only ask: no gradient, just what the network says. A query is one image shown to it."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lazytui.attacks.iterated import into_ball, into_cube, stored_in_ball
from lazytui.attacks.problem import Problem, each, storable, whole_levels

_SMOOTHING = 0.01
_PAIRS = 10


@torch.no_grad()
def square(problem: Problem, *, queries: float = 1000) -> Tensor:
    """Squares of one color, at the ends of the budget, kept where they help (Andriushchenko 2020, algorithm 2)."""
    budget = each(whole_levels(problem.epsilon))
    count, channels, height, width = problem.images.shape
    stripes = _signs(problem, (count, channels, 1, width))
    images = storable((problem.images + budget * stripes).clamp(0, 1))
    best = problem.goal(problem.model(images))
    for query in range(int(queries)):
        left = (~problem.fools(images)).nonzero()[:, 0]
        if not len(left):
            break
        side = max(1, round(math.sqrt(_share(query / queries) * height * width)))
        tried = images[left].clone()
        tops, lefts = (torch.randint(n - side + 1, (len(left),), generator=problem.random) for n in (height, width))
        colors = _signs(problem, (len(left), channels, 1, 1))
        for place, (top, start) in enumerate(zip(tops.tolist(), lefts.tolist(), strict=True)):
            window = (slice(None), slice(top, top + side), slice(start, start + side))
            changed = problem.images[left[place]][window] + budget[left[place]] * colors[place]
            tried[place][window] = changed.clamp(0, 1)
        tried = storable(tried)
        value = problem.part(left).goal(problem.model(tried))
        better = value > best[left]
        images[left[better]], best[left[better]] = tried[better], value[better]
    return images


@torch.no_grad()
def simba(problem: Problem, *, queries: float = 1000, stride: float = 0.2) -> Tensor:
    """One value at a time, up or down by `stride`, kept where it helps (Guo 2019, algorithm 1); in the ball."""
    images = problem.images.clone()
    best = problem.goal(problem.model(images))
    order = torch.randperm(images[0].numel(), generator=problem.random).to(images.device)
    for query in range(int(queries) // 2):
        left = (~problem.fools(stored_in_ball(images, problem))).nonzero()[:, 0]
        if not len(left):
            break
        part = problem.part(left)
        for sign in (stride, -stride):
            tried = images[left].flatten(1)
            tried[:, order[query % len(order)]] += sign
            tried = into_ball(tried.reshape(images[left].shape), part)
            value = part.goal(part.model(tried))
            better = value > best[left]
            images[left[better]], best[left[better]] = tried[better], value[better]
    return stored_in_ball(images, problem)


@torch.no_grad()
def nes(problem: Problem, *, queries: float = 1000) -> Tensor:
    """Sign steps along a gradient estimated from pairs of noisy copies (Ilyas 2018, algorithm 1)."""
    images = problem.images.clone()
    steps = max(int(queries) // (2 * _PAIRS), 1)
    for _ in range(steps):
        left = (~problem.fools(storable(images))).nonzero()[:, 0]
        if not len(left):
            break
        part, now = problem.part(left), images[left]
        slope = torch.zeros_like(now)
        for _ in range(_PAIRS):
            noise = torch.randn(now.shape, generator=problem.random, device=problem.random.device).to(now.device)
            up, down = (part.goal(part.model(now + sign * _SMOOTHING * noise)) for sign in (1, -1))
            slope += each(up - down) * noise
        stride = 2.5 / steps * each(whole_levels(part.epsilon))
        images[left] = into_cube(now + stride * slope.sign(), part)
    return storable(images)


def _share(progress: float) -> float:
    """The square's share of the image, from .05 down in halves as the queries are spent (section 5 of the paper)."""
    halvings = sum(progress > end for end in (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8))
    return float(0.05 / 2 ** min(halvings, 6))


def _signs(problem: Problem, shape: tuple[int, ...]) -> Tensor:
    drawn = torch.rand(shape, generator=problem.random, device=problem.random.device) < 0.5
    return torch.where(drawn.to(problem.images.device), 1.0, -1.0)
