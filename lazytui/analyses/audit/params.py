"""What can be chosen of `audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationError, model_validator

from lazytui.analyses.core.analysis import RunReference
from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams
from lazytui.analyses.networks.other_data import OtherDataParams
from lazytui.analyses.train.params import TrainParams
from lazytui.catalog_fields import ChosenOptions, name_field, summaries, unchosen_fields
from lazytui.code_permission import is_custom
from lazytui.data.params import DatasetParams
from lazytui.data.presets import presets
from lazytui.models.architectures import ARCHITECTURES
from lazytui.validation_messages import error_sentence

SMALL = "small-24"
"""The network that is trained where none is named."""

_HEADING = "A network trained first, where no RUN is named"
_RECORDED = "recorded_content"

if TYPE_CHECKING:
    DataOfATraining = ChosenOptions
else:
    DataOfATraining = unchosen_fields(
        "DataOfATraining",
        DatasetParams,
        [name for name in DatasetParams.model_fields if name not in OtherDataParams.model_fields and name != "seed"],
        heading=_HEADING,
    )
    """The data options of a training that a network's other data don't have as well."""


class TrainedFirst(DataOfATraining):
    """The network that is trained where none is named."""

    HEADING: ClassVar[str] = _HEADING

    epochs: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="Passes over the training images; by default as many as make about 500 steps."
    )


class AuditParams(TrainedFirst, OtherDataParams):
    """Which network is audited, or on which data one is trained first; and on how many images.

    With a run, the options of other data choose what it is shown; without one, they are options of the training.
    """

    HEADING: ClassVar[str] = ""

    run: Annotated[str | None, RunReference(kinds=("train",), argument=True)] = Field(
        None, description="A trained network. Without one, a small network is trained first, on the images of --source."
    )
    model: str | None = name_field(
        None,
        "With a RUN: its architecture, if it is custom code; code that only a run names is never executed. Without a "
        f"RUN: the architecture to train; default {SMALL}.",
        summaries(ARCHITECTURES),
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )
    source: str | None = Field(
        None,
        description="Images to train a network on, such as folder:PATH (lazytui sources). With a RUN: the images to "
        "audit it on, if not those of its training.",
    )
    dataset: str | None = name_field(
        None,
        "Preset of the data to train a network on. With a RUN: the data set to audit it on, if not that of its "
        "training, such as stroke or gr95h.",
        {name: preset["about"] for name, preset in presets().items()},
    )
    images: int = Field(
        500,
        ge=50,
        le=5000,
        description="Held-out images to edit, each with a donor of its own class and with one of another class. With "
        "fewer than 500, weak dependences are missed.",
    )
    prove: bool = Field(
        False,
        description="Test whether the named property is needed: train the same network with the property exchanged at "
        "random between images, and measure how much of the accuracy it keeps.",
    )
    peel: int = Field(
        0,
        ge=0,
        le=5,
        description="How many times to audit the retrained network as well, and to retrain with its property "
        "exchanged too: redundant properties hide each other.",
    )
    calibrate: int = Field(
        0,
        ge=0,
        le=100,
        description="Number of clean networks to train and audit: of other seeds, with the named properties exchanged "
        "at random between images. Their losses are the null distribution, which sets the threshold for flagging a "
        "loss.",
    )
    minority: bool = Field(
        False,
        description="Find the training images that contradict the property, without labels of it.",
    )
    seed: int = Field(
        0, ge=0, lt=2**63, description="Random seed of the images, their donors and a network trained first."
    )

    @model_validator(mode="after")
    def _one_network(self) -> AuditParams:
        chosen = [name for name in (*self.chosen_options, "epochs") if getattr(self, name) is not None]
        training_options = [name for name in chosen if name != _RECORDED]
        if self.run is not None and training_options:
            raise ValueError(
                f"--{training_options[0].replace('_', '-')} is an option of training, and {self.run:.200} is already "
                "trained: leave out one of the two."
            )
        if self.run is None and not training_options and not self.other_data:
            raise ValueError("Name a trained network, or give --source with the images to train one on.")
        _ = self.trained_first
        return self

    @property
    def paints_otherwise(self) -> bool:
        return self.run is not None and super().paints_otherwise

    @property
    def trained_first(self) -> TrainParams | None:
        """The training of a network, where none is named. Raises ValueError where its options are invalid."""
        if self.run is not None:
            return None
        values: dict[str, Any] = {**self.other_data, **self.chosen_options, "seed": self.seed, "device": self.device}
        if self.epochs is not None:
            values["epochs"] = self.epochs
        try:
            return TrainParams.model_validate({**values, "model": self.model or SMALL})
        except ValidationError as error:
            first = error.errors()[0]
            name = f"--{str(first['loc'][0]).replace('_', '-')}: " if first["loc"] else ""
            raise ValueError(name + error_sentence(first).rstrip(".") + ".") from error

    def of_network(self, run: str) -> ModelUnderStudyParams:
        """The named network on the chosen data, or the one that was trained for this audit."""
        code = self.model is not None and (self.run is not None or is_custom(self.model))
        other = self.other_data if self.run is not None else {}
        return ModelUnderStudyParams(run=run, model=self.model if code else None, device=self.device, **other)
