"""What `transfer` finds: of each network and each data set a few shares, and of how many images each is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import Content
from lazytui.runs.results.result_contents import SHARE, Damaged, Name, Note, counts, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields

if TYPE_CHECKING:
    from lazytui.analyses.transfer.params import TransferParams

MEASURED = (
    "easy_accuracy",
    "hard_accuracy",
    "unbiased_accuracy",
    "worst_group_accuracy",
    "training_color_follow_rate",
)
"""By column. All but the first two are measured on the probe split."""


@dataclass(frozen=True)
class TransferResult:
    """easy_accuracy, hard_accuracy: of the first network on the data of its training. networks: their names.
    data_sets: names, first that of the training. about: what each is.

    measured: (networks, data sets, measures) in [0, 1], NaN where undefined. images: (networks, data sets, measures),
    of how many images each is a share; of the worst group, how many it has. recorded_content: of the images of the
    training; None where they are digits in the palette's colors.
    """

    easy_accuracy: Annotated[float | None, SHARE]
    hard_accuracy: Annotated[float | None, SHARE]
    networks: tuple[Name, ...]
    data_sets: tuple[Name, ...]
    about: tuple[Note, ...]
    measured: Annotated[NDArray[np.float64], shares("networks", "data sets", len(MEASURED))]
    images: Annotated[NDArray[np.int64], counts("networks", "data sets", len(MEASURED))]
    recorded_content: Content | None = None


def read(params: TransferParams, saved: Result) -> TransferResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    networks = 1 if params.against is None else 2
    result = read_fields(TransferResult, saved, {"networks": networks, "data sets": len(params.to) + 1})
    if (len(result.networks), len(result.data_sets), len(result.about)) != (networks, *[len(params.to) + 1] * 2):
        raise Damaged("it names other networks or data sets than it was asked for")
    return result
