"""What the metrics are called and what they mean, in words that every screen and table shares."""

from __future__ import annotations

from dataclasses import dataclass

from lazytui.figures.kinds import Cell, Column, Table
from lazytui.runs.result import Result


@dataclass(frozen=True)
class Metric:
    """title: what a person reads. meaning: definition with its denominator. share: whether it is shown in percent."""

    title: str
    meaning: str
    share: bool = True


METRICS = {
    "easy_accuracy": Metric("easy accuracy", "right on the validation split, where color tells the digit"),
    "hard_accuracy": Metric("hard accuracy", "right on the hard split, where color doesn't tell the digit or lies"),
    "aligned_accuracy": Metric("aligned accuracy", "right on probe images that wear their own color"),
    "conflicting_accuracy": Metric("conflicting accuracy", "right on probe images that wear another digit's color"),
    "unbiased_accuracy": Metric("unbiased accuracy", "mean over the 100 digit x color groups of the probe split"),
    "worst_group_accuracy": Metric("worst group", "the worst of those groups that has 10 images or more"),
    "color_follow_rate": Metric("color-follow rate", "conflicting probe images taken for the digit of their color"),
    "shape_bias": Metric("shape bias", "decided by the digit, of conflicting images decided by digit or color"),
    "easy_calibration_error": Metric("easy calibration error", "mean |confidence - accuracy| on easy, 15 bins (ECE)"),
    "hard_calibration_error": Metric("hard calibration error", "mean |confidence - accuracy| on hard, 15 bins (ECE)"),
    "loss": Metric("loss", "mean cross-entropy of the training batches", share=False),
    "steps": Metric("steps", "updates of the weights", share=False),
    "seconds": Metric("seconds", "spent training, in the process that ended it", share=False),
}


def metric_table(result: Result) -> Table:
    """All metrics of a result, with what they mean."""
    return Table(
        name="metrics",
        title="Measured",
        note="The probe split shows every digit in every color equally often, so color tells nothing there. "
        "A dash is a share over no images at all.",
        columns=(Column(name="metric"), Column(name="value"), Column(name="what it is")),
        rows=tuple(_row(name, value) for name, value in result.metrics.items() if name in METRICS),
    )


def _row(name: str, value: float | None) -> tuple[Cell, ...]:
    metric = METRICS[name]
    return metric.title, shown(name, value), metric.meaning


def shown(name: str, value: float | None) -> str | None:
    """A metric as a person reads it: `95.3 %`, or a plain number."""
    if value is None:
        return None
    return f"{100 * value:.1f} %" if METRICS[name].share else f"{value:,.4g}"
