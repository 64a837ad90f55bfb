"""What can be chosen of `study`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from lazytui.analyses.core.metric_catalog import MetricName
from lazytui.analyses.train.params import FirstWeights
from lazytui.analyses.trainings.training_grid import GridParams
from lazytui.catalog_fields import name_field
from lazytui.data.params import PaintingParams
from lazytui.list_values import split_list
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods import METHODS
from lazytui.training.settings import ABOUT, AllMethodOptions, require_method


class StudyGrid(GridParams):
    """What varies."""

    methods: Annotated[tuple[str, ...], BeforeValidator(split_list)] = name_field(
        ("jtt", "kmeans", "rex", "group-dro", "bias-balance"),
        "Training methods: grl,rex,jtt. Each is trained with every bias and every seed.",
        ABOUT,
    )
    bias: Annotated[tuple[Annotated[float, Field(ge=0, le=1)], ...], BeforeValidator(split_list)] = Field(
        (0.95,), description="How often a digit wears its dominant color: 0.95,0.98,0.99,0.995."
    )
    rank: MetricName = Field("unbiased_accuracy", description="The metric that orders the leaderboard.")


class StudyParams(PaintingParams, AllMethodOptions, FirstWeights, LoopSettings, StudyGrid):
    """The grid, and what all of its trainings have in common."""

    model_config = ConfigDict(defer_build=False)

    epochs: int = Field(
        5, ge=1, le=10_000, description="Passes over the training split. Cures need time: two passes are few."
    )

    @field_validator("methods")
    @classmethod
    def _known_methods(cls, methods: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(require_method(method) for method in methods))

    @model_validator(mode="after")
    def _check_options(self) -> StudyParams:
        own = {name for method in self.methods for name in METHODS[method].options.model_fields}
        for name in self.chosen_options:
            if name not in own:
                raise ValueError(f"None of {', '.join(self.methods)} reads {name.replace('_', '-')}.")
        if self.colors and not any(METHODS[method].reads_colors for method in self.methods):
            raise ValueError(f"None of {', '.join(self.methods)} reads color labels.")
        return self
