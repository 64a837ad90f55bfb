"""The groups in a sentence, their agreement with the true ones, and the images that contradict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.groups.corrections import Corrections, read_corrections
from lazytui.counted_nouns import counted
from lazytui.evaluation.robustness import wilson_interval
from lazytui.figures.kinds import Cell, Column, Figure, Matrix, PartOf, Pixels, Share, Table, Text
from lazytui.groups import WAYS

if TYPE_CHECKING:
    from lazytui.analyses.groups.params import GroupsParams
    from lazytui.analyses.groups.result import GroupsResult


def figures(params: GroupsParams, result: GroupsResult) -> list[Figure]:
    all_figures: list[Figure] = [_verdict(params, result)]
    if result.examples is not None:
        all_figures.append(images_to_review(result, read_corrections(params, result.content)))
    all_figures.append(_by_class(result))
    if len(result.content.classes) <= 30:  # more don't fit on a screen
        all_figures.append(_like(result))
    return all_figures


def _verdict(params: GroupsParams, result: GroupsResult) -> Text:
    number, all_ = int(result.contradicting.sum()), len(result.like)
    how = f"{result.why} is far from that of their class and nearer to another's" if result.why else WAYS[params.by]
    texts = [
        f"{number:,} of {all_:,} training images ({100 * result.marked:.1f} %) contradict the network's shortcut, "
        f"inferred without labels of it. {how[0].upper()}{how[1:].rstrip('.')}.",
        _agreement(result),
        _reviewed(result),
        "Methods that read groups use these instead of labels: lazytui run train --method group-dro --groups latest.",
    ]
    return Text(name="verdict", title="Groups without labels", paragraphs=tuple(filter(None, texts)))


def _agreement(result: GroupsResult) -> str:
    if result.prevalence is None or result.recall is None:
        return ""
    precision = "–" if result.precision is None else f"{result.precision:.2f}"
    ranked = "" if result.average_precision is None else f", average precision {result.average_precision:.2f}"
    return (
        f"Against the true {result.content.attribute}, which this doesn't read: precision {precision} (by chance "
        f"{result.prevalence:.2f}), recall {result.recall:.2f}{ranked}; adjusted Rand index of the groups "
        f"{result.rand or 0.0:.2f}."
    )


def _reviewed(result: GroupsResult) -> str:
    """How many images a person reviewed, and the precision of the marks by these."""
    if not result.corrected:
        return ""
    first = f"You reviewed {counted(result.corrected, 'image')}."
    right, wrong = result.confirmed, result.rejected
    if right is None or wrong is None or not right + wrong:
        return first
    share = right / (right + wrong)
    low, high = (100 * end for end in wilson_interval(share, right + wrong))
    return (
        f"{first} You confirmed {right:,} and rejected {wrong:,} of the marks: {100 * share:.0f} % are right (95 % "
        f"interval {low:.0f} to {high:.0f} %)."
    )


def images_to_review(result: GroupsResult, corrections: Corrections) -> Pixels:
    """corrections: so far. The result must have images."""
    assert result.examples is not None and result.numbers is not None
    numbers = result.numbers.tolist()
    return Pixels(
        name="images",
        title="Training images that contradict",
        note=f"{counted(len(numbers), 'image')} of the {int(result.contradicting.sum()):,} that contradict and the "
        f"{result.corrected:,} that you reviewed. Below each: its number, its {result.content.label}, and the "
        f"{result.content.label} that it is like. ✓: you confirmed it (--contradicting NUMBER:CLASS). ✗: it doesn't "
        "contradict (--agreeing NUMBER).",
        images=result.examples,
        columns=min(6, len(numbers)),
        captions=tuple(_caption(result, number, corrections) for number in numbers),
    )


def image_to_review(result: GroupsResult, index: int, corrections: Corrections) -> Pixels:
    """One of them, large. index: among the images that are shown."""
    assert result.examples is not None and result.numbers is not None
    number, content = int(result.numbers[index]), result.content
    own, like = content.classes[result.labels[number]], corrections.get(number, int(result.like[number]))
    contradicts = like is not None and like != result.labels[number]
    verdict = f"like {content.classes[like]}" if contradicts and like is not None else "doesn't contradict"
    reviewed = ", reviewed" if number in corrections else ""
    return Pixels(
        name="image",
        title=f"Image {number}: {content.label} {own}, {verdict}{reviewed}",
        images=result.examples[index : index + 1],
        columns=1,
    )


def _caption(result: GroupsResult, number: int, corrections: Corrections) -> str:
    """`17: 3/5`, `✓ 17: 3/8` or `✗ 17: 3`"""
    classes = result.content.classes
    own = classes[result.labels[number]]
    if number not in corrections:
        return f"{number}: {own}/{classes[result.like[number]]}"
    like = corrections[number]
    return f"✗ {number}: {own}" if like is None else f"✓ {number}: {own}/{classes[like]}"


def _by_class(result: GroupsResult) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for index, name in enumerate(result.content.classes):
        members = result.labels == index
        marked = result.contradicting & members
        row: list[Cell] = [name, PartOf(int(marked.sum()), int(members.sum()))]
        if result.conflicting is not None:
            truth = result.conflicting & members
            hits = int((marked & truth).sum())
            row += [PartOf(hits, int(marked.sum())), PartOf(hits, int(truth.sum()))]
        rows.append(tuple(row))
    columns = [Column(name=result.content.label), Column(name="contradict")]
    if result.conflicting is not None:
        columns += [Column(name="precision"), Column(name="recall")]
    return Table(
        name="by-class",
        title="Contradicting images by class",
        note="contradict: of the training images of the class. precision: of the marked images, those whose value goes "
        "with another class. recall: of these, those that are marked."
        if result.conflicting is not None
        else "Of the training images of the class.",
        columns=tuple(columns),
        rows=tuple(rows),
    )


def _like(result: GroupsResult) -> Matrix:
    classes = result.content.classes
    counts = np.zeros((len(classes), len(classes)))
    np.add.at(counts, (result.labels, result.like), 1)
    return Matrix(
        name="groups",
        title="Groups: class by the class that an image is like",
        note="Off the diagonal: images that contradict.",
        shares=(Share("each", len(result.like), "images"),),
        values=counts,
        row_labels=classes,
        column_labels=classes,
        row_axis=result.content.label,
        column_axis="like",
        unit="images",
    )
