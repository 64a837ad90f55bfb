"""The options of a comparison or a study by which it ranks, also without labels of the shortcut."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from lazytui.analyses.core.analysis import Params
from lazytui.analyses.core.metric_catalog import OF_SELECTORS, RankName
from lazytui.analyses.select.params import PropertyNames, property_field

_USES = {"worst-pseudo-group": "infers groups from", "worst-swap": "exchanges"}
"""Selectors that need a property, and what for."""


class RankParams(Params):
    """What orders a leaderboard."""

    rank: RankName = Field(
        "unbiased_accuracy",
        description="What orders the leaderboard: a metric, or a selector that reads no label of the shortcut: "
        "worst-class, worst-environment, worst-pseudo-group or worst-swap. Selectors need networks trained on the same "
        "data; the choice by the hard split is shown separately.",
    )
    property: PropertyNames = property_field(
        "Properties that an audit flagged, the named one first: worst-swap exchanges each of them, and "
        "worst-pseudo-group infers groups from the first."
    )

    @model_validator(mode="after")
    def _check_property(self) -> Self:
        if self.rank in _USES and self.property is None:
            raise ValueError(
                f"--rank {self.rank} {_USES[self.rank]} a property of the images, such as the one that an audit named: "
                '--property "ground hue".'
            )
        if self.property is not None and self.rank not in OF_SELECTORS:
            raise ValueError(f"--rank {self.rank} reads no --property: only {', '.join(OF_SELECTORS)} do.")
        return self
