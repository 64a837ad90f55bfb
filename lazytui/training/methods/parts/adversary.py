"""The color adversary: a small network that tries to read an image's color from the model's features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.models.shapes import CLASSES
from lazytui.system.lazy_torch import functional, nn
from lazytui.training.methods.base import MethodContext, MethodOptions

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class AdversaryOptions(MethodOptions):
    """What methods with an adversary have in common."""

    adversary_steps: int = Field(5, ge=1, le=100, description="Adversary steps per step of the model.")
    adversary_lr: float = Field(2e-3, gt=0, le=1, description="Learning rate of the adversary.")


class Adversary:
    """d -> 128 -> 64 -> 10 with BatchNorm and dropout 0.3, trained by an Adam of its own on detached features.

    In float32: autocast casts a weight once a step, so within it these would be read as they were before their updates.
    """

    def __init__(self, context: MethodContext, options: AdversaryOptions) -> None:
        from lazytui.system.eager_optimizers import Adam

        self._steps = options.adversary_steps
        width = context.classifier.head.in_features
        layers = (*_block(width, 128), *_block(128, 64), nn.Linear(64, CLASSES))
        self.network = nn.Sequential(*layers).to(context.hardware.device)
        self._optimizer = Adam(self.network.parameters(), lr=options.adversary_lr, fused=True)

    def learn(self, features: Tensor, batch: Batch) -> Tensor:
        """Some steps on one batch of features, (n, d), without a second pass of the trunk: the last one's accuracy."""
        features = features.detach()
        guesses = features
        for _ in range(self._steps):
            guesses = self.network(features)
            self._optimizer.zero_grad(set_to_none=True)
            functional.cross_entropy(guesses, batch.colors).backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
        return (guesses.detach().argmax(1) == batch.colors).float().mean()

    def loss(self, features: Tensor, batch: Batch) -> Tensor:
        """The mean cross-entropy of its guesses of the color, with a gradient to the features."""
        return functional.cross_entropy(self.network(features), batch.colors)

    def state_dict(self) -> dict[str, Any]:
        return {"network": self.network.state_dict(), "optimizer": self._optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])


def _block(before: int, after: int) -> tuple[nn.Module, ...]:
    return nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU(), nn.Dropout(0.3)
