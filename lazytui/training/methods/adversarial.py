"""Adversarial training: the worst image nearby, instead of the image (Madry et al. 2018). Does it cure the bias too?"""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.training.methods.base import Method


class AdversarialTraining(Method):
    """Cross-entropy of images moved by PGD within `epsilon` (Linf), as the network stands."""

    def loss(self, batch: Batch, step: int) -> Tensor:
        epsilon, rounds = self.bench.option("epsilon"), int(self.bench.option("attack_steps"))
        moved = worst_nearby(self.bench.model, batch, epsilon, rounds, self.bench.step_generator(step))
        return cross_entropy(self.bench.model(moved), batch.digits)


def worst_nearby(model: nn.Module, batch: Batch, epsilon: float, rounds: int, generator: Generator) -> Tensor:
    """Images (n, 3, h, w) in [0, 1], at most epsilon away in any value: a random start, then so many rounds.

    A round moves them by 2.5 epsilon / rounds along the sign of the gradient of the cross-entropy.
    """
    start = torch.rand(batch.images.shape, generator=generator, device=batch.images.device)
    moved = (batch.images + epsilon * (2 * start - 1)).clamp(0, 1)
    for _ in range(rounds):
        moved.requires_grad_()
        (gradient,) = torch.autograd.grad(cross_entropy(model(moved), batch.digits, reduction="sum"), moved)
        moved = moved.detach() + 2.5 * epsilon / rounds * gradient.sign()
        moved = (batch.images + (moved - batch.images).clamp(-epsilon, epsilon)).clamp(0, 1)
    return moved.detach()
