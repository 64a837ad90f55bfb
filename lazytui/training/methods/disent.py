"""Disentangled feature augmentation: intrinsic features on others' biased ones (Lee et al. 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from lazytui.errors import BadInput
from lazytui.system.lazy_torch import functional, nn, torch
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods.base import Method, MethodContext, MethodEntry, MethodOptions
from lazytui.training.methods.parts.biased_network import Q, generalized_cross_entropy
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT, conflicting_signal
from lazytui.training.methods.parts.relative_difficulty import Ema, RelativeDifficulty

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.data.content import Content
    from lazytui.data.device_split import Batch

_BIASED = 10.0
"""Weight of the biased head's losses, as published."""


class Options(MethodOptions):
    q: Q = 0.7
    ema: Ema = 0.7
    swap_from: float = Field(
        0.2, ge=0, le=1, description="Share of the training after which biased features are swapped between images."
    )


class FeatureAugmentation(Method):
    """W CE(C_i(z), y) + 10 GCE(C_b(z), y) of z = [z_i, z_b], each head's gradient reaching its own encoder alone.

    Later the same is added for z with the z_b of another image of the batch, C_b to be right about that one's class. W
    is that of lff. Predictions are those of C_i on the image's own z_i and z_b: the network keeps both encoders.
    """

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._model = context.classifier
        if not hasattr(self._model.features, "encoders"):
            raise BadInput(f"The method {context.method} trains a network of two encoders: --model twin:gap-cnn.")
        self.biased_head = _head_like(self._model.head, context.seed).to(context.hardware.device)
        self.optimizer.add_param_group({"params": list(self.biased_head.parameters())})
        self._difficulty = RelativeDifficulty(context.labels, len(context.content.classes), self.options.ema)

    @classmethod
    def refusal(cls, settings: LoopSettings, options: Options, content: Content) -> str:  # noqa: ARG003
        if settings.model.startswith("twin:"):
            return ""
        return f"trains two encoders of an architecture from `lazytui models`, which {settings.model} isn't."

    def loss(self, batch: Batch, step: int) -> Tensor:
        intrinsic, biased = self._model.features(batch.images).chunk(2, dim=1)
        own, of_biased = self.losses(intrinsic, biased, batch.labels, batch.labels)
        weights = self._difficulty.update(batch.indices, of_biased, own)
        total = self._weighed(weights, own, of_biased)
        if step < self.options.swap_from * self.context.total_steps:
            return total
        generator = self.context.step_generator(step)
        swap = torch.randperm(len(batch.labels), generator=generator, device=batch.labels.device)
        own, of_biased = self.losses(intrinsic, biased[swap], batch.labels, batch.labels[swap])
        return total + self._weighed(weights, own, of_biased)

    def losses(self, intrinsic: Tensor, biased: Tensor, labels: Tensor, biased_labels: Tensor) -> tuple[Tensor, Tensor]:
        """(n,) each: cross-entropy of C_i and C_b. intrinsic, biased: (n, d); labels, biased_labels: (n,) int64."""
        logits = self._model.head(torch.cat((intrinsic, biased.detach()), 1))
        of_biased = self.biased_head(torch.cat((intrinsic.detach(), biased), 1))
        return (
            functional.cross_entropy(logits, labels, reduction="none"),
            functional.cross_entropy(of_biased, biased_labels, reduction="none"),
        )

    def _weighed(self, weights: Tensor, own: Tensor, of_biased: Tensor) -> Tensor:
        return (weights * own).mean() + _BIASED * generalized_cross_entropy(of_biased, self.options.q).mean()

    def signals(self) -> Mapping[str, float]:
        return conflicting_signal(self.context, self._difficulty.weights())

    def state_dict(self) -> dict[str, Any]:
        return {
            **super().state_dict(),
            **self._difficulty.state_dict(),
            "biased_head": self.biased_head.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        self._difficulty.load_state_dict(state)
        self.biased_head.load_state_dict(state["biased_head"])


def _head_like(head: nn.Linear, seed: int) -> nn.Linear:
    """Another head of its size, with weights drawn from the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed + 1)
        return nn.Linear(head.in_features, head.out_features)


ENTRY = MethodEntry(
    "disent",
    "Two encoders, one of them biased, whose features are swapped between images.",
    FeatureAugmentation,
    source="Lee 2021",
    options=Options,
    length_matters="disent begins to swap features after a share of the training",
    signals=CONFLICTING_WEIGHT,
    published_tuning="the weights of the largest accuracy on the test split",
    network="twin",
    varies="each draws between which images features are swapped, from some step on",
)
