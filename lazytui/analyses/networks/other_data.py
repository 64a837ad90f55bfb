"""Other data than those that a network was trained on: how they are asked for, and what then takes their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo, field_validator

from lazytui.analyses.core.analysis import Params
from lazytui.catalog_fields import name_field
from lazytui.data.palettes import palette, palettes
from lazytui.data.params import DatasetParams, Placement, Texture, Tier
from lazytui.data.presets import preset_fields, presets
from lazytui.data.sources.catalog import SOURCES
from lazytui.data.sources.params import READING, is_gray, require_source_name
from lazytui.data.splits import with_found_data
from lazytui.errors import BadInput, UsageError
from lazytui.figures.kinds import Text
from lazytui.list_values import split_list
from lazytui.runs.human_names import DATA_FIELDS, data_in_words
from lazytui.validation_messages import error_sentence

if TYPE_CHECKING:
    from lazytui.figures.kinds import Figure

_MOST_NAMED = 5
"""Classes in a sentence."""

_OF_ANY_DATA_SET = {"seed", "train_size", "test_size", "validation_share", "cue", "recorded_content", *READING} | {
    "merge",
    "subsample",
    "cue_level",
}
"""What another data set keeps of the training's: the digits, their classes, and which of them were held out."""

_OF_CUE = {"cue", "cue_level", "recorded_content"}
"""What isn't kept for a data set that has a cue of its own."""

_OF_COLOR = {"hard", "hard_bias", "texture", "tier", "noise_layer", "noise_channels"}
"""What isn't kept for digits without any color."""

D = TypeVar("D", bound=DatasetParams)
P = TypeVar("P", bound="OtherDataParams")
R = TypeVar("R")


class OtherDataParams(Params):
    """What is asked for instead of the training's; the rest stays as it was there."""

    HEADING: ClassVar[str] = "Other data"

    source: str | None = Field(None, description="Images to evaluate on, if not those of the training.")
    dataset: str | None = name_field(
        None,
        "Data set to evaluate on, if not that of the training, such as stroke or gr95h.",
        {name: preset["about"] for name, preset in presets().items()},
    )
    bias: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="Share of aligned images on the easy split, if not that of the data set."
    )
    palette: str | None = name_field(
        None, "Palette, if not that of the data set.", {name: colors.about for name, colors in palettes().items()}
    )
    placement: Placement | None = Field(None, description="Placement of the color, if not that of the data set.")
    texture: Annotated[tuple[Texture, ...], BeforeValidator(split_list)] | None = Field(
        None, description="Textures of the background, if not those of the data set."
    )
    tier: Tier | None = Field(None, description="Noise tier of study D, if not that of the data set.")

    @field_validator("source")
    @classmethod
    def _check_source(cls, source: str | None) -> str | None:
        return source if source is None else require_source_name(source)

    @field_validator("dataset", "palette")
    @classmethod
    def _check_name(cls, name: str | None, info: ValidationInfo) -> str | None:
        """Raises ValueError for an unknown one."""
        if name is not None:
            try:
                preset_fields(name) if info.field_name == "dataset" else palette(name)
            except UsageError as error:
                raise ValueError(str(error)) from error
        return name

    @property
    def other_data(self) -> dict[str, Any]:
        """What was asked for, by name."""
        return self.model_dump(include=set(OtherDataParams.model_fields), exclude_none=True)

    @property
    def paints_otherwise(self) -> bool:
        """Whether more than the digits is other than in the training."""
        return any(name in self.other_data for name in DATA_FIELDS)


def is_on_data(recorded: Mapping[str, object], requested: Mapping[str, object]) -> bool:
    """Whether a run of a network looked at the data that are asked for; where nothing is, at those of the training.

    Both: by name, as runs record it. The source isn't compared: it is recorded also where nobody asked for it.
    """
    return all(recorded.get(name) == requested.get(name) for name in DATA_FIELDS)


def with_data_named(figures: Callable[[P, R], Sequence[Figure]]) -> Callable[[P, R], Sequence[Figure]]:
    """The same figures, whose verdict says first which data a network was shown, if not those of its training."""

    def named(params: P, result: R) -> Sequence[Figure]:
        shown = figures(params, result)
        if not params.paints_otherwise:
            return shown
        sentence = f"On other data than those of its training: {data_in_words(params.other_data)}."
        return [_begun(figure, sentence) if figure.name == "verdict" else figure for figure in shown]

    return named


def _begun(verdict: Figure, sentence: str) -> Figure:
    assert isinstance(verdict, Text)
    return replace(verdict, paragraphs=(sentence, *verdict.paragraphs))


def painted_otherwise(trained: D, other: dict[str, Any]) -> D:
    """The parameters of a training with other data. Raises UsageError where these can't be painted."""
    trained = _of_source(trained, other.get("source", trained.source))
    if other.keys() <= {"source"}:
        return trained
    kept = set(DatasetParams.model_fields)
    preset = preset_fields(other["dataset"]) if "dataset" in other else {}
    if "dataset" in other:
        kept = _OF_ANY_DATA_SET | {"bias"} - preset.keys()
    if "cue" in preset:
        kept -= _OF_CUE
    if other.get("placement") == "none":
        kept -= _OF_COLOR
    one_bias = {"environments": None} if "bias" in other else {}
    values = trained.model_dump(include=kept) | one_bias | other | {"source": trained.source}
    painted = _with_data(trained, values)
    return with_found_data(painted) if "cue" in preset and trained.recorded_content else painted


def _of_source(trained: D, source: str) -> D:
    """The same of another source, read as the training's was as far as that concerns it."""
    if source == trained.source:
        return trained
    reads = SOURCES[source.partition(":")[0]].reads if source != "auto" else ()
    unread: dict[str, Any] = {name: None for name in READING if name not in reads}
    moved = _with_data(trained, trained.model_dump() | unread | {"source": source, "recorded_content": None})
    return moved if is_gray(source) else with_found_data(moved)


def _with_data(trained: D, values: dict[str, Any]) -> D:
    own = {name: value for name, value in values.items() if name in DatasetParams.model_fields}
    try:
        data = DatasetParams.model_validate(own)
    except ValidationError as error:
        raise UsageError(error_sentence(error.errors()[0]).rstrip(".") + ".") from error
    return trained.model_copy(update={name: getattr(data, name) for name in DatasetParams.model_fields})


def require_same_classes(network: str, trained: DatasetParams, data: DatasetParams) -> None:
    """Raise BadInput where the data show classes that the network was never asked about, or images of another size."""
    learned, shown = trained.content, data.content
    if learned.classes != shown.classes:
        raise BadInput(f"{network} was trained on {_classes(trained)} and can't be asked about {_classes(data)}.")
    if learned.image_shape != shown.image_shape:
        raise BadInput(
            f"{network} was trained on images of {learned.height} x {learned.width} pixels and can't take images of "
            f"{shown.height} x {shown.width}: choose the size in its training (--image-size)."
        )


def _classes(data: DatasetParams) -> str:
    if data.source == "fashion":
        return "clothes (source fashion)"
    if is_gray(data.source) and not data.merge:
        return f"digits (source {data.source})"
    few = ", ".join(data.content.classes[:_MOST_NAMED])
    return f"{few}{', ...' if len(data.content.classes) > _MOST_NAMED else ''} (source {data.source})"
