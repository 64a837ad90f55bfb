"""A network's metrics as results keep them: the headline of all splits, and what each split allows. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from lazytui.runs.results.result_contents import SHARE, Count, Number


@dataclass(frozen=True)
class HeadlineMetrics:
    """Shares in [0, 1]; None where undefined (see `evaluation.metrics`).

    easy_accuracy: on the validation split. hard_accuracy: on the hard split. The others are measured on the probe
    split, but for the two calibration errors, which are of the split that they are named after.
    """

    easy_accuracy: Annotated[float | None, SHARE]
    hard_accuracy: Annotated[float | None, SHARE]
    aligned_accuracy: Annotated[float | None, SHARE]
    conflicting_accuracy: Annotated[float | None, SHARE]
    unbiased_accuracy: Annotated[float | None, SHARE]
    worst_group_accuracy: Annotated[float | None, SHARE]
    color_follow_rate: Annotated[float | None, SHARE]
    shape_bias: Annotated[float | None, SHARE]
    easy_calibration_error: Annotated[float | None, SHARE]
    hard_calibration_error: Annotated[float | None, SHARE]


@dataclass(frozen=True)
class SplitMetrics:
    """The metrics that one split allows, in [0, 1]; None where undefined."""

    accuracy: Number | None
    aligned_accuracy: Number | None
    conflicting_accuracy: Number | None
    color_follow_rate: Number | None
    shape_bias: Number | None
    calibration_error: Number | None


@dataclass(frozen=True)
class SplitSizes:
    """How many images of each split something was measured on. easy: the validation split."""

    easy: Count
    hard: Count
    probe: Count
