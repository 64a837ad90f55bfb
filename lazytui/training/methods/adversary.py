"""The color adversary: a small network that tries to read an image's color from the model's features."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import Batch
from lazytui.errors import BadInput
from lazytui.models.architectures.classifier import CLASSES, Classifier
from lazytui.system.eager_optimizers import Adam
from lazytui.training.methods.base import Bench


class Adversary:
    """d -> 128 -> 64 -> 10 with BatchNorm and dropout 0.3, trained by an Adam of its own on detached features.

    In float32: autocast casts a weight once a step, so within it these would be read as they were before their updates.
    """

    def __init__(self, bench: Bench) -> None:
        self._steps = int(bench.option("adversary_steps"))
        width = split_model(bench).head.in_features
        layers = (*_block(width, 128), *_block(128, 64), nn.Linear(64, CLASSES))
        self.network = nn.Sequential(*layers).to(bench.hardware.device)
        self._optimizer = Adam(self.network.parameters(), lr=bench.option("adversary_lr"), fused=True)

    def learn(self, features: Tensor, batch: Batch) -> Tensor:
        """Some steps on one batch of features, (n, d), without a second pass of the trunk: the last one's accuracy."""
        features = features.detach()
        guesses = features
        for _ in range(self._steps):
            guesses = self.network(features)
            self._optimizer.zero_grad(set_to_none=True)
            cross_entropy(guesses, batch.colors).backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
        return (guesses.detach().argmax(1) == batch.colors).float().mean()

    def loss(self, features: Tensor, batch: Batch) -> Tensor:
        """The mean cross-entropy of its guesses of the color, with a gradient to the features."""
        return cross_entropy(self.network(features), batch.colors)

    def state_dict(self) -> dict[str, Any]:
        return {"network": self.network.state_dict(), "optimizer": self._optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])


def split_model(bench: Bench) -> Classifier:
    """The model, which must have features and a head. Raises BadInput for code of one's own that has not."""
    if not isinstance(bench.model, Classifier):
        raise BadInput(
            f"The method {bench.settings.method} reads a model's features, so it needs one from `lazytui models`, or "
            "code that makes a lazytui.models.architectures.classifier.Classifier."
        )
    return bench.model


def _block(before: int, after: int) -> tuple[nn.Module, ...]:
    return nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU(), nn.Dropout(0.3)
