"""The parameters of a biased data set."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from lazytui.catalog_fields import Recorded, name_field, require_name
from lazytui.data.content import Content, colored_digits
from lazytui.data.cues import CUE_SUMMARIES, CUES, OF_A_SOURCE
from lazytui.data.palettes import palette, palettes
from lazytui.data.presets import preset_fields, presets
from lazytui.data.protocol_params import ProtocolParams
from lazytui.data.sources.catalog import SOURCES
from lazytui.data.sources.gray_shapes import gray_content
from lazytui.data.sources.options import SourceOptions
from lazytui.data.sources.params import SourceParams
from lazytui.errors import LazytuiError
from lazytui.list_values import split_list

Placement = Literal["stroke", "background", "both", "none"]
Texture = Literal["flat", "level", "uniform", "gaussian", "stripes", "lines"]
Tier = Literal["none", "z", "e", "m", "h", "vh"]
NoiseLayer = Literal["under", "over"]
NoiseChannels = Literal["shared", "rgb"]
Counterexamples = Literal["others", "all", "even"]
HardSplit = Literal["inverted", "random", "cycled", "gray", "factorial"]


class PresetChoice(BaseModel):
    """A preset, which fills in what isn't chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    HEADING: ClassVar[str] = "Data"

    dataset: str = name_field(
        "background",
        "Preset of data options; your own options override it. One of background, stroke, stroke-level, "
        "texture, stroke-distinct, stroke-spectral, clean, or a name such as gr95h (colors in pairs, 95 % bias, "
        "noise tier h); bw100h is white digits on black with that noise. From papers: lff-5pct, lff-2pct, "
        "lff-1pct, lff-0.5pct, irm-two-class, spuco-magnitude-large, spuco-magnitude-medium, "
        "spuco-magnitude-small, spuco-variance-low, spuco-variance-medium, spuco-variance-high.",
        {name: preset["about"] for name, preset in presets().items()},
    )


class PaintingParams(ProtocolParams, SourceParams, PresetChoice):
    """Parameters of painting. Fields that aren't given come from the preset named by `dataset`.

    A preset may also set `bias`, and a source `epochs`, which subclasses have a field for.
    """

    HEADING: ClassVar[str] = SourceParams.HEADING

    cue: str | None = name_field(
        None,
        f"What is planted in the images as a shortcut: {', '.join(CUE_SUMMARIES)} (lazytui cues says what each is). "
        "Default: color in white shapes on black, scene in photos, none in other images. Palette, placement, texture "
        "and noise apply to color only.",
        CUE_SUMMARIES,
    )
    placement: Placement = Field(
        "background",
        description="What is colored: the stroke (on a dark background), the background (under a white stroke), both "
        "(the background at half strength), or none: white digits on black.",
    )
    texture: Annotated[tuple[Texture, ...], BeforeValidator(split_list)] = Field(
        ("uniform",),
        description="Deviations of the background from its color, or from black; several are added up. flat: none; "
        "level: one amount per image, up to 0.5; uniform: up to 0.6 per pixel; gaussian: the size of N(0, sigma) per "
        "pixel; stripes: a sine of amplitude 0.03; lines: one to three strokes.",
    )
    sigma: Annotated[float, Field(ge=0, le=1)] = Field(
        0.1, description="Standard deviation of the gaussian texture, as a share of the full range."
    )
    tier: Tier = Field(
        "none",
        description="Noise tier of study D: z (zero), e (easy), m (medium), h (hard) or vh (very hard). Images get "
        "pixel noise, with a probability from 0 (z) over 0.7 (e) to 0.85 (vh), and random lines.",
    )
    noise_layer: NoiseLayer = Field(
        "under",
        description="Where the noise and lines of a tier, and the textures gaussian and lines, are drawn: under the "
        "digit, where they darken a colored background and brighten a black one, or over everything.",
    )
    noise_channels: NoiseChannels = Field(
        "shared",
        description="Noise over everything: shared (red, green and blue get the same noise, and lines are gray) or "
        "rgb (each channel gets its own, and lines have random colors).",
    )
    palette: str = name_field(
        "distinct",
        "The ten class colors, in the order of the classes: distinct, bright, spectral, pairs-rg, pairs-gr, or "
        "ten colors of your own such as #ff0000,#00ff00,...",
        {name: palette.about for name, palette in palettes().items()},
    )
    counterexamples: Counterexamples = Field(
        "others",
        description="Colors of counterexamples, or values of another cue. others: drawn from those of other classes, "
        "so that the bias is exactly the aligned share; all: drawn from all, so that some are aligned by chance (of "
        "ten colors, a tenth); even: as others, with exact counts in every class and of every value.",
    )
    hard: HardSplit = Field(
        "inverted",
        description="Colors of the hard split, or values of another cue: inverted (any but the class's own), random "
        "(any), cycled (the next class's), gray (none), factorial (every class with every color equally often).",
    )
    train_size: Annotated[int, Field(ge=10)] | None = Field(
        None,
        description="Number of the source's training images to use, for training and validation together. Default: "
        "all.",
    )
    test_size: Annotated[int, Field(ge=10)] | None = Field(
        None,
        description="Number of the source's test images to use, for the hard split and the probe set. Default: all.",
    )
    validation_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.1, description="Share of the training images held out to measure easy accuracy."
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_from_preset(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        name = values.get("dataset", cls.model_fields["dataset"].default)
        if not isinstance(name, str):
            return values
        filled = _parse(preset_fields, name)
        if values.get("placement") == "none":
            clean = _parse(preset_fields, "clean")
            filled |= clean if filled.get("placement") == "none" else clean | {"tier": "none"}
        if values.get("cue") not in (None, filled.get("cue")):
            filled.pop("cue_level", None)
        if values.get("hard", filled.get("hard")) != "inverted":
            filled.pop("hard_bias", None)
        return {**filled, **cls._fill_from_source(values), **values}

    @classmethod
    def _fill_from_source(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The epochs of a training, where its source says how many it takes."""
        kind = str(values.get("source", "")).partition(":")[0]
        epochs = SOURCES[kind].epochs if kind in SOURCES else None
        return {} if epochs is None or "epochs" not in cls.model_fields else {"epochs": epochs}

    @property
    def planted_cue(self) -> str:
        """What is planted in the images, by name: one of `CUES`, `color`, `scene` or `none`."""
        return self.cue or SOURCES[self._found_kind].cue

    @property
    def _found_kind(self) -> str:
        """The kind of source, where `auto` is one of those that it may be."""
        return "mnist" if self.kind == "auto" else self.kind

    @field_validator("cue")
    @classmethod
    def _check_cue(cls, name: str | None) -> str | None:
        return name if name is None else require_name("cue", name, CUE_SUMMARIES)

    @field_validator("palette")
    @classmethod
    def _check_palette(cls, text: str) -> str:
        return str(_parse(palette, text).name)

    @model_validator(mode="after")
    def _check_combination(self) -> PaintingParams:
        self._check_suited_cue()
        self._check_protocol()
        if "flat" in self.texture and len(self.texture) > 1:
            raise ValueError("The texture flat can't be combined with others: it means that there is none.")
        if self.noise_channels == "rgb" and self.noise_layer == "under":
            raise ValueError(
                "The noise channels rgb need the noise layer over: noise under the digit has one brightness a pixel."
            )
        if self.placement == "none":
            self._check_clean()
        elif self.texture == ("flat",) or self.placement == "both":
            self._check_visible()
        return self

    def _check_suited_cue(self) -> None:
        suited = sorted(name for name, source in SOURCES.items() if source.cue == self.planted_cue)
        if self.planted_cue in OF_A_SOURCE and self._found_kind not in suited:
            raise ValueError(
                f"The cue {self.planted_cue} is planted in {', '.join(suited)} alone: plant another one in "
                f"{self.source}, such as border (lazytui cues)."
            )

    def _check_protocol(self) -> None:
        levels = CUES[self.planted_cue].levels if self.planted_cue in CUES else ()
        if self.cue_level is not None and not levels:
            raise ValueError(f"The cue {self.planted_cue} has no levels: leave out --cue-level.")
        if self.cue_level is not None:
            require_name(f"level of the cue {self.planted_cue}", self.cue_level, levels)
        if self.planted_cue in OF_A_SOURCE and (self.merge or self.subsample):
            option = "--merge" if self.merge else "--subsample"
            raise ValueError(
                f"The cue {self.planted_cue} needs ten classes of whole images: with {option} plant another one, such "
                "as tint (lazytui cues)."
            )
        if self.hard_bias is not None and self.hard != "inverted":
            raise ValueError(f"--hard-bias is for --hard inverted: leave it out with --hard {self.hard}.")

    def _check_clean(self) -> None:
        if self.texture != ("flat",):
            raise ValueError("The placement none has no background to texture: it needs texture flat.")
        if self.tier != "none" and self.noise_layer == "under":
            raise ValueError(
                "The placement none has no background that noise could lie on: its tier needs the noise layer over."
            )
        if self.hard != "gray":
            raise ValueError(
                f"The hard split {self.hard} needs a color to move, and the placement none has none: use gray."
            )

    def _check_visible(self) -> None:
        ten = palette(self.palette)
        hidden = (255, 255, 255) if self.placement == "background" else (0, 0, 0)
        if hidden in ten.colors:
            name = ten.names[ten.colors.index(hidden)]
            way_out = "choose another palette" + ("" if self.placement == "both" else " or a texture")
            raise ValueError(
                f"The palette's {name} hides the digit: its stroke and its background are both {name}; {way_out}."
            )


class DatasetParams(PaintingParams):
    """Everything that determines the bytes of a data set.

    recorded_content: what a source holds that isn't made here, found out before anything is written.
    """

    bias: Annotated[float, Field(ge=0, le=1)] = Field(
        0.95,
        description="Share of images on the easy split that have their class's own color, or value of another cue; "
        "the rest are counterexamples.",
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(
        0, description="Random seed. The same options and seed give exactly the same images on any machine."
    )
    recorded_content: Annotated[
        Content | None, PlainSerializer(Content.model_dump_json, when_used="json-unless-none"), Recorded()
    ] = Field(None, description="What a source holds that isn't made here, found out before the run.")

    @model_validator(mode="after")
    def _check_environments(self) -> DatasetParams:
        if self.environments and self.plants and not math.isclose(self.bias, sum(self.environments) / 2):
            mean = sum(self.environments) / 2
            raise ValueError(f"--bias of two environments is their mean: choose {mean:g}, not {self.bias:g}.")
        return self

    @property
    def plants(self) -> bool:
        """Whether the attribute is planted in the images, so that each can be had with every value."""
        return self.planted_cue != "none"

    @property
    def paints_colors(self) -> bool:
        """Whether white shapes on black are painted in colors of the palette."""
        return self.planted_cue == "color"

    @property
    def shows_values(self) -> bool:
        """Whether images have values of an attribute."""
        return bool(self.content.values) and not (self.paints_colors and self.placement == "none")

    @property
    def value_colors(self) -> tuple[tuple[int, int, int], ...]:
        """Of each value, 0 to 255, where the attribute is a color of the palette; else none."""
        return palette(self.palette).colors if self.paints_colors else ()

    @property
    def content(self) -> Content:
        """What the data set holds, known without its images."""
        if self.recorded_content is not None:
            return self.recorded_content
        return self.planted_content(gray_content("fashion" if self.source == "fashion" else "mnist"))

    def planted_content(self, of_source: Content) -> Content:
        """What a source holds once the cue is planted in it. Raises UsageError where it has too many classes."""
        of_source = self.merged_content(of_source)
        if self.paints_colors:
            return colored_digits(self.palette, of_source.classes)
        if self.planted_cue in CUES:
            return CUES[self.planted_cue].content(of_source)
        if not self.plants and SOURCES[self._found_kind].cue == "scene":  # the grounds that there are aren't shown
            return of_source.model_copy(update={"attribute": "", "values": (), "aligned": ()})
        return of_source

    @model_serializer(mode="wrap")
    def _without_the_unchosen(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None or name not in LEFT_OUT}


LEFT_OUT = {"recorded_content", "cue"} | set(SourceOptions.model_fields) | set(ProtocolParams.model_fields)
"""What isn't recorded where it has no value: older records have none of it."""


def _parse(read: Any, text: str) -> Any:
    """`read(text)`, with a failure as the ValueError that pydantic expects."""
    try:
        return read(text)
    except LazytuiError as error:
        raise ValueError(str(error)) from error
