"""The options of a comparison or a study by which it ranks, also without labels of the shortcut."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from lazytui.analyses.core.analysis import Params
from lazytui.analyses.core.metric_catalog import OF_SELECTORS, RankName
from lazytui.analyses.select.params import PropertyName, property_field


class RankParams(Params):
    """What orders a leaderboard."""

    rank: RankName = Field(
        "unbiased_accuracy",
        description="What orders the leaderboard: a metric, or a selector that reads no label of the shortcut: "
        "worst-class, worst-environment or worst-pseudo-group. Selectors need networks trained on the same data; the "
        "choice by the hard split is shown separately.",
    )
    property: PropertyName = property_field(
        "The property from which worst-pseudo-group infers groups, such as the one that an audit named."
    )

    @model_validator(mode="after")
    def _check_property(self) -> Self:
        if self.rank == "worst-pseudo-group" and self.property is None:
            raise ValueError(
                "--rank worst-pseudo-group infers groups from a property of the images, such as the one that an audit "
                'named: --property "ground hue".'
            )
        if self.property is not None and self.rank not in OF_SELECTORS:
            raise ValueError(f"--rank {self.rank} reads no --property: only {', '.join(OF_SELECTORS)} do.")
        return self
