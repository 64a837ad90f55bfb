"""What `train` finds: the network's metrics, and the curves of its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import sizes_of
from lazytui.evaluation.headline_metrics import HeadlineMetrics, SplitSizes
from lazytui.runs.events import LONGEST_NAME
from lazytui.runs.results.result_contents import ANY, COUNT, SHARE, Count, Damaged, Name, Note, images, numbers
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Part, Prefixed, metrics_of, read_fields, write_fields
from lazytui.training.phases import STEPS

if TYPE_CHECKING:
    from lazytui.analyses.train.params import TrainParams

Seconds = Annotated[float, Field(ge=0, le=1e10, allow_inf_nan=False)]


@dataclass(frozen=True)
class PhaseSeconds:
    """seconds: of a phase, see `lazytui.training.phases`. times: how often it was entered."""

    phase: Name
    seconds: Seconds
    times: Count


@dataclass(frozen=True)
class Profile:
    """seconds: from the beginning of the work to its end, in phases or not, of the process that ended the training.

    phases: in the order in which they are shown. batch_size: images a step.
    """

    seconds: Seconds
    batch_size: Count
    phases: tuple[PhaseSeconds, ...]

    @property
    def steps(self) -> int:
        """That were measured: those since the training was last resumed."""
        return next((one.times for one in self.phases if one.phase == STEPS), 0)


@dataclass(frozen=True, kw_only=True)
class TrainResult:
    """steps: updates of the weights. seconds: of work, in every process that had a part in it. color_label_error: share
    of training images whose detected color isn't the one they were painted in; None where none was detected.

    device, precision: what it was computed on and in. images_seen: training images, each as often as it was shown.
    fingerprint: of the weights. frozen: parameters that weren't trained, by name. at_chance: a sentence for each
    stretch of the training that was no better than guessing. samples: images of each split that the
    metrics are measured on.
    history: the curves, (points,) float64 each, by name; among them `step`, which is finite. Others are NaN where they
    are undefined. Among them are the columns of `evaluation.cue_conflict_images`: what it said of ten images.
    conflicting_images: these, uint8; None in results of early versions. profile: where the time went,
    if that was asked.
    """

    headline: Annotated[HeadlineMetrics, Part()]
    steps: Annotated[int, COUNT]
    seconds: Annotated[float | None, ANY.optional]
    color_label_error: Annotated[float | None, SHARE.omitted] = None
    device: Name | None = None
    precision: Name | None = None
    images_seen: Count | None = None
    fingerprint: Name | None = None
    frozen: tuple[Name, ...] = ()
    at_chance: tuple[Note, ...] = ()
    samples: SplitSizes | None = None
    profile: Profile | None = None
    history: Annotated[Mapping[str, NDArray[np.float64]], Prefixed("history_", numbers("points").unbounded)]
    conflicting_images: Annotated[NDArray[np.uint8] | None, images("shown classes").optional] = None

    @cached_property
    def metrics(self) -> dict[str, float | None]:
        """All of them by name, as tables and rankings have them."""
        return metrics_of(self)


def write(result: TrainResult) -> Result:
    return write_fields(result)


def read(params: TrainParams, saved: Result) -> TrainResult:
    """Raises Damaged where it isn't what `write` makes."""
    result = read_fields(TrainResult, saved, sizes_of(params.content), may_be_empty=frozenset({"points"}))
    if "step" not in result.history:
        raise Damaged("it lacks the array 'history_step'")
    if not np.isfinite(result.history["step"]).all():
        raise Damaged("its array 'history_step' has undefined values")
    if any(len(name) > LONGEST_NAME for name in result.history):
        raise Damaged(f"the name of a curve has more than {LONGEST_NAME} characters")
    return result
