"""The charts of the first training with the curves of the others overlaid, and where each ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.curves.result import CurvesResult
from lazytui.analyses.train.figures import curves, overlaid_charts
from lazytui.data.content import colored_digits
from lazytui.figures.kinds import Column, Figure, Reference, Table

if TYPE_CHECKING:
    from lazytui.analyses.curves.params import CurvesParams

_LAST = ("easy_accuracy", "hard_accuracy", "color_follow_rate", "worst_group_accuracy")


def figures(_params: CurvesParams, result: CurvesResult) -> list[Figure]:
    content = result.content or colored_digits("distinct")
    each = [
        curves(training.history, samples, content, tuple(Reference(name=name, value=step) for name, step in stages))
        for training, samples, stages in zip(result.trainings, result.samples, result.stages, strict=True)
    ]
    return [*overlaid_charts(each, result.names), _last_points(result)]


def _last_points(result: CurvesResult) -> Table:
    """Of each training the last point of its curves."""
    rows = []
    for name, training in zip(result.names, result.trainings, strict=True):
        last = [training.history[metric][-1:] if metric in training.history else np.zeros(0) for metric in _LAST]
        steps = training.history["step"]
        shares = (100 * float(values[0]) if len(values) else None for values in last)
        rows.append((name, int(steps[-1]) if len(steps) else None, *shares))
    return Table(
        name="last-points",
        title="The last point of each, %",
        note="As the curves have it, on a sample of each split; metrics of a finished training are measured on all.",
        columns=(
            Column(name="training"),
            Column(name="step"),
            *(Column(name=METRICS[name].title) for name in _LAST),
        ),
        rows=tuple(rows),
    )
