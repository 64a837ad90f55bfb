"""What can be chosen of `neurons`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from lazytui.analyses.networks.model_under_study import (
    ModelUnderStudyParams,
)

if TYPE_CHECKING:
    pass

PLURALS = ("traitors", "heroes", "mixed", "silent", "flat")
"""Many neurons of each role, in the order of ROLES."""

STAND_IN = {"mean": "replaced by their mean activation", "zero": "set to zero"}
"""What happens to ablated neurons, by how they are ablated."""


class NeuronsParams(ModelUnderStudyParams):
    """Which neurons are examined, and how thoroughly."""

    layer: str | None = Field(
        None,
        description="A layer of the network, such as features.relu2; by default the last with a map of 7 x 7 or finer.",
    )
    read: str = Field(
        "mean",
        description="How a neuron's map becomes its activation on an image: mean, max, or a position as row,column.",
        examples=["mean", "max", "3,3"],
    )
    samples: int = Field(
        2000, ge=100, le=100_000, description="Images of the easy and of the hard split that ablations are measured on."
    )
    ablate: Literal["mean", "zero"] = Field(
        "mean", description="The value of ablated neurons in the cumulative curves: their mean, or zero."
    )
    starts: int = Field(3, ge=1, le=20, description="Random starts of every preferred input and class image.")
    class_start: str = Field(
        "noise",
        description="Start of class images: noise; texture, each in the color of its class; or a color such as red, "
        "the same for all.",
        examples=["noise", "texture", "red"],
    )
    image: str | None = Field(
        None,
        description="An image whose feature maps are shown instead of the red 1's: red 7 of the cue conflicts, hard "
        "red 7 or easy 17 of a split, or drawn 0, the newest image that `lazytui run ask` kept.",
        examples=["red 7", "hard red 7", "easy 17"],
    )
    target: str | None = Field(
        None,
        max_length=1000,
        description="Also optimize images for a target: a class by name or number, margin:3,8, the logit of one class "
        "minus another's, or your own function, file.py:function, from logits (n, classes) to (n,).",
        examples=["margin:3,8"],
    )
    steps: int = Field(64, ge=1, le=10_000, description="Optimization steps of a preferred input.")
    pages: int = Field(1, ge=0, le=64, description="Number of traitors, and of heroes, that get a page in the figures.")
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of starts and of random orders.")

    @field_validator("read")
    @classmethod
    def _known_reading(cls, read: str) -> str:
        if not re.fullmatch(r"mean|max|\d{1,3},\d{1,3}", read):
            raise ValueError("take mean, max, or a position: a row and a column such as 3,4.")
        return read
