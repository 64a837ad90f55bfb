"""Resampling: plain training on as many conflicting images as aligned ones, as irm and rex draw them."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from lazytui.training.methods.base import Bench
from lazytui.training.methods.environments import environments_of
from lazytui.training.methods.erm import PlainTraining
from lazytui.training.methods.groups import draw, share_evenly, share_of


class Resampling(PlainTraining):
    """The mean cross-entropy of the very batches that irm and rex would have with this seed: all but their penalty."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._weights = share_evenly(environments_of(bench))

    def order(self, epoch: int) -> Tensor:
        return draw(self._weights, self.bench.epoch_generator(epoch))

    def signals(self) -> Mapping[str, float]:
        return {"conflicting_weight": share_of(self.bench.conflicting, self._weights)}
