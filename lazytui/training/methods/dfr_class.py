"""The control of last-layer retraining: dfr without groups, balanced by class only (LaBonte et al. 2023)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.training.methods.base import MethodEntry
from lazytui.training.methods.dfr import DeepFeatureReweighting
from lazytui.training.methods.dfr import Options as OptionsOfDfr
from lazytui.training.methods.parts.groups import draw_equal_groups
from lazytui.training.methods.parts.held_out import Aside

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from lazytui.data.splits import Holdout


class Options(OptionsOfDfr):
    aside: Aside = 0.2


class ClassBalancedRetraining(DeepFeatureReweighting):
    """As dfr, on the held-out images as they are: each head is fitted to as many of every class as of the rarest."""

    options: Options

    def hold_out(self, share: float) -> Holdout:
        return self.context.data.holdout(share)

    def subset(self, labels: Tensor, generator: Generator) -> Tensor:
        return draw_equal_groups(labels, generator)


ENTRY = MethodEntry(
    "dfr-class",
    "dfr balanced by class only: the control of methods that refit the head.",
    ClassBalancedRetraining,
    source="LaBonte 2023",
    options=Options,
    static_step=True,
)
