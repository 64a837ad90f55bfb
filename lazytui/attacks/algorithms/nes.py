"""NES: sign steps along a gradient estimated from pairs of noisy copies (Ilyas et al. 2018, algorithm 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.attacks.attack import Attack, AttackOptions, Queries
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.problem import Problem, per_image
from lazytui.attacks.projected_ascent import STRIDE
from lazytui.attacks.projection import project_linf
from lazytui.system.lazy_torch import no_grad, torch

if TYPE_CHECKING:
    from torch import Tensor

_SIGMA = 0.01
_PAIRS = 10


@no_grad
def nes(problem: Problem, *, queries: int = 1000) -> Tensor:
    """x <- P(x + alpha sign(g)), g = sum of (f(x + sigma u) - f(x - sigma u)) u over pairs of Gaussian u.

    The authors take 25 pairs at sigma = .001 and allow a million queries; at a thousand, theirs and these fool hardly
    any image that Square fools.
    """
    x = problem.images.clone()
    pairs = min(_PAIRS, (queries - 1) // 2)
    steps = queries // (2 * pairs + 1)
    for _ in range(steps):
        unsolved = (~problem.is_fooled(round_to_levels(x))).nonzero()[:, 0]
        if not len(unsolved):
            break
        subset = problem.subset(unsolved)
        alpha = STRIDE / steps * per_image(floor_to_levels(subset.epsilon))
        g = _estimated_gradient(subset, x[unsolved], pairs)
        x[unsolved] = project_linf(x[unsolved] + alpha * g.sign(), subset)
    return round_to_levels(x)


def _estimated_gradient(problem: Problem, x: Tensor, pairs: int) -> Tensor:
    """(n, 3, h, w), of the objective, but for its length: two queries a pair."""
    g = torch.zeros_like(x)
    for _ in range(pairs):
        u = torch.randn(x.shape, generator=problem.generator, device=problem.generator.device).to(x.device)
        up, down = (problem.objective(problem.model(x + sign * _SIGMA * u)) for sign in (1, -1))
        g += per_image(up - down) * u
    return g


class NesOptions(AttackOptions):
    queries: Queries = 1000


NES = Attack(
    name="nes",
    summary="Steps along a gradient estimated from noisy copies; uses only the network's outputs.",
    source="Ilyas 2018",
    norm="linf",
    perturb=nes,
    options=NesOptions,
    needs_gradient=False,
)
