"""What can be chosen of `cure`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from lazytui.analyses.networks.model_under_study import NetworkParams
from lazytui.catalog_fields import name_field
from lazytui.list_values import split_list
from lazytui.training.methods import METHODS
from lazytui.training.settings import ABOUT

TRIED = ("scramble", "group-dro", "resample", "jtt", "lc", "reweight", "dfr", "eiil", "lff")
"""Methods that are tried by default, the most promising first."""

_UNITS = {"s": 1, "m": 60, "h": 3600}


class CureParams(NetworkParams):
    """Which network is cured, by which methods, within which time."""

    budget: str = Field(
        "20m",
        description="Time for all trainings together: 90s, 20m, 2h. Each rung of successive halving gets a share as "
        "large as its epochs, and at least one training, which may exceed it.",
    )
    methods: Annotated[tuple[str, ...], BeforeValidator(split_list)] = name_field(
        TRIED, "Methods to try, the most promising first, such as scramble,resample.", ABOUT
    )
    epochs: int | None = Field(
        None, ge=1, le=10_000, description="Epochs of the longest trainings; by default as many as the network's."
    )
    images: int = Field(500, ge=50, le=5000, description="Images edited in each audit.")
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the audits and the groups.")

    @field_validator("budget")
    @classmethod
    def _is_time(cls, text: str) -> str:
        if not re.fullmatch(r"[0-9]{1,6}[smh]", text):
            raise ValueError(f"{text!r:.40} isn't a time such as 90s, 20m or 2h.")
        if not int(text[:-1]):
            raise ValueError(f"{text} is too small for one training.")
        return text

    @field_validator("methods")
    @classmethod
    def _known_methods(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if refusal := METHODS.refusal(name):
                raise ValueError(refusal)
        return names

    @property
    def seconds(self) -> int:
        """Of the budget."""
        return int(self.budget[:-1]) * _UNITS[self.budget[-1]]
