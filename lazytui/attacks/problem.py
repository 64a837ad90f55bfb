"""What an attack is asked: images, what the network shall say of them, and how far each may be changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from lazytui.errors import BadInput
from lazytui.models.output_kind import PROBABILITIES, are_probabilities
from lazytui.models.shapes import CLASSES

LEVELS = 255
"""Steps from black to full: an image that can be stored has whole multiples of 1 / 255."""


PART = 500
"""Images that are looked at at once: what they take of memory doesn't grow with how many there are."""


@dataclass(frozen=True)
class Problem:
    """model: images (n, 3, h, w) in [0, 1] -> logits (n, classes), in evaluation mode. images: whole levels of 255.

    labels: (n,) int64, what they show. targets: (n,) int64, what the network shall say instead; None: anything else.
    epsilon: (n,), the budget of each, in units of the whole range from 0 to 1. sure: 0 where the largest logit
    decides, else the probability that the target (or all that isn't the label) has to exceed. random: of the starts.
    arithmetic: what gradients are computed in; whether an image fools is always asked in the model's own.
    mean_images: (n, 3, h, w), the mean of the training images of each target, for the attack that goes there.
    """

    model: Callable[[Tensor], Tensor]
    images: Tensor
    labels: Tensor
    targets: Tensor | None
    epsilon: Tensor
    random: torch.Generator
    sure: float = 0.0
    arithmetic: Callable[[], AbstractContextManager[object]] = nullcontext
    mean_images: Tensor | None = None

    def goal(self, logits: Tensor) -> Tensor:
        """(n,), to be made large: the log-odds of the target, or else those against the label.

        Its gradient has the direction of the cross-entropy's, and doesn't vanish where the network is certain.
        """
        asked = self.labels if self.targets is None else self.targets
        own = logits.gather(1, asked[:, None])[:, 0]
        others = logits.scatter(1, asked[:, None], -torch.inf).logsumexp(1)
        return others - own if self.targets is None else own - others

    def reached(self, logits: Tensor) -> Tensor:
        """(n,) bool."""
        if self.sure:
            given = logits.softmax(1)
            if self.targets is None:
                return given.gather(1, self.labels[:, None])[:, 0] < 1 - self.sure
            return given.gather(1, self.targets[:, None])[:, 0] > self.sure
        said = logits.argmax(1)
        return said != self.labels if self.targets is None else said == self.targets

    @torch.no_grad()
    def said(self) -> Tensor:
        """(n,) int64: what the network says of the images as they are. Raises BadInput where it puts out no logits."""
        logits = torch.cat([self.model(part) for part in torch.split(self.images, PART)])
        require_logits(logits, CLASSES)
        return logits.argmax(1)

    @torch.no_grad()
    def fools(self, images: Tensor) -> Tensor:
        """(n,) bool: whether these, in the place of the problem's images, reach what is wanted."""
        return self.reached(self.model(images)) if len(images) else torch.zeros(0, dtype=torch.bool)

    def gradient(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The goal's gradient at other images of the same problem, (n, 3, h, w), and their logits."""
        return self.slope(images, Problem.goal)

    def slope(self, images: Tensor, goal: Callable[[Problem, Tensor], Tensor]) -> tuple[Tensor, Tensor]:
        """The same for another goal: of the problem and logits, (n,), to be made large."""
        moved = images.detach().requires_grad_()
        with self.arithmetic():
            logits = self.model(moved).float()
        if not logits.requires_grad:
            raise BadInput(
                "This network has no gradient to the image; choose an attack that only asks: square, simba or nes."
            )
        (gradient,) = torch.autograd.grad(goal(self, logits).sum(), moved)
        return gradient, logits.detach()

    def part(self, chosen: Tensor) -> Problem:
        """The problem of some of the images only. chosen: indices, or (n,) bool."""
        return replace(
            self,
            images=self.images[chosen],
            labels=self.labels[chosen],
            targets=None if self.targets is None else self.targets[chosen],
            epsilon=self.epsilon[chosen],
            mean_images=None if self.mean_images is None else self.mean_images[chosen],
        )

    def surely(self, probability: float) -> Problem:
        """The same with more asked than the largest logit."""
        return replace(self, sure=probability)

    def with_budget(self, epsilon: Tensor) -> Problem:
        return replace(self, epsilon=epsilon)


def require_logits(outputs: Tensor, classes: int) -> None:
    """Raise BadInput for outputs (n, ...) that aren't logits of so many classes."""
    if outputs.ndim != 2 or outputs.shape[1] != classes:
        shape = " x ".join(map(str, outputs.shape[1:])) or "one number"
        raise BadInput(
            f"This network says {shape} of an image, where an attack on {classes} digits needs {classes} logits."
        )
    if are_probabilities(outputs):
        raise BadInput(PROBABILITIES)


class Attack(Protocol):
    """Every attack: a problem in, images out that are as good as it found, within the budget and storable."""

    def __call__(self, problem: Problem, **options: float) -> Tensor:
        """(n, 3, h, w): whole levels of 255 in [0, 1]. Images that reach nothing are returned too."""


def each(values: Tensor) -> Tensor:
    """(n,) -> (n, 1, 1, 1)."""
    return values[:, None, None, None]


def whole_levels(epsilon: Tensor) -> Tensor:
    """The largest whole number of levels within a budget, as a share of the range: .05 comes to 12 / 255."""
    return (epsilon * LEVELS + 1e-4).floor() / LEVELS


def storable(images: Tensor) -> Tensor:
    """The nearest images in whole levels."""
    return (images * LEVELS).round().clamp(0, LEVELS) / LEVELS


def largest_change(change: Tensor) -> Tensor:
    """(n, 3, h, w) -> (n,): of any value."""
    found: Tensor = change.abs().amax((1, 2, 3))
    return found


def length(change: Tensor) -> Tensor:
    """(n, 3, h, w) -> (n,): Euclidean, over all values; never quite 0, so that it can be divided by."""
    found: Tensor = torch.linalg.vector_norm(change, dim=(1, 2, 3)).clamp(min=1e-12)
    return found
