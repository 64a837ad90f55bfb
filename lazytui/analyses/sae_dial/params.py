"""What can be chosen of `sae-dial`."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from lazytui.analyses.core.analysis import Params, RunReference
from lazytui.sae.edits.dose_response import DoseSplit

MOST = 1000
LARGEST = 100.0
"""How many factors there may be, and how large one."""


class SaeDialParams(Params):
    """Which features of which image are turned, and how far."""

    sae: Annotated[str, RunReference(kinds=("sae",), argument=True)] = Field(
        description="A run of `lazytui run sae`, whose features are scaled."
    )
    feature: str = Field(
        "",
        description="The features to scale together: numbers such as 21,44, or words such as color red, digit 7 or a "
        "label; default the one that is most active on the image.",
    )
    image: str = Field(
        "0",
        description="An image of the split: its number, or its color and digit (or value and class), such as red 7: "
        "the first of these.",
    )
    split: DoseSplit = Field(
        "hard", description="The split of the image; drawn: those that `lazytui run ask` kept, the newest first."
    )
    how: Literal["scale", "steer", "swap"] = Field(
        "scale",
        description="scale: multiply the features' activations by the factor; steer: set them to the factor times "
        "their typical strength; swap: ablate them, and put others in their place.",
    )
    into: str = Field("", description="For swap: the features that are put there at their typical strength.")
    factor: str = Field(
        "0:3:31", description="The factors: first, last and how many, such as 0:3:31, or a list such as 0,1,2."
    )
    at: float | None = Field(
        None,
        ge=0,
        le=LARGEST,
        description="The factor at which the prediction and the map are shown, beside those of the unedited image; "
        "default the last.",
    )
    model: str | None = Field(
        None,
        description="The network's architecture, if it is custom code; code that only a run names is never executed.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )

    @field_validator("factor")
    @classmethod
    def _check_factor(cls, text: str) -> str:
        read_factors(text)
        return text

    @model_validator(mode="after")
    def _check_at(self) -> Self:
        if self.at is not None and self.at not in self.factors:
            raise ValueError(f"--at {self.at:g} is none of the factors {self.factor}.")
        return self

    @model_validator(mode="after")
    def _check_swap(self) -> Self:
        if bool(self.into) != (self.how == "swap"):
            raise ValueError("--into and --how swap go together: what is swapped needs others in its place.")
        return self

    @property
    def factors(self) -> tuple[float, ...]:
        return read_factors(self.factor)

    @property
    def shown_factor(self) -> float:
        return self.factors[-1] if self.at is None else self.at


def read_factors(text: str) -> tuple[float, ...]:
    """`0:3:31` or `0,1,2`, in ascending order. Raises ValueError for anything else."""
    number = r"\d{1,3}(?:\.\d{1,6})?"
    if match := re.fullmatch(rf"\s*({number}):({number}):(\d{{1,4}})\s*", text):
        factors = np.linspace(float(match[1]), float(match[2]), int(match[3])).round(9).tolist()
    elif re.fullmatch(rf"\s*{number}(\s*,\s*{number})*\s*", text):
        factors = [float(part) for part in text.split(",")]
    else:
        raise ValueError(f"{text!r:.40} aren't factors: give first, last and how many, such as 0:3:31, or 0,1,2.")
    if not 1 <= len(factors) <= MOST or max(factors) > LARGEST:
        raise ValueError(f"Give 1 to {MOST:,} factors from 0 to {LARGEST:g}.")
    return tuple(sorted(set(factors)))
