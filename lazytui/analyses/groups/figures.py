"""The groups in a sentence, how far they are the true ones, and the images that contradict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.figures.kinds import Cell, Column, Figure, Matrix, PartOf, Pixels, Share, Table, Text
from lazytui.groups import WAYS

if TYPE_CHECKING:
    from lazytui.analyses.groups.params import GroupsParams
    from lazytui.analyses.groups.result import GroupsResult


def figures(params: GroupsParams, result: GroupsResult) -> list[Figure]:
    found: list[Figure] = [_verdict(params, result)]
    if result.examples is not None:
        found.append(_examples(result))
    found.append(_by_class(result))
    if len(result.content.classes) <= 30:  # more don't fit on a screen
        found.append(_like(result))
    return found


def _verdict(params: GroupsParams, result: GroupsResult) -> Text:
    number, all_ = int(result.contradicting.sum()), len(result.like)
    how = f"{result.why} is far from that of their class and nearer to another's" if result.why else WAYS[params.by]
    texts = [
        f"{number:,} of {all_:,} training images ({100 * result.marked:.1f} %) contradict what the network goes by, "
        f"told without a label of it. {how[0].upper()}{how[1:].rstrip('.')}.",
        _agreement(result),
        f"{result.corrected:,} of them by your own word." if result.corrected else "",
        "Methods that read groups take these in place of labels: lazytui run train --method group-dro --groups latest.",
    ]
    return Text(name="verdict", title="Groups without labels", paragraphs=tuple(filter(None, texts)))


def _agreement(result: GroupsResult) -> str:
    if result.prevalence is None or result.recall is None:
        return ""
    precision = "–" if result.precision is None else f"{result.precision:.2f}"
    ranked = (
        "" if result.average_precision is None else f", average precision of the order {result.average_precision:.2f}"
    )
    return (
        f"Beside the {result.content.attribute} of the images, which this doesn't read: precision {precision} (by "
        f"chance {result.prevalence:.2f}), recall {result.recall:.2f}{ranked}; adjusted Rand index of the groups "
        f"{result.rand or 0.0:.2f}."
    )


def _examples(result: GroupsResult) -> Pixels:
    assert result.examples is not None and result.numbers is not None
    classes = result.content.classes
    return Pixels(
        name="images",
        title="Training images that contradict",
        note=f"The first {len(result.numbers)} of {int(result.contradicting.sum()):,}: the number of the image, its "
        "class, and the class that it is like. Correct one by --agreeing NUMBER, or a missed one by --contradicting "
        "NUMBER:CLASS.",
        images=result.examples,
        columns=min(6, len(result.numbers)),
        captions=tuple(
            f"{number}: {classes[result.labels[number]]}/{classes[result.like[number]]}"
            for number in result.numbers.tolist()
        ),
    )


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
        title="Groups: class and class that an image is like",
        note="Off the diagonal: images that contradict.",
        shares=(Share("each", len(result.like), "images"),),
        values=counts,
        row_labels=classes,
        column_labels=classes,
        row_axis=result.content.label,
        column_axis="like",
        unit="images",
    )
