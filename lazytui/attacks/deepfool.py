"""DeepFool: to the nearest of the planes that the network's boundaries look like (Moosavi-Dezfooli et al. 2016)."""

from __future__ import annotations

import torch
from torch import Tensor

from lazytui.attacks.problem import Problem, each, length, storable

_OVERSHOOT = 0.02


def deepfool(problem: Problem, *, steps: float = 50) -> Tensor:
    """x <- x + |f_k| w_k / |w_k|^2 for the class k with the nearest plane, or the target (algorithm 2), a bit beyond.

    f_k: the logit of k less the label's; w_k: its gradient. Images farther than epsilon are returned as they were.
    """
    origin, away = problem.images, torch.zeros_like(problem.images)
    made = origin.clone()
    left = torch.arange(len(made), device=made.device)
    for _ in range(int(steps)):
        part = problem.part(left)
        step, going = _step(part, (part.images + (1 + _OVERSHOOT) * away[left]).clamp(0, 1))
        away[left] = away[left] + each(going.float()) * step
        rounded = storable((part.images + (1 + _OVERSHOOT) * away[left]).clamp(0, 1))
        fooled = part.fools(rounded)
        near = fooled & (length(rounded - part.images) <= part.epsilon)
        made[left[near]] = rounded[near]
        left = left[~fooled]
        if not len(left):
            break
    return made


def _step(problem: Problem, images: Tensor) -> tuple[Tensor, Tensor]:
    """The way to the nearest plane, (n, 3, h, w), and whether there is one: a network may be flat where it stands."""
    images = images.detach().requires_grad_()
    logits = problem.model(images)
    own = logits.gather(1, problem.labels[:, None])[:, 0]
    nearest = torch.full_like(own, torch.inf).detach()
    way = torch.zeros_like(images).detach()
    for kind in range(logits.shape[1]):
        wanted = problem.labels != kind if problem.targets is None else problem.targets == kind
        if not wanted.any():
            continue
        behind = logits[:, kind] - own
        (slope,) = torch.autograd.grad(behind.sum(), images, retain_graph=True)
        size = length(slope)
        far = torch.where(wanted & (size > 1e-9), behind.detach().abs() / size, torch.inf)
        closer = far < nearest
        way = torch.where(each(closer), each((behind.detach().abs() + 1e-4) / size**2) * slope, way)
        nearest = torch.where(closer, far, nearest)
    return way, torch.isfinite(nearest)
