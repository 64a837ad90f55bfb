"""What the metrics are called and what they mean, in words that every screen and table shares."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from lazytui.analyses.core.content_words import about_probe, in_or_with, region, subject
from lazytui.counted_nouns import with_article
from lazytui.data.content import Content
from lazytui.data.params import DatasetParams
from lazytui.figures.kinds import Column, Share, Table

MetricName = Literal[
    "easy_accuracy",
    "hard_accuracy",
    "aligned_accuracy",
    "conflicting_accuracy",
    "unbiased_accuracy",
    "worst_group_accuracy",
    "shape_bias",
    "color_follow_rate",
]
"""The metrics that trainings are ranked by."""

SelectorRank = Literal["worst-class", "worst-environment", "worst-pseudo-group", "worst-swap"]
"""Selectors: what trainings can be ranked by without labels of the shortcut, by the names of choices."""

RankName = Literal[MetricName, SelectorRank]

OF_SELECTORS: Mapping[str, str] = {
    "worst-class": "worst_class_accuracy",
    "worst-environment": "worst_environment_accuracy",
    "worst-pseudo-group": "worst_pseudo_group_accuracy",
    "worst-swap": "worst_swap_accuracy",
}
"""Their metrics."""


@dataclass(frozen=True)
class Metric:
    """title: what a person reads. meaning: definition with its denominator. share: whether it is shown in percent.

    less_is_worse: whether the lazier network has less of it.
    """

    title: str
    meaning: str
    share: bool = True
    less_is_worse: bool = True

    def merit(self, value: float) -> float:
        """More for the better, and nothing where the value is 0."""
        return value if self.less_is_worse else -value


METRICS = {
    "train_accuracy": Metric("training accuracy", "right on training images as the data set has them, without dropout"),
    "easy_accuracy": Metric("easy accuracy", "right on the validation split, where color predicts the digit"),
    "hard_accuracy": Metric("hard accuracy", "right on the hard split, where color is uninformative or misleading"),
    "aligned_accuracy": Metric("aligned accuracy", "right on probe images in their own digit's color"),
    "conflicting_accuracy": Metric("conflicting accuracy", "right on probe images in another digit's color"),
    "unbiased_accuracy": Metric("unbiased accuracy", "mean over the 100 digit x color groups of the probe split"),
    "worst_group_accuracy": Metric("worst group", "the worst of those groups that has 10 images or more"),
    "worst_class_accuracy": Metric(
        "worst class", "the lowest accuracy of a class on the validation split, without labels of the shortcut"
    ),
    "worst_environment_accuracy": Metric(
        "worst environment",
        "the lower accuracy on two environments of the validation split, inferred from a plain network (EIIL)",
    ),
    "worst_pseudo_group_accuracy": Metric(
        "worst pseudo-group",
        "the lower accuracy on images of the validation split that agree with a property and that contradict it",
    ),
    "worst_swap_accuracy": Metric(
        "worst swap",
        "accuracy on the validation split less the largest loss when a property comes from an image of another class",
    ),
    "color_follow_rate": Metric(
        "color-follow rate", "conflicting probe images taken for the digit of their color", less_is_worse=False
    ),
    "training_color_follow_rate": Metric(
        "follows training's color",
        "probe images in a color that was another digit's in the training, taken for that digit",
        less_is_worse=False,
    ),
    "shape_bias": Metric("shape bias", "decided by the digit, of conflicting images decided by digit or color"),
    "easy_calibration_error": Metric("easy calibration error", "mean |confidence - accuracy| on easy, 15 bins (ECE)"),
    "hard_calibration_error": Metric("hard calibration error", "mean |confidence - accuracy| on hard, 15 bins (ECE)"),
    "energy_in_mask": Metric("energy in the mask", "share of the evidence that lies on the stroke"),
    "energy_uniform": Metric(
        "energy, uniform map", "the stroke's share of the image: what evidence spread evenly gets"
    ),
    "energy_center_prior": Metric("energy, center prior", "what the mean digit gets as everybody's map"),
    "energy_shuffled": Metric("energy, other masks", "the same maps on the strokes of other images"),
    "energy_perfect": Metric("energy, upper bound", "a map of this size with all evidence on its own stroke"),
    "focus_score": Metric(
        "focus score", "(energy - other masks) / (perfect - other masks): 0 by position alone, 1 perfect", share=False
    ),
    "mask_auroc": Metric(
        "mask AUROC", "how well the map separates pixels of the stroke from others; .5 by chance", share=False
    ),
    "concentration": Metric("concentration", "least share of pixels that holds 80 % of the evidence; 80 % where even"),
    "no_positive_evidence": Metric("no positive evidence", "images whose map is nowhere above zero"),
    "looking_at_digit": Metric(
        "looking at the digit", "own mask holds more of the map than 95 % of other masks do; 5 % by chance"
    ),
    "correct_on_stroke": Metric("correct, on the stroke", "correct, evidence on the stroke, of images with evidence"),
    "correct_off_stroke": Metric("correct, off the stroke", "correct, evidence elsewhere, of images with evidence"),
    "incorrect_on_stroke": Metric(
        "incorrect, on the stroke", "incorrect, evidence on the stroke, of images with evidence"
    ),
    "incorrect_off_stroke": Metric(
        "incorrect, off the stroke", "incorrect, evidence elsewhere, of images with evidence"
    ),
    "right_for_wrong_reason_share": Metric(
        "right, wrong reason", "of correct images: repainted in other colors, most make the answer change"
    ),
    "wrong_because_of_color_share": Metric(
        "wrong by the color", "of incorrect images: repainted in their own color they are right"
    ),
    "deletion_auc": Metric(
        "deletion area", "mean probability while the strongest pixels go; low is faithful", share=False
    ),
    "random_deletion_auc": Metric("deletion area, random", "the same in random order", share=False),
    "insertion_auc": Metric(
        "insertion area", "mean probability while the strongest pixels come; high is faithful", share=False
    ),
    "random_insertion_auc": Metric("insertion area, random", "the same in random order", share=False),
    "randomization_correlation": Metric(
        "after randomization",
        "rank correlation of maps before and after parameter randomization of all layers",
        share=False,
    ),
    "randomization_null": Metric(
        "different images", "rank correlation of the maps of two different images", share=False
    ),
    "recolored_drop": Metric(
        "drop when recolored", "fall of the explained logit in another color, mean of nine", share=False
    ),
    "redrawn_drop": Metric("drop when redrawn", "its fall when another digit is drawn in the same color", share=False),
    "recolored_flips": Metric("flips when recolored", "predictions that change when the digit takes another color"),
    "redrawn_flips": Metric(
        "flips when redrawn", "predictions that change when another digit is drawn in the same color"
    ),
    "traitors": Metric("traitors", "neurons with more information on the color than on the digit", share=False),
    "heroes": Metric("heroes", "neurons with more information on the digit than on the color", share=False),
    "llc": Metric("LLC", "local learning coefficient: effective parameters, halved, at its settings", share=False),
    "llc_low": Metric("LLC, low", "lower end of its 95 % interval over chains", share=False),
    "llc_high": Metric("LLC, high", "upper end of that interval", share=False),
    "slope_at_weights": Metric(
        "slope at the weights", "length of the loss's gradient before the chains move; 0 at a minimum", share=False
    ),
    "loss_at_weights": Metric(
        "loss at the weights", "mean cross-entropy of all training images, before the chains move", share=False
    ),
    "color_label_error": Metric(
        "color label error", "training images whose detected color isn't the one they were painted in"
    ),
    "loss": Metric("loss", "mean cross-entropy of the training batches", share=False),
    "steps": Metric("steps", "updates of the weights", share=False),
    "seconds": Metric("seconds", "of work, in every process that had a part in it", share=False),
}


OF_ATTRIBUTE = frozenset(
    {
        "aligned_accuracy",
        "conflicting_accuracy",
        "unbiased_accuracy",
        "worst_group_accuracy",
        "color_follow_rate",
        "training_color_follow_rate",
        "shape_bias",
        "right_for_wrong_reason_share",
        "wrong_because_of_color_share",
        "recolored_drop",
        "redrawn_drop",
        "recolored_flips",
        "redrawn_flips",
        "color_label_error",
        "traitors",
    }
)
"""Those that there are only where an attribute of the images is known."""


def is_measured(name: str, content: Content) -> bool:
    """Whether there is such a metric of these images."""
    return bool(content.values) or name not in OF_ATTRIBUTE


def metrics_of(names: Iterable[str], content: Content) -> dict[str, Metric]:
    """Those of the names that are metrics of these images, in words of what these hold."""
    return {name: metric_of(name, content) for name in names if name in METRICS and is_measured(name, content)}


@functools.cache
def metric_of(name: str, content: Content) -> Metric:
    """The metric, in words of what the data set holds."""
    metric = METRICS[name]
    return replace(metric, title=in_words_of(content, metric.title), meaning=in_words_of(content, metric.meaning))


def in_words_of(content: Content, text: str) -> str:
    """What is said of digits, colors and strokes, said of its classes, attribute and objects."""
    label, attribute, groups = content.label, content.attribute or "attribute", content.groups
    joined = in_or_with(content)
    unknown = {", where color predicts the digit": "", ", where color is uninformative or misleading": ""}
    own = {
        **({} if content.values else unknown),
        "100 digit x color": f"{groups[0] * groups[1] or groups[0]} {label} x {attribute}",
        "mean digit": f"mean {subject(content)}",
        "looking at the digit": f"looking at the {subject(content)}",
        "when the digit": f"when the {subject(content)}",
        "another digit is drawn in the same color": f"another {subject(content)} is put {joined} the same {attribute}",
        "repainted in other colors": f"{joined} other {attribute}s",
        "repainted in their own color": f"{joined} their own {attribute}",
        "in another color, mean of nine": f"{joined} another {attribute}, mean of all others",
        "in a color": f"{joined} {with_article(attribute)}",
        "wear ": "have ",
        "digit": label,
        "color": attribute,
        "stroke": region(content),
    }
    for word, other in own.items() if (label, attribute) != ("digit", "color") else ():
        text = text.replace(word, other)
    return text


def metric_table(metrics: Mapping[str, float | None], data: DatasetParams, shares: tuple[Share, ...] = ()) -> Table:
    """The metrics of a result by name, with what they mean. data: what they were measured on. shares: the counts behind
    them."""
    return Table(
        name="metrics",
        title="Measured",
        note=f"{about_probe(data)}A dash is a share over no images at all, or no group of 10 images.",
        shares=shares,
        columns=(Column(name="metric"), Column(name="value"), Column(name="what it is")),
        rows=tuple(
            (metric.title, metric_text(name, metrics[name]), metric.meaning)
            for name, metric in metrics_of(metrics, data.content).items()
        ),
    )


def metric_text(name: str, value: float | None) -> str | None:
    """A metric as a person reads it: `95.3 %`, or a plain number."""
    if value is None:
        return None
    return f"{100 * value:.1f} %" if METRICS[name].share else f"{value:,.4g}"
