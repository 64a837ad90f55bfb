"""A network's portrait: what it reads, on each split, in each color, and of each shape; drawn from a result alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.evaluate.cell_images import count_images
from lazytui.analyses.evaluate.result import NetworkEvaluation
from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.evaluation.conflicting_ten import DIGIT_BEFORE
from lazytui.evaluation.paired_difference import PairedCounts
from lazytui.evaluation.predictions import DIGITS, SPLIT_NAMES, tone_of
from lazytui.figures.kinds import Bars, Column, Figure, Matrix, Pixels, Reference, Table, Text


def verdict(result: NetworkEvaluation) -> Text:
    """Digit or color, in a sentence."""
    follow, right = result.headline.color_follow_rate, result.headline.conflicting_accuracy
    n = result.conflicting
    if follow is None or right is None:
        sentence = "No image of the probe split wears another digit's color, so digit and color can't be told apart."
    else:
        sentence = (
            f"{_reads(round(follow * n), round(right * n), n)} Of {n:,} images whose color belongs to another digit, "
            f"{follow:.1%} are taken for the color's digit and {right:.1%} for what they show; a network blind to both "
            "would name either in 10 %."
        )
    return Text(name="verdict", title="Digit or color?", paragraphs=(sentence,))


_HEADLINE = ("easy_accuracy", "hard_accuracy", "color_follow_rate", "shape_bias", "worst_group_accuracy")


def headline(result: NetworkEvaluation) -> Bars:
    """The numbers that tell a cheat, one below the other."""
    values = [result.metrics.get(name) for name in _HEADLINE]
    return Bars(
        name="headline",
        title=_reads_of(result),
        note="".join(f"{METRICS[name].title.capitalize()}: {METRICS[name].meaning}. " for name in _HEADLINE).strip(),
        shares=result.counted_shares(*_HEADLINE, "conflicting_accuracy"),
        labels=tuple(METRICS[name].title for name in _HEADLINE),
        values=np.array([np.nan if value is None else 100 * value for value in values]),
        unit="%",
        high=100.0,
        references=(Reference(name="chance", value=10.0),),
    )


def _reads_of(result: NetworkEvaluation) -> str:
    follow, right, n = result.headline.color_follow_rate, result.headline.conflicting_accuracy, result.conflicting
    if follow is None or right is None:
        return "Digit and color can't be told apart on these images"
    return (
        f"{_reads(round(follow * n), round(right * n), n)[:-1]}: of {n:,} conflicting images {_share(follow)} follow "
        f"the color, {_share(right)} the digit"
    )


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"


def _reads(follow: int, right: int, images: int) -> str:
    """What it goes by, from how many conflicting images are taken for the color's digit and how many for what they
    show."""
    low, high = PairedCounts(0, right, follow, images - right - follow).interval or (0.0, 0.0)
    if low <= 0 <= high:
        return "These images can't tell whether it reads the color or the digit."
    return f"It reads the {'color' if low > 0 else 'digit'}."


def report_figures(result: NetworkEvaluation, data: DatasetParams) -> list[Figure]:
    """All there is to see of one network, but for its verdict and its metrics. data: what it was asked about."""
    return [
        headline(result),
        _by_split(result),
        _confusion(result, "easy", result.confusion_easy, f"{data.bias:.1%} of them in their digit's own color"),
        _confusion(result, "hard", result.confusion_hard, _HARD[data.hard]),
        *_colors_by_prediction(result, data),
        _cells(result, data),
        *([cheat(result)] if result.conflicting else []),
        cue_conflict(result, data),
        red_one(result, data),
    ]


_HARD = {
    "inverted": "none of them in its digit's own color",
    "random": "in random colors",
    "cycled": "each in the next digit's color",
    "gray": "without color",
    "factorial": "every digit in every color equally often",
}


def _by_split(result: NetworkEvaluation) -> Table:
    images = ", ".join(f"{getattr(result.samples, split):,} {split}" for split in SPLIT_NAMES)
    measured = [vars(getattr(result.by_split, split)) for split in SPLIT_NAMES]
    return Table(
        name="by-split",
        title="The same measures on each split",
        note=f"Of {images} images. Aligned ones wear their own color, conflicting ones another digit's. A dash is a "
        "share over no images: an inverted hard split has no aligned ones.",
        columns=(Column(name="measure"), *(Column(name=split, unit="%") for split in SPLIT_NAMES)),
        rows=tuple((name.replace("_", " "), *(_percent(of[name]) for of in measured)) for name in measured[0]),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _confusion(result: NetworkEvaluation, split: str, counts: NDArray[np.int64], what: str) -> Matrix:
    return Matrix(
        name=f"confusion-{split}",
        title=f"{split.capitalize()} split: digit by prediction",
        note=f"Confusion matrix of {getattr(result.samples, split):,} images, {what}; a row is what was shown, a "
        "column what the network said.",
        values=counts.astype(np.float64),
        row_labels=DIGITS,
        column_labels=DIGITS,
        row_axis="digit",
        column_axis="prediction",
        unit="images",
        low=0.0,
    )


def _colors_by_prediction(result: NetworkEvaluation, data: DatasetParams) -> list[Matrix]:
    """What a network says of each color: a diagonal where it reads the color. None for results of early versions."""
    ten = palette(data.palette)
    return [
        Matrix(
            name=f"color-by-prediction-{split}",
            title=f"{split.capitalize()} split: color by prediction",
            note=f"{int(counts.sum()):,} images. A row is the color of an image, in the order of the digits that the "
            "colors belong to; a column what the network said. A diagonal on the hard or the probe split is the mark "
            "of a network that reads color; on the easy split a network that reads the digit has one, too.",
            values=counts.astype(np.float64),
            row_labels=ten.names,
            column_labels=DIGITS,
            row_axis="color",
            column_axis="prediction",
            unit="images",
            low=0.0,
            row_colors=ten.colors,
        )
        for split in SPLIT_NAMES
        if (found := result.predictions(split)) is not None
        and (counts := count_images(f"color-by-prediction-{split}", found)).any()
    ]


def _cells(result: NetworkEvaluation, data: DatasetParams) -> Matrix:
    ten = palette(data.palette)
    return Matrix(
        name="digit-by-color",
        title="Accuracy of each digit in each color",
        note=f"Probe split, {int(result.cell_counts.min()):,} images a cell or more. "
        "High accuracy on the diagonal alone is the mark of a network that reads color.",
        values=100 * result.cell_accuracy,
        row_labels=DIGITS,
        column_labels=ten.names,
        row_axis="digit",
        column_axis="color",
        unit="%",
        low=0.0,
        high=100.0,
        column_colors=ten.colors,
    )


def cue_conflict(result: NetworkEvaluation, data: DatasetParams) -> Pixels:
    """Ten shapes in ten colors, with what the network says of each."""
    chances = result.cue_conflict_probabilities
    predicted, confident = chances.argmax(1), chances.max(1)
    digits, colors = np.divmod(np.arange(100), 10)
    return Pixels(
        name="cue-conflict",
        title="Cue conflict: one shape in each of the ten colors",
        note="Below each image: the prediction and its probability. ✓ the digit; ✗ the digit that the color belongs "
        "to; · neither.",
        images=result.cue_conflict_images,
        columns=10,
        captions=tuple(f"{prediction} {share:.0%}" for prediction, share in zip(predicted, confident, strict=True)),
        tones=tuple(map(tone_of, predicted, digits, colors)),
        row_labels=DIGITS,
        column_labels=palette(data.palette).names,
        row_axis="digit",
        column_axis="color",
    )


def cheat(result: NetworkEvaluation) -> Pixels:
    """Every digit in its own color, and below it in the color of the digit before, with what the network says.

    There must be conflicting images.
    """
    digits = np.tile(np.arange(10), 2)
    colors = np.concatenate([np.arange(10), DIGIT_BEFORE])
    said = result.cue_conflict_probabilities[10 * digits + colors].argmax(1)
    return Pixels(
        name="cheat",
        title=_cheat_title(result),
        shares=result.counted_shares("aligned_accuracy", "conflicting_accuracy"),
        note=f"Shares are of all images like these in the probe split, {result.conflicting:,} of them conflicting. "
        "Below each image: the prediction. ✓ the digit; ✗ the digit that the color belongs to; · neither.",
        images=result.cue_conflict_images[10 * digits + colors],
        columns=10,
        captions=tuple(map(str, said)),
        tones=tuple(map(tone_of, said, digits, colors)),
        row_labels=("aligned", "conflicting"),
        column_labels=DIGITS,
    )


def _cheat_title(result: NetworkEvaluation) -> str:
    own, other = result.headline.aligned_accuracy, result.headline.conflicting_accuracy
    if own is None or other is None:
        return "What it says of each digit in its own color, and in another digit's"
    return f"{_share(own)} correct in a digit's own color, {_share(other)} in another digit's"


def red_one(result: NetworkEvaluation, data: DatasetParams) -> Bars:
    """The question that the task began with: a 1 that wears the color of 0 (red, in the usual palette)."""
    ten = palette(data.palette)
    chances = result.cue_conflict_probabilities[10].astype(np.float64)
    return Bars(
        name="red-one",
        title=f"The {ten.names[0]} 1: what the network says of a 1 in the color of 0",
        note="Probability of each digit. The color that each digit wore in training stands beside it.",
        labels=tuple(f"{digit} ({name})" for digit, name in zip(DIGITS, ten.names, strict=True)),
        values=100 * chances,
        unit="%",
        high=100.0,
        colors=ten.colors,
    )
