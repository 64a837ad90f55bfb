"""Learning from failure: what a deliberately biased network gets wrong counts more (Nam et al. 2020)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazytui.system.lazy_torch import functional
from lazytui.training.methods.base import MethodContext, MethodEntry, MethodOptions
from lazytui.training.methods.parts.biased_network import BesideBiased, Q, generalized_cross_entropy
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT, conflicting_signal
from lazytui.training.methods.parts.relative_difficulty import Ema, RelativeDifficulty

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.device_split import Batch


class Options(MethodOptions):
    q: Q = 0.7
    ema: Ema = 0.7


class LearningFromFailure(BesideBiased):
    """w CE for the model and the generalized CE for a biased network beside it, w = L_b / (L_b + L_d)."""

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._difficulty = RelativeDifficulty(context.labels, len(context.content.classes), self.options.ema)

    def loss(self, batch: Batch, step: int) -> Tensor:  # noqa: ARG002
        each = functional.cross_entropy(self.context.model(batch.images), batch.labels, reduction="none")
        biased = functional.cross_entropy(self.biased(batch.images), batch.labels, reduction="none")
        weights = self._difficulty.update(batch.indices, biased, each)
        return (weights * each).mean() + generalized_cross_entropy(biased, self.options.q).mean()

    def signals(self) -> Mapping[str, float]:
        return conflicting_signal(self.context, self._difficulty.weights())

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), **self._difficulty.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._difficulty.load_state_dict(state)


ENTRY = MethodEntry(
    "lff",
    "Learning from failure: what a deliberately biased network gets wrong counts more.",
    LearningFromFailure,
    source="Nam 2020",
    options=Options,
    signals=CONFLICTING_WEIGHT,
    varies="a second network learns beside it, by an optimizer of its own",
)
