"""Projected gradient steps: within a cube (PGD, MI-FGSM) or a ball (PGD-L2) around each image.

An image leaves the batch as soon as it reaches what is wanted, rounded to whole levels: the others then cost less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lazytui.attacks.problem import LEVELS, Problem, each, length, storable, whole_levels


@dataclass(frozen=True)
class Ball:
    """What the attacks differ in.

    walk: problem, images now, their gradient and a memory (n, 3, h, w) that may be written -> images after a step.
    start: where a climb begins. store: images in whole levels that are as near as the budget asks.
    """

    walk: Callable[[Problem, Tensor, Tensor, Tensor], Tensor]
    start: Callable[[Problem], Tensor]
    store: Callable[[Tensor, Problem], Tensor]


_STRIDE = 2.5
"""Steps are this many times the budget over their number: far enough to cross the ball (Madry et al. 2018)."""


def pgd(problem: Problem, *, steps: float = 40, restarts: float = 1) -> Tensor:
    """x <- P(x + a sign(g)), from uniform starts in the cube (Madry et al. 2018, section 2.1)."""

    def walk(part: Problem, images: Tensor, gradient: Tensor, _memory: Tensor) -> Tensor:
        return into_cube(images + _STRIDE / steps * each(whole_levels(part.epsilon)) * gradient.sign(), part)

    return _from_starts(problem, Ball(walk, start_in_cube, _stored), int(steps), int(restarts))


def mi_fgsm(problem: Problem, *, steps: float = 40, decay: float = 1.0) -> Tensor:
    """m <- decay m + g / |g|_1; x <- P(x + a sign(m)), a = epsilon / steps (Dong et al. 2018, algorithm 1).

    Decay and stride are the authors'; they take 10 steps.
    """

    def walk(part: Problem, images: Tensor, gradient: Tensor, memory: Tensor) -> Tensor:
        size = gradient.abs().mean((1, 2, 3)).clamp(min=1e-12)
        memory.mul_(decay).add_(gradient / each(size))
        return into_cube(images + each(whole_levels(part.epsilon)) / steps * memory.sign(), part)

    return _from_starts(problem, Ball(walk, _at_the_image, _stored), int(steps), 1)


def pgd_l2(problem: Problem, *, steps: float = 40, restarts: float = 1) -> Tensor:
    """x <- P(x + a g / |g|_2), from uniform starts in the ball."""

    def walk(part: Problem, images: Tensor, gradient: Tensor, _memory: Tensor) -> Tensor:
        size = length(gradient)
        return into_ball(images + _STRIDE / steps * each(part.epsilon / size) * gradient, part)

    return _from_starts(problem, Ball(walk, _start_in_ball, stored_in_ball), int(steps), int(restarts))


def into_cube(images: Tensor, problem: Problem) -> Tensor:
    """The nearest images whose values are within epsilon of the original's, and in [0, 1]."""
    reach = each(whole_levels(problem.epsilon))
    return images.clamp(problem.images - reach, problem.images + reach).clamp(0, 1)


def into_ball(images: Tensor, problem: Problem) -> Tensor:
    """Images in [0, 1] whose Euclidean distance from the original is epsilon or less, in the direction asked for."""
    away = images.clamp(0, 1) - problem.images
    size = length(away)
    return problem.images + away * each((problem.epsilon / size).clamp(max=1))


def _from_starts(problem: Problem, ball: Ball, steps: int, restarts: int) -> Tensor:
    """The best of several climbs: whoever isn't there after one begins anew."""
    best = _climb(problem, ball, ball.start(problem), steps)
    left = torch.arange(len(best), device=best.device)
    for _ in range(restarts - 1):
        left = left[~problem.part(left).fools(best[left])]
        if not len(left):
            break
        part = problem.part(left)
        best[left] = _climb(part, ball, ball.start(part), steps)
    return best


def _climb(problem: Problem, ball: Ball, images: Tensor, steps: int) -> Tensor:
    """The images after so many steps, or when they first reached what is wanted; in whole levels."""
    made = torch.empty_like(images)
    left = torch.arange(len(made), device=made.device)
    part, memory = problem, torch.zeros_like(images)
    for _ in range(steps):
        gradient, logits = part.gradient(images)
        there = _there(part, ball, images, logits)
        if there.any():
            made[left[there]] = ball.store(images[there], part.part(there))
            left, part = left[~there], part.part(~there)
            images, gradient, memory = images[~there], gradient[~there], memory[~there]
        if not len(left):
            break
        images = ball.walk(part, images, gradient, memory).detach()
    made[left] = ball.store(images, part)
    return made


def _there(part: Problem, ball: Ball, images: Tensor, logits: Tensor) -> Tensor:
    """(n,) bool: which have reached what is wanted. Those that seem to are asked again as they are stored."""
    there = part.reached(logits)
    if there.any():
        seeming = part.part(there)
        there[there.clone()] = seeming.fools(ball.store(images[there], seeming))
    return there


def _stored(images: Tensor, _problem: Problem) -> Tensor:
    return storable(images)


def stored_in_ball(images: Tensor, problem: Problem) -> Tensor:
    """The nearest whole levels; where those lie outside the ball, each value's next level towards the original."""
    nearest = storable(images)
    levels = ((images - problem.images) * LEVELS).trunc()
    inwards = storable(problem.images + levels / LEVELS)
    return torch.where(each(length(nearest - problem.images) > problem.epsilon), inwards, nearest)


def _at_the_image(problem: Problem) -> Tensor:
    return problem.images.clone()


def start_in_cube(problem: Problem) -> Tensor:
    noise = torch.rand(problem.images.shape, generator=problem.random, device=problem.random.device)
    away = (2 * noise - 1).to(problem.images.device) * each(whole_levels(problem.epsilon))
    return (problem.images + away).clamp(0, 1)


def _start_in_ball(problem: Problem) -> Tensor:
    """Uniform in the ball: a direction, and a radius whose power of the dimension is uniform."""
    random, device = problem.random, problem.images.device
    away = torch.randn(problem.images.shape, generator=random, device=random.device).to(device)
    size = length(away)
    share = torch.rand(len(away), generator=random, device=random.device).to(device) ** (1 / away[0].numel())
    return into_ball(problem.images + away * each(problem.epsilon * share / size), problem)
