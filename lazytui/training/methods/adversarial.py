"""Adversarial training: the worst image nearby, instead of the image (Madry et al. 2018). Does it cure the bias too?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.system.lazy_torch import functional, nn, torch
from lazytui.training.methods.base import Method, MethodEntry, MethodOptions

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from lazytui.data.device_split import Batch


class Options(MethodOptions):
    epsilon: float = Field(
        0.1, ge=0, le=1, description="Largest change of a value by the attack, on a scale of 0 to 1."
    )
    attack_steps: int = Field(5, ge=1, le=1000, description="Steps of the attack.")


class AdversarialTraining(Method):
    """Cross-entropy of images moved by PGD within `epsilon` (Linf), as the network stands."""

    options: Options

    def loss(self, batch: Batch, step: int) -> Tensor:
        epsilon, rounds = self.options.epsilon, self.options.attack_steps
        moved = worst_nearby(self.context.model, batch, epsilon, rounds, self.context.step_generator(step))
        return functional.cross_entropy(self.context.model(moved), batch.labels)


def worst_nearby(model: nn.Module, batch: Batch, epsilon: float, rounds: int, generator: Generator) -> Tensor:
    """Images (n, 3, h, w) in [0, 1], at most epsilon away in any value: a random start, then so many rounds.

    A round moves them by 2.5 epsilon / rounds along the sign of the gradient of the cross-entropy.
    """
    start = torch.rand(batch.images.shape, generator=generator, device=batch.images.device)
    moved = (batch.images + epsilon * (2 * start - 1)).clamp(0, 1)
    for _ in range(rounds):
        moved.requires_grad_()
        (gradient,) = torch.autograd.grad(functional.cross_entropy(model(moved), batch.labels, reduction="sum"), moved)
        moved = moved.detach() + 2.5 * epsilon / rounds * gradient.sign()
        moved = (batch.images + (moved - batch.images).clamp(-epsilon, epsilon)).clamp(0, 1)
    return moved.detach()


ENTRY = MethodEntry(
    "adversarial",
    "Adversarial training, to see whether it also removes the bias.",
    AdversarialTraining,
    source="Madry 2018",
    options=Options,
    varies="each draws where its attack begins",
)
