"""Deep feature reweighting: plain features, and a head refitted where color tells nothing (Kirichenko et al. 2023)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.system.lazy_torch import torch
from lazytui.training.methods.base import MethodContext, MethodEntry, MethodOptions
from lazytui.training.methods.erm import PlainTraining
from lazytui.training.methods.parts.dataset_predictions import features
from lazytui.training.methods.parts.groups import in_rounds
from lazytui.training.methods.parts.sparse_head import fit_head

if TYPE_CHECKING:
    from torch import Tensor


class Options(MethodOptions):
    aside: float = Field(0.1, gt=0, le=0.5, description="Share of the training digits held out for the head.")
    refits: int = Field(20, ge=1, le=1000, description="Heads that are fitted and averaged.")
    l1: float = Field(1e-3, ge=0, le=10, description="L1 penalty of the head.")

    def second_stage(self, epochs: int) -> tuple[str, int]:
        return "head refitted", epochs


class DeepFeatureReweighting(PlainTraining):
    """The last tenth of the training digits is set aside and painted anew, every digit in every color equally often.

    On the standardized features of these images heads are fitted with an L1 penalty, `refits` times on a random half;
    their mean replaces the head after the last step. What is set aside is trained on in no other way.
    """

    options: Options

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._model = context.classifier
        self._refits = self.options.refits
        self._aside = context.data.balanced_holdout(self.options.aside)

    def order(self, epoch: int) -> Tensor:
        kept = torch.arange(self._aside.first)
        return in_rounds(kept, len(self.context.train), self.context.epoch_generator(epoch))

    def finish(self) -> None:
        balanced = self._aside.balanced
        values = features(self._model, balanced.images, self.context.hardware)
        mean, spread = values.mean(0), values.std(0).clamp(min=1e-6)
        digits = torch.from_numpy(balanced.labels).to(values.device, torch.int64)
        weight, bias = self._mean_head((values - mean) / spread, digits)
        with torch.no_grad():
            self._model.head.weight.copy_(weight / spread)
            self._model.head.bias.copy_(bias - weight @ (mean / spread))

    def _mean_head(self, values: Tensor, digits: Tensor) -> tuple[Tensor, Tensor]:
        generator = self.context.epoch_generator(self.context.settings.epochs)
        halves = [torch.randperm(len(values), generator=generator)[: -(-len(values) // 2)] for _ in range(self._refits)]
        heads = [
            fit_head(values[half], digits[half], len(self.context.content.classes), self.options.l1) for half in halves
        ]
        weights, biases = zip(*heads, strict=True)
        return torch.stack(weights).mean(0), torch.stack(biases).mean(0)


ENTRY = MethodEntry(
    "dfr",
    "Plain features, and a sparse head refitted on held-out digits, balanced over colors.",
    DeepFeatureReweighting,
    source="Kirichenko 2023",
    options=Options,
    reads=("balanced data",),
)
