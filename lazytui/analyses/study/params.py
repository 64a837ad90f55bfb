"""What can be chosen of `study`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from lazytui.analyses.select.rank_params import RankParams
from lazytui.analyses.study.sweep import Axis, Combining, read_axis, require_equal_lengths, sweep_texts, swept_options
from lazytui.analyses.train.params import FirstWeights, GroupsInPlace
from lazytui.analyses.trainings.training_grid import GridParams
from lazytui.catalog_fields import name_field, require_name
from lazytui.counted_nouns import counted
from lazytui.data.params import PaintingParams
from lazytui.files.package_data import package_folder
from lazytui.list_values import split_list
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods import METHODS
from lazytui.training.settings import ABOUT, AllMethodOptions, require_method


@functools.cache
def plans() -> Mapping[str, Mapping[str, Any]]:
    """By name the options of each plan, and `about`, a line on it."""
    with (package_folder("assets") / "plans.toml").open("rb") as file:
        return tomllib.load(file)


MOST_TRAININGS = 1000
"""More are trained only when a person says so."""


class StudyGrid(RankParams, GridParams):
    """What varies."""

    plan: str = name_field(
        "",
        f"A plan that fills in whatever you don't choose yourself: {', '.join(plans())}.",
        {name: str(plan["about"]) for name, plan in plans().items()},
    )
    methods: Annotated[tuple[str, ...], BeforeValidator(split_list)] = name_field(
        ("jtt", "kmeans", "rex", "group-dro", "bias-balance"),
        "Training methods: grl,rex,jtt. Each is trained with every bias and every seed.",
        ABOUT,
    )
    bias: Annotated[tuple[Annotated[float, Field(ge=0, le=1)], ...], BeforeValidator(split_list)] = Field(
        (0.95,),
        description="Shares of images with their class's own color, or planted cue: 0.95,0.98,0.99,0.995.",
    )
    sweep: Annotated[tuple[str, ...], BeforeValidator(sweep_texts)] = Field(
        (),
        description="Other options of a training with several values each: lr=.001,.01 epochs=5,10. Typed as --lr "
        ".001,.01 they mean the same.",
    )
    zipped: bool = Field(
        False,
        description="Combine the values of swept options by position (first with first, second with second), not "
        "in every combination.",
    )
    alone: bool = Field(
        False,
        description="Vary each swept option alone, with the others at their first value; not every combination.",
    )
    yes: bool = Field(False, description=f"Train even more than {counted(MOST_TRAININGS, 'network')}.")


def filled_from_plan(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen, and what the plan says of the rest. An option that was chosen isn't swept by the plan.

    Raises ValueError for an unknown plan.
    """
    plan = plans()[require_name("plan", name, plans())]
    own = sweep_texts(values.get("sweep", ()))
    chosen = {*values, *(read_axis(text).name for text in own)}
    swept = [text for text in sweep_texts(plan.get("sweep", ())) if read_axis(text).name not in chosen]
    return {**{option: value for option, value in plan.items() if option != "about"}, **values, "sweep": [*own, *swept]}


class StudyParams(PaintingParams, AllMethodOptions, FirstWeights, GroupsInPlace, LoopSettings, StudyGrid):
    """The grid, and what all of its trainings have in common."""

    model_config = ConfigDict(defer_build=False)

    epochs: int = Field(
        5,
        ge=1,
        le=10_000,
        description="Passes over the training split. Methods against a shortcut need more than two. The default for "
        "photos is 3.",
    )

    @staticmethod
    def as_typed(values: dict[str, Any]) -> dict[str, Any]:
        """What was typed on a command line, as fields: an option with several values is swept."""
        return swept_options(values)

    @model_validator(mode="before")
    @classmethod
    def _fill_from_plan(cls, values: Any) -> Any:
        name = values.get("plan") if isinstance(values, dict) else None
        return filled_from_plan(name, values) if isinstance(name, str) and name else values

    @property
    def combining(self) -> Combining:
        return "alone" if self.alone else "zipped" if self.zipped else "every"

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(map(read_axis, self.sweep))

    @field_validator("sweep")
    @classmethod
    def _known_options(cls, sweep: tuple[str, ...]) -> tuple[str, ...]:
        names = [read_axis(text).name for text in sweep]
        if doubled := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"--{doubled[0].replace('_', '-')} is swept twice.")
        return sweep

    @field_validator("methods")
    @classmethod
    def _known_methods(cls, methods: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(require_method(method) for method in methods))

    @model_validator(mode="after")
    def _check_options(self) -> StudyParams:
        own = {name for method in self.methods for name in METHODS[method].options.model_fields}
        swept = [axis.name for axis in self.axes if axis.name in AllMethodOptions.OPTIONS]
        for name in (*self.chosen_options, *swept):
            if name not in own:
                raise ValueError(f"None of {', '.join(self.methods)} reads {name.replace('_', '-')}.")
        if self.zipped and self.alone:
            raise ValueError("Choose --zipped or --alone for swept options, not both.")
        if self.zipped:
            require_equal_lengths(self.axes)
        if self.colors and not any(METHODS[method].reads_colors for method in self.methods):
            raise ValueError(f"None of {', '.join(self.methods)} reads color labels.")
        return self
