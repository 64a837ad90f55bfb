"""The recipes of earlier studies and of papers: what each trained and measured, what it reported, and how far off a new
result may be.

Those of studies lie in assets/recipes.toml.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from lazytui.analyses.recipe.papers import paper_entries
from lazytui.analyses.recipe.quantities import short_text
from lazytui.analyses.recipe.reproduction import Reported, Tolerance, read_reported
from lazytui.files.package_data import package_folder


class Step(BaseModel):
    """An analysis of a recipe's network once it is trained.

    kind: an analysis. of: an earlier step whose run it takes; the network itself where empty. options: of the analysis.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    of: str = ""
    options: Mapping[str, Any] = {}


class Recipe(BaseModel):
    """about: a line. study: of the five, by letter; or else paper: which one, where in it, and whether the number was
    checked in the paper or is quoted from memory. setting: how it trained. deviates: where ours differs from that, or
    had to be chosen. reported: by metric of the training, or by `step.metric`. train: options of a training. steps:
    analyses of its network, in order, by name. note: a caveat."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    study: str = ""
    paper: str = ""
    setting: str = ""
    deviates: str = ""
    reported: Mapping[str, Annotated[Reported, BeforeValidator(read_reported)]]
    train: Mapping[str, Any]
    steps: Mapping[str, Step] = {}
    note: str = ""

    def as_written(self) -> dict[str, Any]:
        """The entry as it stands in the file."""
        reported = {name: value.words for name, value in self.reported.items()}
        without = {"reported"} if self.steps else {"reported", "steps"}
        return {**self.model_dump(mode="json", exclude=without), "reported": reported}

    @property
    def reporter(self) -> str:
        """Who reported it: `study E`, `Nam 2020, table 1`."""
        return self.paper or f"study {self.study}"

    @property
    def short_source(self) -> str:
        """`E`, or `Nam 2020` of `Nam 2020, table 1 (from memory)`."""
        return self.study or re.split(r"[,(]", self.paper)[0].strip()

    @property
    def reported_text(self) -> str:
        """What was reported, in words: `easy 96.3, hard 17.8`."""
        return ", ".join(short_text(name, value.words) for name, value in self.reported.items())

    @property
    def reported_of_training(self) -> dict[str, Reported]:
        """What the training itself is compared with."""
        return {name: value for name, value in self.reported.items() if "." not in name}


@functools.cache
def recipes() -> Mapping[str, Recipe]:
    """Every recipe by name: study by study, then those of papers."""
    return {**recipes_of_studies(), **recipes_of_papers()}


@functools.cache
def recipes_of_studies() -> Mapping[str, Recipe]:
    return {name: Recipe.model_validate(entry) for name, entry in _asset()["recipes"].items()}


@functools.cache
def recipes_of_papers() -> Mapping[str, Recipe]:
    """Those of published tables, which are for comparison, not pass marks."""
    return {name: Recipe.model_validate(entry) for name, entry in paper_entries().items()}


@functools.cache
def tolerance() -> Tolerance:
    return Tolerance.model_validate(_asset()["verdict"])


@functools.cache
def _asset() -> dict[str, Any]:
    with (package_folder("assets") / "recipes.toml").open("rb") as file:
        return tomllib.load(file)
