"""What can be chosen of `evaluate`."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.analyses.networks.second_network import PairParams
from lazytui.data.params import HardSplit

MatrixName = Literal[
    "confusion-easy",
    "confusion-hard",
    "color-by-prediction-easy",
    "color-by-prediction-hard",
    "color-by-prediction-probe",
    "digit-by-color",
    "against-confusion-easy",
    "against-confusion-hard",
    "against-color-by-prediction-easy",
    "against-color-by-prediction-hard",
    "against-color-by-prediction-probe",
    "against-digit-by-color",
]


class EvaluateParams(PairParams):
    """Which network, which other one beside it, and on which data if not on that of its training."""

    hard: HardSplit | None = Field(
        None, description="Colors, or other values, of the hard split, if not those of the data set."
    )
    cell: str | None = Field(
        None,
        description="Also show the images behind a cell of a matrix: its row and column, such as 1,0 for a 1 that is "
        "classified as a 0.",
    )
    matrix: MatrixName = Field(
        "confusion-hard",
        description="The matrix of --cell; a value of the attribute counts as the class that it belongs to.",
    )

    @field_validator("cell")
    @classmethod
    def _check_cell(cls, cell: str | None) -> str | None:
        if cell is not None and not re.fullmatch(r"\s*[0-9]\s*,\s*[0-9]\s*", cell):
            raise ValueError(f"{cell!r:.40} isn't a cell: give a row and a column from 0 to 9, such as 1,0.")
        return cell

    @model_validator(mode="after")
    def _check_matrix(self) -> EvaluateParams:
        if self.against is None and self.matrix.startswith(AGAINST):
            raise ValueError(f"The matrix {self.matrix} is of a second network: choose one with --against.")
        return self
