"""What any training has to choose, whatever its method: the model, the optimization, and how it is run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from lazytui.catalog_fields import Recorded, name_field, summaries
from lazytui.counted_nouns import counted, listed
from lazytui.errors import UsageError
from lazytui.models.adaptation import KNOWN, Adaptation, parse_normalization
from lazytui.models.architectures import ARCHITECTURES, DEFAULT_MODEL
from lazytui.models.factory_import import check_model_name


class _Settings(BaseModel):
    """Whoever is put together from these is what gets built; until then that would be for nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class ModelSettings(_Settings):
    """The network that a training begins with. outputs: what the network calls its outputs, where it isn't the data's
    classes in their order."""

    HEADING: ClassVar[str] = "Model"

    model: str = name_field(
        DEFAULT_MODEL,
        "Architecture: a name from `lazytui models`, torchvision:NAME or timm:NAME, package.module:factory, or "
        "file.py:factory.",
        summaries(ARCHITECTURES),
    )
    weights: str | None = Field(
        None,
        description="File of weights to start from, of lazytui or of another program. Default: random weights, from "
        "the seed.",
    )
    dropout: float | None = Field(
        None,
        ge=0,
        lt=1,
        description="Dropout rate of every dropout layer of the model; a model without such a layer refuses it. "
        "Default: the model's own.",
    )

    normalize: str | None = Field(
        None,
        description="Normalization of the network's input: imagenet, cifar10, mnist, or means and standard deviations "
        "of the channels such as 0.5,0.5,0.5/0.25,0.25,0.25. Default: none, values from 0 to 1.",
        examples=list(KNOWN),
    )
    input_size: int | None = Field(
        None,
        ge=8,
        le=512,
        description="Height and width in pixels to which images are resized for the network. Default: not resized.",
    )
    input_scale: float | None = Field(
        None,
        gt=0,
        le=1000,
        description="Factor on the network's input, after any normalization. 0.00392157 (1/255) reproduces the code "
        "of papers that divides values from 0 to 1 by 255 again. Default: 1.",
    )
    freeze: Literal["features"] | None = Field(
        None,
        description="Weights that keep their initial values. features: all but the head, statistics of batch "
        "normalization included. Default: none.",
    )

    outputs: Annotated[tuple[str, ...] | None, Recorded()] = Field(
        None, description="What the network calls its outputs, where it isn't the data's classes."
    )

    def adaptation(self, classes: Sequence[str]) -> Adaptation:
        """What lies between data of these classes and the network. Raises UsageError for one that it doesn't know."""
        normalization = None if self.normalize is None else parse_normalization(self.normalize)
        scale = 1.0 if self.input_scale is None else self.input_scale
        if self.outputs is None:
            return Adaptation(normalization, self.input_size, scale=scale)
        if missing := [name for name in classes if name not in self.outputs]:
            raise UsageError(
                f"The data have the {counted(len(classes), 'class', 'classes')} {listed(classes)}, and the "
                f"network's outputs are {listed(self.outputs)}: it lacks {listed(missing)}."
            )
        chosen = tuple(self.outputs.index(name) for name in classes)
        return Adaptation(normalization, self.input_size, chosen, len(self.outputs), scale)

    @field_validator("normalize")
    @classmethod
    def _known_normalization(cls, text: str | None) -> str | None:
        try:
            return text if text is None or parse_normalization(text) else None
        except UsageError as error:
            raise ValueError(str(error)) from error

    @field_validator("model")
    @classmethod
    def _known_model(cls, model: str) -> str:
        try:
            check_model_name(model)
        except UsageError as error:
            raise ValueError(str(error)) from error
        return model


class OptimizationSettings(_Settings):
    """How the weights move. A step is one update of the weights on one batch."""

    HEADING: ClassVar[str] = "Optimization"

    epochs: int = Field(
        1,
        ge=0,
        le=10_000,
        description="Passes over the training split; 0 keeps and measures the initial network. The default for photos "
        "is 3.",
    )
    batch_size: int = Field(64, ge=1, le=65_536, description="Images per step.")
    optimizer: Literal["adam", "adamw", "sgd"] = Field("adam", description="Optimizer.")
    lr: float = Field(1e-3, gt=0, le=100, description="Learning rate.")
    schedule: Literal["constant", "cosine"] = Field(
        "constant",
        description="Learning rate over the training: constant, or falling to 0 along a cosine (for each network, "
        "where a method trains two).",
    )
    momentum: float = Field(0.0, ge=0, lt=1, description="Momentum of sgd.")
    weight_decay: float = Field(0.0, ge=0, le=10, description="L2 penalty (adam, sgd) or decoupled decay (adamw).")


class AugmentationSettings(_Settings):
    """How far training images are moved, each anew whenever it is shown; None: not at all."""

    HEADING: ClassVar[str] = "Augmentation"

    shift: float | None = Field(
        None,
        ge=0,
        le=0.5,
        description="Shift training images at random by up to this share of a side. Default: not at all.",
    )
    rotation: float | None = Field(
        None,
        ge=0,
        le=180,
        description="Rotate training images at random by up to this many degrees. Default: not at all.",
    )
    scale: float | None = Field(
        None, ge=0, le=0.9, description="Scale training images by random factors of 1 +- this. Default: not at all."
    )

    @property
    def augments(self) -> bool:
        return bool(self.shift or self.rotation or self.scale)


class LabelSettings(_Settings):
    """What a method reads of the training images besides their classes."""

    HEADING: ClassVar[str] = "Method"

    colors: Literal["detected"] | None = Field(
        None,
        description="Color labels for methods that read them: detected takes the palette's color nearest to the "
        "pixels of the stroke or the background. Default: the color that the image was painted in.",
    )


class MonitoringSettings(_Settings):
    """Where a training computes, and what it measures and keeps on the way."""

    HEADING: ClassVar[str] = "Run"

    precision: Literal["auto", "fp32", "bf16"] = Field(
        "auto",
        description="Arithmetic of the forward and backward pass; auto uses bf16 where the hardware supports it.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )
    graph: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Run each step as one CUDA graph, which is faster; results differ only by rounding. auto does so "
        "on an NVIDIA GPU, where all steps of the method are alike and images aren't augmented.",
    )
    metrics_every: int = Field(
        0,
        ge=0,
        description="Steps between points of the curves; 0 chooses: 25 points in a short run, at most 200 steps apart.",
    )
    metrics_samples: int = Field(
        1000, ge=100, le=100_000, description="Images of each split on which each point of the curves is measured."
    )
    checkpoint_seconds: float = Field(
        30.0,
        ge=0,
        description="Seconds between saves, besides the save after every epoch; a killed run loses no more than that.",
    )
    keep_checkpoints: int = Field(
        0,
        ge=0,
        le=1000,
        description="Number of intermediate weights to keep, at growing distances, so that `lazytui run neurons` can "
        "show when neurons begin to respond to the attribute.",
    )


class LoopSettings(MonitoringSettings, LabelSettings, AugmentationSettings, OptimizationSettings, ModelSettings):
    """What any training has to choose. (Fields come in the order of the bases from the last to the first.)"""
