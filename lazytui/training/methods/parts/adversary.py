"""The color adversary: a small network that tries to read an image's color from the model's features."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.system.lazy_torch import functional, nn, torch
from lazytui.training.methods.base import MethodContext, MethodOptions

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class AdversaryOptions(MethodOptions):
    """What methods with an adversary have in common."""

    adversary_steps: int = Field(5, ge=1, le=100, description="Adversary steps per step of the model.")
    adversary_lr: float = Field(2e-3, gt=0, le=1, description="Learning rate of the adversary.")
    adversary_layers: int = Field(3, ge=1, le=3, description="Linear layers of the adversary.")
    one_optimizer: bool = Field(
        False, description="Train the adversary with the model's optimizer, in the same step and at its learning rate."
    )


class Adversary:
    """d -> 128 -> 64 -> k colors with BatchNorm and dropout 0.3, trained by an Adam of its own on detached features.

    Fewer layers leave out the last hidden ones. With one optimizer for all it learns in the model's step: `learn`
    leaves its loss in `own_loss`, to be added to the model's.

    In float32: autocast casts a weight once a step, so within it these would be read as they were before their updates.
    """

    def __init__(self, context: MethodContext, options: AdversaryOptions) -> None:
        from lazytui.system.eager_optimizers import Adam

        self._steps = options.adversary_steps
        self._unknown = context.content.unknown
        widths = (context.classifier.head.in_features, *_HIDDEN[: options.adversary_layers - 1])
        blocks = [module for before, after in pairwise(widths) for module in _block(before, after)]
        self.network = nn.Sequential(*blocks, nn.Linear(widths[-1], len(context.content.values))).to(
            context.hardware.device
        )
        self._optimizer = Adam(self.network.parameters(), lr=options.adversary_lr, fused=True)
        self._has_own_optimizer = not options.one_optimizer
        self.own_loss: Tensor | None = None

    def learn(self, features: Tensor, batch: Batch) -> Tensor:
        """Some steps on one batch of features, (n, d), without a second pass of the trunk: the last one's accuracy."""
        features = features.detach()
        if not self._has_own_optimizer:
            guesses = self.network(features)
            self.own_loss = self._cross_entropy(guesses, batch)
            return _accuracy(guesses, batch)
        guesses = features
        for _ in range(self._steps):
            guesses = self.network(features)
            self._optimizer.zero_grad(set_to_none=True)
            self._cross_entropy(guesses, batch).backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
        return _accuracy(guesses, batch)

    def loss(self, features: Tensor, batch: Batch) -> Tensor:
        """The mean cross-entropy of its guesses of the color, with a gradient to the features.

        With one optimizer for all its weights get none of it: what the model gains by must not teach the adversary.
        """
        if self._has_own_optimizer:
            return self._cross_entropy(self.network(features), batch)
        fixed = {name: weight.detach() for name, weight in self.network.named_parameters()}
        guesses: Tensor = torch.func.functional_call(self.network, fixed, (features,))
        return self._cross_entropy(guesses, batch)

    def _cross_entropy(self, guesses: Tensor, batch: Batch) -> Tensor:
        """The mean over the images whose color is known; 0 where none is."""
        return functional.cross_entropy(guesses, batch.attributes, ignore_index=self._unknown).nan_to_num()

    def state_dict(self) -> dict[str, Any]:
        return {"network": self.network.state_dict(), "optimizer": self._optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])


def _accuracy(guesses: Tensor, batch: Batch) -> Tensor:
    return (guesses.detach().argmax(1) == batch.attributes).float().mean()


_HIDDEN = (128, 64)


def _block(before: int, after: int) -> tuple[nn.Module, ...]:
    return nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU(), nn.Dropout(0.3)
