"""What can be chosen of `train`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from lazytui.analyses.core.analysis import RunReference
from lazytui.data.params import LEFT_OUT, DatasetParams
from lazytui.training.loop_settings import LabelSettings, ModelSettings, MonitoringSettings
from lazytui.training.settings import TrainingSettings

ADDED = "added"
"""What stands in place of a method where nothing was trained here."""


class FirstWeights(BaseModel):
    """A training of ours to begin with."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    HEADING: ClassVar[str] = ModelSettings.HEADING

    init: Annotated[str | None, RunReference(kinds=("train",))] = Field(
        None,
        description="A finished training of the same architecture whose weights this one starts from (fine-tuning). "
        "Default: random weights, from the seed.",
    )


class GroupsInPlace(BaseModel):
    """What methods read in place of labels of the attribute."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    HEADING: ClassVar[str] = LabelSettings.HEADING

    groups: Annotated[str | None, RunReference(kinds=("groups",))] = Field(
        None,
        description="A finished run of `groups` on these training images: its groups, inferred without labels, "
        "replace the color or group labels that a method reads.",
    )


class Profiling(BaseModel):
    """What is measured of the training itself."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    HEADING: ClassVar[str] = MonitoringSettings.HEADING

    profile: bool = Field(
        False,
        description="Also measure where the time goes: loading, images, the parts of a step, points of the curves, "
        "saving.",
    )


class TrainParams(DatasetParams, FirstWeights, GroupsInPlace, Profiling, TrainingSettings):
    """A training: what is trained and how, and on what."""

    model_config = ConfigDict(defer_build=False)

    @property
    def how(self) -> str:
        """The method, or that it was added."""
        return ADDED if self.is_added else self.method

    @property
    def is_added(self) -> bool:
        """Whether it is weights of a file as they are, with which nothing was trained here."""
        return self.weights is not None and self.epochs == 0

    @model_validator(mode="after")
    def _one_beginning(self) -> TrainParams:
        if self.init is not None and self.weights is not None:
            raise ValueError("Give --init or --weights, not both.")
        return self

    @model_validator(mode="after")
    def _one_source_of_groups(self) -> TrainParams:
        if self.groups is not None and self.colors is not None:
            raise ValueError("Give --groups or --colors, not both: each replaces the color labels.")
        return self

    @model_serializer(mode="wrap")
    def _without_what_either_leaves_out(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Data and methods each leave out what isn't chosen of theirs; pydantic takes the serializer of one class."""
        left_out = LEFT_OUT.union(self.OPTIONS)
        return {name: value for name, value in write(self).items() if value is not None or name not in left_out}
