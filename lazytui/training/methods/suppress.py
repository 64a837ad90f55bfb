"""Suppression: turn down the features that respond to color, turn up the rest (study A). Expected to be weak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.system.lazy_torch import functional, nn, torch
from lazytui.training.methods.base import Method, MethodContext, MethodEntry, MethodOptions
from lazytui.training.methods.parts.dataset_predictions import features

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(MethodOptions):
    damping: float = Field(0.3, ge=0, le=1, description="Factor on features that respond to color.")
    boost: float = Field(3.0, ge=1, le=100, description="Factor on the other features.")
    every: int = Field(1, ge=1, le=10_000, description="Epochs between measurements of the features.")


class Suppression(Method):
    """Features of more color selectivity than the median x `damping`, the others x `boost`; asked again every so often.

    weight: (classes, d), what is trained of the head; the model's head is weight x factors, so that the network that is
    kept computes what was trained.
    """

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._model = context.classifier
        self._weight = nn.Parameter(self._model.head.weight.detach().clone())
        self._factors = torch.ones_like(self._weight[0])
        self.optimizer.add_param_group({"params": [self._weight]})

    def begin_epoch(self, epoch: int) -> None:
        if epoch % self.options.every == 0:
            from lazytui.data.painting.painter import pure_patches

            patches = pure_patches(self.context.data.params)
            selective = color_selectivity(features(self._model, patches, self.context.hardware))
            damped, boosted = self.options.damping, self.options.boost
            self._factors.copy_(torch.where(selective > selective.median(), damped, boosted))
            self._update_head()

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        features = self._model.features(batch.images)
        logits = functional.linear(features, self._weight * self._factors, self._model.head.bias)
        return functional.cross_entropy(logits, batch.labels)

    def update(self, batch: Batch, step: int) -> Tensor:
        loss = super().update(batch, step)
        self._update_head()
        return loss

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "weight": self._weight.detach(), "factors": self._factors}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._factors.copy_(state["factors"])
        with torch.no_grad():
            self._weight.copy_(state["weight"])

    def _update_head(self) -> None:
        with torch.no_grad():
            self._model.head.weight.copy_(self._weight * self._factors)


def color_selectivity(responses: Tensor) -> Tensor:
    """(k, d) responses to k pure colors -> (d,) in [0, 3]: (max - mean) / std.

    0 for features whose std is under a thousandth of the largest: what little they differ by isn't an answer to color.
    On biased images it would measure the digit as much, which their color predicts.
    """
    spread = responses.std(0, correction=0)
    selectivity = (responses.amax(0) - responses.mean(0)) / (spread + 1e-12)
    return selectivity.where(spread >= _FLAT * spread.max(), 0.0)


_FLAT = 1e-3


ENTRY = MethodEntry(
    "suppress",
    "Features that respond to color are damped, the others boosted.",
    Suppression,
    source="study A",
    options=Options,
    known_ineffective=True,
    static_step=True,
)
