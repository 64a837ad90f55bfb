"""Deep feature reweighting: plain features, and a head refitted where color tells nothing (Kirichenko et al. 2023)."""

from __future__ import annotations

import torch
from torch import Tensor

from lazytui.training.methods.adversary import split_model
from lazytui.training.methods.base import Bench
from lazytui.training.methods.dataset_predictions import features
from lazytui.training.methods.erm import PlainTraining
from lazytui.training.methods.groups import in_rounds
from lazytui.training.methods.sparse_head import fit_head


class DeepFeatureReweighting(PlainTraining):
    """The last tenth of the training digits is set aside and painted anew, every digit in every color equally often.

    On the standardized features of these images heads are fitted with an L1 penalty, `refits` times on a random half;
    their mean replaces the head after the last step. What is set aside is trained on in no other way.
    """

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._model = split_model(bench)
        self._refits = int(bench.option("refits"))
        self._aside = bench.data.balanced_holdout(bench.option("aside"))

    def order(self, epoch: int) -> Tensor:
        kept = torch.arange(self._aside.first)
        return in_rounds(kept, len(self.bench.train), self.bench.epoch_generator(epoch))

    def finish(self) -> None:
        balanced = self._aside.balanced
        values = features(self.bench, balanced.images)
        mean, spread = values.mean(0), values.std(0).clamp(min=1e-6)
        digits = torch.from_numpy(balanced.digits).to(values.device, torch.int64)
        weight, bias = self._mean_head((values - mean) / spread, digits)
        with torch.no_grad():
            self._model.head.weight.copy_(weight / spread)
            self._model.head.bias.copy_(bias - weight @ (mean / spread))

    def _mean_head(self, values: Tensor, digits: Tensor) -> tuple[Tensor, Tensor]:
        generator = self.bench.epoch_generator(self.bench.settings.epochs)
        halves = [torch.randperm(len(values), generator=generator)[: -(-len(values) // 2)] for _ in range(self._refits)]
        heads = [fit_head(values[half], digits[half], self.bench.option("l1")) for half in halves]
        weights, biases = zip(*heads, strict=True)
        return torch.stack(weights).mean(0), torch.stack(biases).mean(0)
