"""Deep feature reweighting: plain features, a head refitted where color is uninformative (Kirichenko et al. 2023)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.system.lazy_torch import torch
from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.parts.held_out import Aside, HeldOutHead, HeldOutOptions
from lazytui.training.methods.parts.sparse_head import L1, fit_head, standardized

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from lazytui.data.splits import Holdout


class Options(HeldOutOptions):
    aside: Aside = 0.1
    refits: int = Field(20, ge=1, le=1000, description="Heads that are fitted and averaged.")
    l1: L1 = 1e-3


class DeepFeatureReweighting(HeldOutHead):
    """The last tenth of the training digits is set aside and painted anew, every digit in every color equally often.

    On the standardized features of these images heads are fitted with an L1 penalty, `refits` times on a random half;
    their mean replaces the head after the last step. What is set aside is trained on in no other way.
    """

    options: Options

    def hold_out(self, share: float) -> Holdout:
        return self.context.data.balanced_holdout(share)

    def finish(self) -> None:
        values, mean, spread = standardized(self.features())
        weight, bias = self._mean_head(values, self.labels)
        self.set_head(weight / spread, bias - weight @ (mean / spread))

    def subset(self, labels: Tensor, generator: Generator) -> Tensor:
        """Indices of the held-out images that one head is fitted to. labels: (m,) int64 on the CPU."""
        return torch.randperm(len(labels), generator=generator)[: -(-len(labels) // 2)]

    def _mean_head(self, values: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        generator = self.context.epoch_generator(self.context.settings.epochs)
        subsets = [self.subset(labels.cpu(), generator) for _ in range(self.options.refits)]
        heads = [
            fit_head(values[subset], labels[subset], len(self.context.content.classes), self.options.l1)
            for subset in subsets
        ]
        weights, biases = zip(*heads, strict=True)
        return torch.stack(weights).mean(0), torch.stack(biases).mean(0)


ENTRY = MethodEntry(
    "dfr",
    "Plain features, and a sparse head refitted on held-out images, balanced over the attribute's values.",
    DeepFeatureReweighting,
    source="Kirichenko 2023",
    options=Options,
    reads=("balanced data",),
    static_step=True,
)
