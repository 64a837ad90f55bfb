"""A network's portrait: what it reads, on each split, in each color, and of each shape; drawn from a result alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import is_diagonal, own_groups
from lazytui.analyses.core.metric_catalog import in_words_of, is_measured, metric_of
from lazytui.analyses.evaluate.cell_images import count_images
from lazytui.analyses.evaluate.result import NetworkEvaluation
from lazytui.data.content import Content
from lazytui.data.params import DatasetParams
from lazytui.data.splits import MOST_SHOWN
from lazytui.evaluation.cue_conflict_images import value_before
from lazytui.evaluation.paired_difference import PairedCounts
from lazytui.evaluation.predictions import SPLIT_NAMES, tone_of
from lazytui.figures.kinds import Bars, Column, Figure, Matrix, Pixels, Reference, Table, Text


def verdict(result: NetworkEvaluation) -> Text:
    """Label or attribute, in a sentence."""
    content = result.trained.content
    label, attribute = content.label, content.attribute
    follow, right = result.headline.color_follow_rate, result.headline.conflicting_accuracy
    n = result.conflicting
    if not content.values:
        sentence = f"No attribute of these images is known: what the network reads besides the {label} isn't measured."
    elif follow is None or right is None:
        sentence = (
            f"No image of the probe split {_has(content)} another {label}'s {attribute}, so {label} and {attribute} "
            "can't be separated."
        )
    else:
        sentence = (
            f"{_reads(result, round(follow * n), round(right * n), n)} Of {n:,} images whose {attribute} belongs to "
            f"another {label}, {follow:.1%} are taken for the {attribute}'s {label} and {right:.1%} for what they "
            f"show; a network blind to both would name either in {100 / len(content.classes):.3g} %."
        )
    return Text(name="verdict", title=_question(content), paragraphs=(sentence,))


def _question(content: Content) -> str:
    """`Digit or color?`"""
    return f"{content.label.capitalize()} or {content.attribute}?" if content.values else "What it says"


def _has(content: Content) -> str:
    return "wears" if content.attribute == "color" else "has"


_HEADLINE = ("easy_accuracy", "hard_accuracy", "color_follow_rate", "shape_bias", "worst_group_accuracy")


def headline(result: NetworkEvaluation) -> Bars:
    """The numbers that show a shortcut, one below the other; without a known attribute only accuracies."""
    content = result.trained.content
    names = _HEADLINE if content.values else _HEADLINE[:2]
    values = [result.metrics.get(name) for name in names]
    metrics = [metric_of(name, content) for name in names]
    return Bars(
        name="headline",
        title=_reads_of(result),
        note=" ".join(f"{metric.title.capitalize()}: {metric.meaning}." for metric in metrics),
        shares=result.counted_shares(*names, *(("conflicting_accuracy",) if content.values else ())),
        labels=tuple(metric.title for metric in metrics),
        values=np.array([np.nan if value is None else 100 * value for value in values]),
        unit="%",
        high=100.0,
        references=(Reference(name="chance", value=100 / len(content.classes)),),
    )


def _reads_of(result: NetworkEvaluation) -> str:
    content = result.trained.content
    follow, right, n = result.headline.color_follow_rate, result.headline.conflicting_accuracy, result.conflicting
    if not content.values:
        return "How often it is right"
    if follow is None or right is None:
        return f"{content.label.capitalize()} and {content.attribute} can't be separated on these images"
    return (
        f"{_reads(result, round(follow * n), round(right * n), n)[:-1]}: of {n:,} conflicting images {_share(follow)} "
        f"follow the {content.attribute}, {_share(right)} the {content.label}"
    )


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"


def _reads(result: NetworkEvaluation, follow: int, right: int, images: int) -> str:
    """What it relies on, from how many conflicting images are taken for the attribute's class and how many for what
    they show."""
    content = result.trained.content
    low, high = PairedCounts(0, right, follow, images - right - follow).interval or (0.0, 0.0)
    if low <= 0 <= high:
        return f"These images don't show whether it reads the {content.attribute} or the {content.label}."
    return f"It reads the {content.attribute if low > 0 else content.label}."


def report_figures(result: NetworkEvaluation, data: DatasetParams) -> list[Figure]:
    """All there is to see of one network, but for its verdict and its metrics. data: what it was asked about."""
    return [
        headline(result),
        _by_split(result),
        _confusion(result, "easy", result.confusion_easy, _easy(data)),
        _confusion(result, "hard", result.confusion_hard, _hard(data)),
        *_values_by_prediction(result, data),
        *([_cells(result, data)] if data.content.values else []),
        *_repainted(result, data),
    ]


def _repainted(result: NetworkEvaluation, data: DatasetParams) -> list[Figure]:
    """What it says of images that are had with every value; nothing where none can be repainted."""
    if result.cue_conflict_images is None or result.cue_conflict_probabilities is None:
        return []
    grid = ConflictGrid(data, result.cue_conflict_images, result.cue_conflict_probabilities)
    return [*([cheat(result, grid)] if result.conflicting else []), cue_conflict(grid), red_one(grid)]


def _easy(data: DatasetParams) -> str:
    content = data.content
    if not data.plants:
        return "held out of the training"
    return f"{data.bias:.1%} of them in their {content.label}'s own {content.attribute}"


def _hard(data: DatasetParams) -> str:
    content = data.content
    label, attribute = content.label, content.attribute
    if not data.plants:
        return f"none of them with the {attribute} of its {label}" if content.values else "of the test part"
    return {
        "inverted": f"none of them in its {label}'s own {attribute}",
        "random": f"in random {attribute}s",
        "cycled": f"each in the next {label}'s {attribute}",
        "gray": f"without {attribute}",
        "factorial": f"every {label} in every {attribute} equally often",
    }[data.hard]


def _by_split(result: NetworkEvaluation) -> Table:
    images = ", ".join(f"{getattr(result.samples, split):,} {split}" for split in SPLIT_NAMES)
    measured = [vars(getattr(result.by_split, split)) for split in SPLIT_NAMES]
    content = result.trained.content
    return Table(
        name="by-split",
        title="The same measures on each split",
        note=f"Of {images} images. {_about_alignment(content)}A dash is a share over no images.",
        columns=(Column(name="measure"), *(Column(name=split, unit="%") for split in SPLIT_NAMES)),
        rows=tuple(
            (in_words_of(content, name.replace("_", " ")), *(_percent(of[name]) for of in measured))
            for name in measured[0]
            if is_measured(name, content)
        ),
    )


def _about_alignment(content: Content) -> str:
    if not content.values:
        return ""
    return (
        f"Aligned ones have their own {content.attribute}, conflicting ones another {content.label}'s; a hard split of "
        "inverted values has no aligned ones. "
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _confusion(result: NetworkEvaluation, split: str, counts: NDArray[np.int64], what: str) -> Matrix:
    content = result.trained.content
    return Matrix(
        name=f"confusion-{split}",
        title=f"{split.capitalize()}: {content.label} by prediction",
        note=f"Confusion matrix of {getattr(result.samples, split):,} images, {what}; a row is what was shown, a "
        "column what the network said.",
        values=counts.astype(np.float64),
        row_labels=content.classes,
        column_labels=content.classes,
        row_axis=content.label,
        column_axis="prediction",
        unit="images",
        low=0.0,
    )


def _values_by_prediction(result: NetworkEvaluation, data: DatasetParams) -> list[Matrix]:
    """What a network says of each value: a diagonal where it reads the attribute. None for results of early
    versions."""
    content = data.content
    attribute = content.attribute
    return [
        Matrix(
            name=f"color-by-prediction-{split}",
            title=f"{split.capitalize()}: {attribute} by prediction",
            note=f"{int(counts.sum()):,} images. {_about_values(content)}",
            values=counts.astype(np.float64),
            row_labels=content.values,
            column_labels=content.classes,
            row_axis=attribute,
            column_axis="prediction",
            unit="images",
            low=0.0,
            row_colors=data.value_colors,
        )
        for split in SPLIT_NAMES
        if (predictions := result.predictions(split)) is not None
        and (counts := count_images(f"color-by-prediction-{split}", predictions, content)).any()
    ]


def _about_values(content: Content) -> str:
    """What a matrix of values by prediction has of a network that reads the attribute."""
    label, attribute = content.label, content.attribute
    if is_diagonal(content):
        return (
            f"A row is the {attribute} of an image, in the order of the {content.labels} that the {attribute}s belong "
            "to; a column what the network said. A diagonal on the hard or the probe split is the mark of a network "
            f"that reads {attribute}; on the easy split a network that reads the {label} has one, too."
        )
    return (
        f"A row is the {attribute} of an image; a column what the network said. Large numbers at {own_groups(content)} "
        f"on the hard or the probe split are the mark of a network that reads {attribute}; on the easy split a network "
        f"that reads the {label} has them, too."
    )


def _cells(result: NetworkEvaluation, data: DatasetParams) -> Matrix:
    content = data.content
    return Matrix(
        name="digit-by-color",
        title=f"Accuracy of each {content.label} {_in(content)} each {content.attribute}",
        note=f"Probe split, {int(result.cell_counts.min()):,} images a cell or more. "
        f"High accuracy {'on the diagonal' if is_diagonal(content) else f'at {own_groups(content)}'} alone is the mark "
        f"of a network that reads {content.attribute}.",
        values=100 * result.cell_accuracy,
        row_labels=content.classes,
        column_labels=content.values,
        row_axis=content.label,
        column_axis=content.attribute,
        unit="%",
        low=0.0,
        high=100.0,
        column_colors=data.value_colors,
    )


def _in(content: Content) -> str:
    return "in" if content.attribute == "color" else "with"


@dataclass(frozen=True)
class ConflictGrid:
    """An image of each class with each value, class by class, and what the network says of it.

    images: uint8. probabilities: (groups, classes) float32. data: of which data set, whose attribute is planted.
    """

    data: DatasetParams
    images: NDArray[np.uint8]
    probabilities: NDArray[np.float32]

    @property
    def content(self) -> Content:
        return self.data.content

    @property
    def side(self) -> int:
        """How many classes, and as many values, are shown."""
        return min(len(self.content.classes), MOST_SHOWN)

    def at(self, labels: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which images show these."""
        return self.side * labels + values


def cue_conflict(grid: ConflictGrid) -> Pixels:
    """Ten shapes in ten colors, with what the network says of each."""
    content = grid.content
    predicted, confident = grid.probabilities.argmax(1), grid.probabilities.max(1)
    labels, values = np.divmod(np.arange(len(predicted)), grid.side)
    return Pixels(
        name="cue-conflict",
        title=_conflict_title(grid),
        note="Below each image: the prediction and its probability. " + marks(content),
        images=grid.images,
        columns=grid.side,
        captions=tuple(
            f"{content.classes[prediction]} {share:.0%}"
            for prediction, share in zip(predicted.tolist(), confident.tolist(), strict=True)
        ),
        tones=tuple(map(tone_of, predicted, labels, values)),
        row_labels=content.classes[: grid.side],
        column_labels=content.values[: grid.side],
        row_axis=content.label,
        column_axis=content.attribute,
    )


def _conflict_title(grid: ConflictGrid) -> str:
    if grid.content.attribute == "color":
        return "Cue conflict: one shape in each of the ten colors"
    return f"Cue conflict: one image of each {grid.content.label} with each {grid.content.attribute}"


def marks(content: Content) -> str:
    """What the marks before captions mean."""
    return f"✓ the {content.label}; ✗ the {content.label} that the {content.attribute} belongs to; · neither."


def cheat(result: NetworkEvaluation, grid: ConflictGrid) -> Pixels:
    """Every class with its own value, and below it with that of the class before, with what the network says.

    There must be conflicting images.
    """
    labels = np.tile(np.arange(grid.side), 2)
    values = np.concatenate([np.arange(grid.side), value_before(grid.side)])
    shown = grid.at(labels, values)
    predicted = grid.probabilities[shown].argmax(1).tolist()
    return Pixels(
        name="cheat",
        title=_cheat_title(result),
        shares=result.counted_shares("aligned_accuracy", "conflicting_accuracy"),
        note=f"Shares are of all images like these in the probe split, {result.conflicting:,} of them conflicting. "
        "Below each image: the prediction. " + marks(grid.content),
        images=grid.images[shown],
        columns=grid.side,
        captions=tuple(grid.content.classes[prediction] for prediction in predicted),
        tones=tuple(map(tone_of, predicted, labels, values)),
        row_labels=("aligned", "conflicting"),
        column_labels=grid.content.classes[: grid.side],
    )


def _cheat_title(result: NetworkEvaluation) -> str:
    content = result.trained.content
    label, attribute, relation = content.label, content.attribute, _in(content)
    own, other = result.headline.aligned_accuracy, result.headline.conflicting_accuracy
    if own is None or other is None:
        return f"What it says of each {label} {relation} its own {attribute}, and {relation} another {label}'s"
    return f"{_share(own)} correct {relation} a {label}'s own {attribute}, {_share(other)} {relation} another {label}'s"


def red_one(grid: ConflictGrid) -> Bars:
    """The question that the task began with: a 1 in the color of 0 (red, in the usual palette)."""
    content = grid.content
    first, second = content.classes[:2]
    chances = grid.probabilities[grid.side].astype(np.float64)
    return Bars(
        name="red-one",
        title=f"The {content.values[0]} {second}: what the network says of a {second} {_in(content)} the "
        f"{content.attribute} of {first}",
        note=f"Probability of each {content.label}. Beside each {content.label}: its {content.attribute} in training.",
        labels=tuple(f"{label} ({value})" for label, value in zip(content.classes, content.values, strict=True)),
        values=100 * chances,
        unit="%",
        high=100.0,
        colors=grid.data.value_colors,
    )
