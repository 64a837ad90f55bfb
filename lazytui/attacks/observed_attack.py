"""An attack that is observed: each of its steps is reported while it climbs, and nothing of it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class ObservedModel:
    """A network that reports how an attack on it goes; it takes the place of a problem's own.

    A step is a forward pass that a gradient is taken of: where the climb stands, and not what it only tries. Attacks
    without gradient have none. on_step: called with the images (n, 3, h, w) before they are rounded, and their logits
    (n, classes).
    """

    model: Callable[[Tensor], Tensor]
    on_step: Callable[[Tensor, Tensor], None]

    def __call__(self, images: Tensor) -> Tensor:
        logits = self.model(images)
        if images.requires_grad and logits.requires_grad:
            self.on_step(images.detach(), logits.detach())
        return logits
