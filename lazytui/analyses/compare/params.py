"""What can be chosen of `compare`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from lazytui.analyses.core.analysis import RunReference
from lazytui.analyses.core.metric_catalog import MetricName
from lazytui.analyses.select.rank_params import RankParams
from lazytui.attacks import ATTACKS
from lazytui.catalog_fields import name_field, require_name, summaries


class CompareParams(RankParams):
    """Which trainings are compared, and by what."""

    runs: Annotated[tuple[str, ...], RunReference(kinds=("train",), argument=True)] = Field(
        (), description="Finished trainings; by default all that the workspace has."
    )
    x: MetricName = Field(
        "easy_accuracy", description="Metric on the horizontal axis of the scatter plot of all trainings."
    )
    y: MetricName = Field(
        "hard_accuracy", description="Metric on the vertical axis of the scatter plot of all trainings."
    )
    plain: bool = Field(
        True,
        description="Also train the missing plain networks to compare with, one for every recipe and seed: same "
        "architecture, data and number of steps; and for irm and rex a control with the same samples and risk but no "
        "penalty. --no-plain trains nothing.",
    )
    attack: str | None = name_field(
        None,
        "Also attack every network: a name from `lazytui attacks`, with its defaults. Smallest perturbations are "
        "reported by recipe and pool of sources.",
        summaries(ATTACKS),
    )

    @field_validator("attack")
    @classmethod
    def _known_attack(cls, attack: str | None) -> str | None:
        return None if attack is None else require_name("attack", attack, ATTACKS)
