"""What a comparison or a study is asked where its trainings can be ranked without labels of the shortcut."""

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
        description="What orders the leaderboard: a metric; or worst-class, worst-environment or worst-pseudo-group, "
        "which read no label of the shortcut, where all networks are of the same data; then what the hard split would "
        "have chosen stands apart.",
    )
    property: PropertyName = property_field(
        "By which worst-pseudo-group tells groups: a property of the images, such as an audit named."
    )

    @model_validator(mode="after")
    def _check_property(self) -> Self:
        if self.rank == "worst-pseudo-group" and self.property is None:
            raise ValueError(
                "The rank worst-pseudo-group needs a property by which groups are told, such as an audit named: "
                '--property "ground hue".'
            )
        if self.property is not None and self.rank not in OF_SELECTORS:
            raise ValueError(f"No property is read by the rank {self.rank}: it goes with {', '.join(OF_SELECTORS)}.")
        return self
