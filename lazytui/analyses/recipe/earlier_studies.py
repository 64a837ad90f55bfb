"""The recipes of earlier studies: what each trained, what it reported, and how far a new measurement may lie from that.

They lie in assets/recipes.toml.
"""

from __future__ import annotations

import functools
import math
import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from lazytui.analyses.recipe.reproduction import Tolerance
from lazytui.files.package_data import package_folder


class ReportedShare(BaseModel):
    """A share in percent as a study told it: a number (low = high), a span, or a bound (the other end infinite)."""

    model_config = ConfigDict(frozen=True)

    low: float
    high: float
    words: str

    def distance(self, measured: float) -> float:
        """How many points a measurement lies outside."""
        return max(self.low - measured, measured - self.high, 0.0)


def _read_share(raw: Any) -> Any:
    """`96.3`, `"94-96"`, `">95"` or `"<20"`."""
    text = str(raw)
    if bound := re.fullmatch(r"([<>])(\d+(?:\.\d+)?)", text):
        value = float(bound[2])
        low, high = (value, math.inf) if bound[1] == ">" else (-math.inf, value)
    elif span := re.fullmatch(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)", text):
        low, high = float(span[1]), float(span[2])
    else:
        low = high = float(text)
    return ReportedShare(low=low, high=high, words=text)


class Recipe(BaseModel):
    """about: a line. study: of the five, by letter. setting: what it says of how it trained. deviates: where ours
    differs from that, or had to be chosen. reported: by metric. train: options of a training. note: care."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    study: str
    setting: str = ""
    deviates: str = ""
    reported: Mapping[str, Annotated[ReportedShare, BeforeValidator(_read_share)]]
    train: Mapping[str, Any]
    note: str = ""

    def as_written(self) -> dict[str, Any]:
        """The entry as it stands in the file."""
        reported = {name: value.words for name, value in self.reported.items()}
        return {**self.model_dump(mode="json", exclude={"reported"}), "reported": reported}

    @property
    def reported_text(self) -> str:
        """What was reported, in words: `easy 96.3, hard 17.8`."""
        return ", ".join(f"{name.removesuffix('_accuracy')} {value.words}" for name, value in self.reported.items())


@functools.cache
def recipes() -> Mapping[str, Recipe]:
    """Every recipe by name, study by study."""
    return {name: Recipe.model_validate(entry) for name, entry in _asset()["recipes"].items()}


@functools.cache
def tolerance() -> Tolerance:
    return Tolerance.model_validate(_asset()["verdict"])


@functools.cache
def _asset() -> dict[str, Any]:
    with (package_folder("assets") / "recipes.toml").open("rb") as file:
        return tomllib.load(file)
