"""Attacks that only ask: no gradient, just what the network says. A query is one image shown to it.

None asks more of an image than `queries`; what an image has reached is read from the answers it has paid for.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from lazytui.attacks.pgd import into_ball, into_cube, stored_in_ball
from lazytui.attacks.problem import Problem, each, storable, whole_levels

_FIRST_SHARE = 0.8
"""The share of the image that Square's first squares cover."""

_HALVINGS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)
"""The shares of the queries after which Square's squares have half the area."""

_SMOOTHING = 0.01
_PAIRS = 10


@torch.no_grad()
def square(problem: Problem, *, queries: float = 1000) -> Tensor:
    """Squares of one color, at the ends of the budget, kept where they help (Andriushchenko 2020, algorithm 2).

    Areas as the authors' AutoAttack has them (Croce & Hein 2020): 80 % of the image at first, halved nine times.
    """
    budget = each(whole_levels(problem.epsilon))
    count, channels, height, width = problem.images.shape
    stripes = _signs(problem, (count, channels, 1, width))
    images = storable((problem.images + budget * stripes).clamp(0, 1))
    best, there = _answers(problem, images)
    for query in range(1, int(queries)):
        left = (~there).nonzero()[:, 0]
        if not len(left):
            break
        side = max(1, round(math.sqrt(square_share(query / queries) * height * width)))
        tried = images[left].clone()
        tops, lefts = (torch.randint(n - side + 1, (len(left),), generator=problem.random) for n in (height, width))
        colors = _signs(problem, (len(left), channels, 1, 1))
        for place, (top, start) in enumerate(zip(tops.tolist(), lefts.tolist(), strict=True)):
            window = (slice(None), slice(top, top + side), slice(start, start + side))
            changed = problem.images[left[place]][window] + budget[left[place]] * colors[place]
            tried[place][window] = changed.clamp(0, 1)
        _keep_better(problem, left, storable(tried), images, best, there)
    return images


def square_share(progress: float) -> float:
    """The square's share of the image when so much of the queries is spent."""
    return float(_FIRST_SHARE / 2 ** sum(progress > end for end in _HALVINGS))


@torch.no_grad()
def simba(problem: Problem, *, queries: float = 1000, stride: float = 0.2) -> Tensor:
    """One value at a time, up or else down by `stride`, kept where it helps (Guo 2019, algorithm 1); in the ball.

    Every image goes through its values in an order of its own, none twice before all had their turn. The stride is the
    authors'; they allow ten thousand turns and more.
    """
    images = problem.images.clone()
    best, there = _answers(problem, images)
    spent = torch.ones_like(problem.labels)
    values = images[0].numel()
    order = torch.stack([torch.randperm(values, generator=problem.random) for _ in images]).to(images.device)
    for turn in range(int(queries)):
        left = (~there & (spent < queries)).nonzero()[:, 0]
        if not len(left):
            break
        for sign in (stride, -stride):
            part = problem.part(left)
            tried = images[left].flatten(1)
            rows = torch.arange(len(left), device=left.device)
            tried[rows, order[left, turn % values]] += sign
            tried = stored_in_ball(into_ball(tried.reshape(images[left].shape), part), part)
            spent[left] += 1
            better = _keep_better(problem, left, tried, images, best, there)
            left = left[~better & (spent[left] < queries)]
            if not len(left):
                break
    return images


@torch.no_grad()
def nes(problem: Problem, *, queries: float = 1000) -> Tensor:
    """Sign steps along a gradient estimated from pairs of noisy copies (Ilyas 2018, algorithm 1).

    The authors take 25 pairs at a deviation of .001 and allow a million queries; at a thousand, theirs and these fool
    hardly any image that Square fools.
    """
    images = problem.images.clone()
    pairs = min(_PAIRS, (int(queries) - 1) // 2)
    steps = int(queries) // (2 * pairs + 1)
    for _ in range(steps):
        left = (~problem.fools(storable(images))).nonzero()[:, 0]
        if not len(left):
            break
        part, now = problem.part(left), images[left]
        slope = torch.zeros_like(now)
        for _ in range(pairs):
            noise = torch.randn(now.shape, generator=problem.random, device=problem.random.device).to(now.device)
            up, down = (part.goal(part.model(now + sign * _SMOOTHING * noise)) for sign in (1, -1))
            slope += each(up - down) * noise
        stride = 2.5 / steps * each(whole_levels(part.epsilon))
        images[left] = into_cube(now + stride * slope.sign(), part)
    return storable(images)


def _answers(problem: Problem, images: Tensor) -> tuple[Tensor, Tensor]:
    """The goal, (n,), and whether it is reached, (n,) bool: a query an image."""
    logits = problem.model(images)
    return problem.goal(logits), problem.reached(logits)


def _keep_better(problem: Problem, asked: Tensor, tried: Tensor, images: Tensor, best: Tensor, there: Tensor) -> Tensor:
    """Ask about other images of some sources, write down those that are nearer to the goal, and tell which."""
    value, reached = _answers(problem.part(asked), tried)
    better = value > best[asked]
    kept = asked[better]
    images[kept], best[kept], there[kept] = tried[better], value[better], reached[better]
    return better


def _signs(problem: Problem, shape: tuple[int, ...]) -> Tensor:
    drawn = torch.rand(shape, generator=problem.random, device=problem.random.device) < 0.5
    return torch.where(drawn.to(problem.images.device), 1.0, -1.0)
