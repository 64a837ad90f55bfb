"""DeepFool: to the nearest of the planes that the network's boundaries look like (Moosavi-Dezfooli et al. 2016)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Steps
from lazytui.attacks.levels import round_to_levels
from lazytui.attacks.problem import Problem, l2_norm, per_image
from lazytui.system.lazy_torch import torch

if TYPE_CHECKING:
    from torch import Tensor

_OVERSHOOT = 0.02
"""The paper's eta."""


def deepfool(problem: Problem, *, steps: int = 50) -> Tensor:
    """x + (1 + eta) r, r <- r + |f_k| w_k / |w_k|^2 for the class k with the nearest plane, or the target.

    That is algorithm 2. f_k: the logit of k less the label's; w_k: its gradient. Images farther than epsilon are
    returned as they were.
    """
    best, r = problem.images.clone(), torch.zeros_like(problem.images)
    unsolved = torch.arange(len(best), device=best.device)
    for _ in range(steps):
        subset = problem.subset(unsolved)
        step, exists = _step_to_nearest_plane(subset, (subset.images + (1 + _OVERSHOOT) * r[unsolved]).clamp(0, 1))
        r[unsolved] = r[unsolved] + per_image(exists.float()) * step
        rounded = round_to_levels((subset.images + (1 + _OVERSHOOT) * r[unsolved]).clamp(0, 1))
        fooled = subset.is_fooled(rounded)
        near = fooled & (l2_norm(rounded - subset.images) <= subset.epsilon)
        best[unsolved[near]] = rounded[near]
        unsolved = unsolved[~fooled]
        if not len(unsolved):
            break
    return best


def _step_to_nearest_plane(problem: Problem, x: Tensor) -> tuple[Tensor, Tensor]:
    """The step, (n, 3, h, w), and whether there is one, (n,) bool: a network may be flat where it stands."""
    x = x.detach().requires_grad_()
    logits = problem.model(x)
    of_label = logits.gather(1, problem.labels[:, None])[:, 0]
    nearest = torch.full_like(of_label, torch.inf).detach()
    step = torch.zeros_like(x).detach()
    for k in range(logits.shape[1]):
        candidates = problem.labels != k if problem.targets is None else problem.targets == k
        if not candidates.any():
            continue
        f_k = logits[:, k] - of_label
        (w_k,) = torch.autograd.grad(f_k.sum(), x, retain_graph=True)
        w_norm = l2_norm(w_k)
        distance = torch.where(candidates & (w_norm > 1e-9), f_k.detach().abs() / w_norm, torch.inf)
        closer = distance < nearest
        step = torch.where(per_image(closer), per_image((f_k.detach().abs() + 1e-4) / w_norm**2) * w_k, step)
        nearest = torch.where(closer, distance, nearest)
    return step, torch.isfinite(nearest)


class DeepfoolOptions(AttackOptions):
    steps: Steps = 50


DEEPFOOL = Attack(
    name="deepfool",
    summary="Steps to the nearest boundary, taken as a plane; made for untargeted attacks.",
    source="Moosavi-Dezfooli 2016",
    norm="l2",
    perturb=deepfool,
    options=DeepfoolOptions,
    minimizes=True,
    targeted_caveat="deepfool is made for untargeted attacks: it goes to the nearest boundary. Towards one target it "
    "goes up to twice as far as needed, or fails; ddn finds smaller changes.",
)
