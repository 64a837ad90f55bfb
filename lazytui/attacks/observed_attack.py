"""An attack that is watched: each of its steps is told of while it climbs, and nothing of it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Watched:
    """A network that tells how an attack on it goes; it takes the place of a problem's own.

    A step is a look that a gradient is taken of: where the climb stands, and not what it only tries. Attacks that ask
    for nothing but answers have none. step: told of the images (n, 3, h, w) before they are rounded, and their logits
    (n, classes).
    """

    model: Callable[[Tensor], Tensor]
    step: Callable[[Tensor, Tensor], None]

    def __call__(self, images: Tensor) -> Tensor:
        logits = self.model(images)
        if images.requires_grad and logits.requires_grad:
            self.step(images.detach(), logits.detach())
        return logits
