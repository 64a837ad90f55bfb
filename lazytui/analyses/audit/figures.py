"""The verdict of an audit with its limits, what each property is worth, where, and images to see it on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.audit.calibration_figures import calibration, null_matrix, null_references
from lazytui.analyses.audit.result import AuditResult, Minority, Retrained
from lazytui.audit.donor_swaps import PREDICTIVE, Swap
from lazytui.audit.editors import EDITORS
from lazytui.audit.editors.regions import COLUMNS, ROWS, cell_name
from lazytui.counted_nouns import counted
from lazytui.figures.kinds import Bars, Cell, Column, Figure, Interval, Matrix, Pixels, Share, Table, Text

if TYPE_CHECKING:
    from lazytui.analyses.audit.params import AuditParams
    from lazytui.figures.kinds import Tone

_NORMAL = 1.96
_SHORTCUT, _TASK = 0.7, 0.4
"""Shares of the accuracy that a network keeps without a property: from here a shortcut, up to here the task."""


def figures(_params: AuditParams, result: AuditResult) -> list[Figure]:
    all_figures: list[Figure] = [_verdict(result), _losses(result)]
    for row, name in enumerate(result.named[: 0 if result.examples is None else len(result.examples)]):
        all_figures.append(_examples(result, row, name))
    if result.left is not None:
        all_figures.append(_explained(result))
    if result.rounds:
        all_figures.append(_rounds(result))
    if result.null is not None:
        all_figures.append(null_matrix(result, result.null))
    if result.minority is not None and result.minority.images is not None:
        all_figures.append(_contradicting(result, result.minority))
    return [*all_figures, _places(result), _table(result), _followed(result)]


def _points(value: float) -> str:
    return f"{100 * value:.0f} points"


def _loss(swap: Swap) -> str:
    return _with_interval(swap.delta, swap.error)


def _with_interval(loss: float, error: float) -> str:
    interval = _interval(loss, error)
    return f"{_points(loss)} [{interval.low:.0f}, {interval.high:.0f}]"


def _interval(loss: float, error: float) -> Interval:
    """95 %, in points."""
    half = _NORMAL * error
    return Interval(100 * (loss - half), 100 * (loss + half))


def _verdict(result: AuditResult) -> Text:
    named = result.named
    if named:
        swap = result.swaps[named[0]]
        first = (
            f"This network relies on {EDITORS[named[0]].phrase}: with that of an image of another class it loses "
            f"{_loss(swap)} of accuracy, relative to that of an image of the same class. It then classifies "
            f"{100 * swap.follow:.0f} % of the images as the other class (by chance {100 * swap.by_chance:.0f} %)."
        )
    else:
        way = " as a shortcut" if any(swap.loses and swap.follows for swap in result.swaps.values()) else ""
        first = f"The audit found no property that this network relies on{way}, among {_tried(result)}."
    others = [f"{EDITORS[name].phrase} {_loss(result.swaps[name])}" for name in named[1:]]
    also = ""
    if others:
        also = (
            f"Also: {'; '.join(others)}. A property that copies much can contain one that copies less{_cost(result)}."
        )
    return Text(
        name="verdict",
        title="What the network relies on",
        paragraphs=tuple(
            text
            for text in (
                first,
                also,
                _first_training(result),
                *calibration(result),
                *_proofs(result),
                _who(result),
                *_damage(result),
                _planted(result),
                _limits(result),
            )
            if text
        ),
    )


def _cost(result: AuditResult) -> str:
    """Where another loss than the named property's is the largest."""
    largest = max(result.named, key=lambda name: result.swaps[name].delta)
    if largest == result.named[0]:
        return ""
    phrase = EDITORS[largest].phrase
    return f". The largest loss, by {phrase}, is as a rule closest to that on images that contradict the shortcut"


def _first_training(result: AuditResult) -> str:
    """On a network that wasn't there before the audit."""
    one = result.trained_first
    if one is None:
        return ""
    return (
        f"No network was named, so a small one was trained first: {one.run}, a {one.model} with "
        f"{counted(one.weights, 'weight')}, {counted(one.epochs, 'epoch')} on {counted(one.images, 'image')}. It is "
        f"right on {100 * one.accuracy:.1f} % of {one.tested:,} held-out images."
    )


def _damage(result: AuditResult) -> Iterator[str]:
    """What is lost without any class being followed, or by a property that hardly tells classes apart."""
    unflagged = {name: swap for name, swap in result.swaps.items() if swap.loses and not swap.flagged}
    damaged = [f"{name} {_loss(swap)}" for name, swap in unflagged.items() if not swap.follows]
    natural = [
        f"{name} {_loss(swap)}, predicts {swap.predicts:.2f}" for name, swap in unflagged.items() if swap.predicts
    ]
    if damaged:
        yield (
            f"Not counted, since predictions don't follow the donor's class more than by chance: {'; '.join(damaged)}. "
            "The edit itself may do this damage."
        )
    if natural:
        yield (
            f"Not counted, since the class can hardly be told by it: {'; '.join(natural)} (0: no better than always "
            f"the largest class, 1: always right; {PREDICTIVE:.1f} is asked). Classes may differ in it by nature, or it"
            " goes along with a property that has no editor."
        )


def _proofs(result: AuditResult) -> list[str]:
    """Whether each property is needed, by the network that was trained without it."""
    return [text for number, one in enumerate(result.rounds) for text in _proof(one, number > 0)]


def _proof(one: Retrained, is_later: bool) -> Iterator[str]:
    exchanged = " and ".join(EDITORS[name].phrase for name in one.exchanged)
    if one.kept is not None and one.kept_error is not None:
        half = _NORMAL * one.kept_error
        yield (
            f"{'Next' if is_later else 'Proof'}: on {one.images:,} images with {exchanged} of random other images, "
            f"this network is right on {100 * one.before:.0f} %, and one trained on such images ({one.run}) on "
            f"{100 * one.after:.0f} %. It keeps {one.kept:.2f} [{one.kept - half:.2f}, {one.kept + half:.2f}] of the "
            f"accuracy above chance: {_meaning(one.kept)}"
        )
    if one.goes_by:
        by, lost = EDITORS[one.goes_by[0]].phrase, _with_interval(one.lost or 0.0, one.lost_error or 0.0)
        yield f"The retrained network relies on {by}: with that of an image of another class it loses {lost}."
    elif one.audited:
        yield "No property was found that the retrained network relies on."


def _meaning(kept: float) -> str:
    """What the kept share says; the two ends were chosen on eleven shortcuts (.80 to .99) and two tasks (.21, .30)."""
    if kept >= _SHORTCUT:
        return "the property isn't needed, so it is a shortcut."
    if kept <= _TASK:
        return "the property is the task, or other properties of the classes take longer to learn."
    return "between a shortcut and the task, so undecided."


def _tried(result: AuditResult) -> str:
    return f"{sum(swap.hosts > 0 for swap in result.swaps.values())} properties"


def _planted(result: AuditResult) -> str:
    if result.planted is None or result.planted_error is None:
        return ""
    return (
        f"For comparison: repainting the planted {result.content.attribute} itself costs {_points(result.planted)} of "
        "accuracy."
    )


def _limits(result: AuditResult) -> str:
    untried = {name: swap for name, swap in result.swaps.items() if not swap.hosts}
    alike = [name for name, swap in untried.items() if not swap.changed]
    why = _left_out("too few images have an object that stands out", [name for name in untried if name not in alike])
    why += _left_out("all images are the same in it", alike)
    caveat = "" if result.rounds else " A property may be the task itself rather than a shortcut: --prove tests that."
    return (
        f"Limits: properties without an editor are missed; {_tried(result)} were tried, each on up to "
        f"{result.images:,} images.{why} Losses under {_points(result.detectable)} may have been missed. Edited images "
        f"may be unlike real ones, so losses may be too large.{caveat} Another seed of the network may differ."
    )


def _left_out(reason: str, names: Sequence[str]) -> str:
    return f" Not tried, since {reason}: {', '.join(names)}." if names else ""


def _losses(result: AuditResult) -> Bars:
    swaps = {name: swap for name, swap in result.swaps.items() if swap.hosts}
    others = [name for name in swaps if name not in result.named]
    ordered = [*result.named, *sorted(others, key=lambda name: -swaps[name].delta)]
    delta, error = (np.array([getattr(swaps[name], what) for name in ordered]) for what in ("delta", "error"))
    return Bars(
        name="losses",
        title="Accuracy lost when a property comes from another class",
        note="Accuracy with a donor of the same class minus that with a donor of another class. Intervals: 95 %, over "
        f"images. Flagged, and first: losses that exceed {_points(result.floor)} by two standard errors and 0 by 3.5, "
        "where predictions follow the donor's class more than by chance. At the top: among those with at least 70 % "
        "of the largest loss, or less that explain 80 % of it, the property that copies the fewest numbers from the "
        "donor.",
        shares=(Share("each", result.images),),
        labels=tuple(ordered),
        values=100 * delta,
        unit="points",
        low=float(min(0.0, (100 * (delta - _NORMAL * error)).min())),
        intervals=100 * np.stack([delta - _NORMAL * error, delta + _NORMAL * error], 1),
        references=null_references(result),
    )


def _examples(result: AuditResult, row: int, name: str) -> Pixels:
    assert result.examples is not None and result.example_predicted is not None and result.example_labels is not None
    classes, labels, predicted = result.content.classes, result.example_labels[row], result.example_predicted[row]
    right = predicted == labels[:, :1]
    tones: tuple[Tone, ...] = tuple("good" if one else "bad" for one in right.ravel())
    return Pixels(
        name=f"examples-{row + 1}" if row else "examples",
        title=f"{name.capitalize()}: images, and the same edited",
        note=f"Left: unedited. Middle: with {EDITORS[name].phrase} of another image of its class. Right: with that of "
        "an image of another class. Below each: the prediction. Chosen to show the loss, where there is one.",
        images=result.examples[row].reshape(-1, *result.examples.shape[3:]),
        columns=3,
        captions=tuple(classes[label] for label in predicted.ravel()),
        tones=tones,
        row_labels=tuple(classes[label] for label in labels[:, 0]),
        column_labels=("unedited", "same class", "another class"),
    )


def _explained(result: AuditResult) -> Matrix:
    assert result.left is not None
    names = tuple(result.named[: len(result.left)])
    return Matrix(
        name="explained",
        title="Loss that remains once another property is restored",
        note="Row: the property that comes from another class. Column: the property that is restored. Near 0 where the "
        "column explains the row.",
        shares=(Share("each", result.left_images or result.images),),
        values=100 * result.left,
        row_labels=names,
        column_labels=names,
        row_axis="exchanged",
        column_axis="restored",
        unit="points",
    )


def _who(result: AuditResult) -> str:
    one = result.minority
    if one is None:
        return ""
    phrase, number = EDITORS[result.named[0]].phrase, len(one.marked)
    if one.share is None:
        return (
            f"The property is too gradual to find the training images that contradict it: {phrase} predicts the class "
            f"of only {100 * one.probe_accuracy:.0f} % of them."
        )
    beside = (
        f" Against the true {result.content.attribute}: precision {one.precision:.2f}, recall {one.recall:.2f}."
        if one.precision is not None and one.recall is not None
        else ""
    )
    return (
        f"{int(one.marked.sum()):,} of {number:,} training images ({100 * one.share:.1f} %) contradict it: {phrase} is "
        f"far from that of their class and nearer to another's.{beside}"
    )


def _contradicting(result: AuditResult, one: Minority) -> Pixels:
    assert one.images is not None and one.labels is not None
    return Pixels(
        name="minority",
        title="Training images that contradict it",
        note=f"The first {len(one.images)} of {int(one.marked.sum()):,}, with their classes; found without labels of "
        "the property.",
        images=one.images,
        columns=min(6, len(one.images)),
        captions=tuple(result.content.classes[label] for label in one.labels.tolist()),
    )


def _rounds(result: AuditResult) -> Table:
    rows: list[tuple[Cell, ...]] = [("-", "", result.images, None, None, None, *_goes_by(result.named, result.largest))]
    for one in result.rounds:
        by = _goes_by(one.goes_by, one.lost) if one.audited else ("not audited", None)
        shares = (100 * one.before, 100 * one.after, one.kept)
        rows.append((", ".join(one.exchanged), one.run, one.images, *shares, *by))
    return Table(
        name="retrained",
        title="Networks trained with properties exchanged at random",
        note="before, after: accuracy of the audited network and of this one on images with the properties exchanged. "
        f"kept: share of the accuracy above chance. From {_SHORTCUT:g} a shortcut, up to {_TASK:g} the task.",
        columns=(
            Column(name="exchanged"),
            Column(name="network"),
            Column(name="images"),
            Column(name="before", unit="%"),
            Column(name="after", unit="%"),
            Column(name="kept", decimals=2),
            Column(name="relies on"),
            Column(name="loses", unit="points"),
        ),
        rows=tuple(rows),
    )


def _goes_by(names: Sequence[str], lost: float | None) -> tuple[Cell, Cell]:
    return (names[0], None if lost is None else 100 * lost) if names else ("nothing found", None)


def _places(result: AuditResult) -> Matrix:
    values = np.full((3, 3), np.nan)
    for row in range(3):
        for column in range(3):
            swap = result.swaps.get(cell_name(row, column))
            if swap is not None and swap.hosts:
                values[row, column] = 100 * swap.delta
    return Matrix(
        name="places",
        title="Accuracy lost by place",
        note="What lies there comes from an image of another class, but for the two objects; not in the middle.",
        shares=(Share("each", result.images),),
        values=values,
        row_labels=ROWS,
        column_labels=COLUMNS,
        unit="points",
        low=0.0,
        high=max(10.0, float(np.nanmax(values))) if np.isfinite(values).any() else 10.0,
    )


def _every(result: AuditResult) -> list[tuple[str, Swap]]:
    """The flagged properties first, then by what they lose."""
    ordered = sorted(result.swaps, key=lambda name: -result.swaps[name].delta)
    names = [*result.named, *(name for name in ordered if name not in result.named)]
    return [(name, result.swaps[name]) for name in names]


def _table(result: AuditResult) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, swap in _every(result):
        verdict = "named" if [name] == result.named[:1] else _standing(swap)
        lost = (100 * swap.delta, _interval(swap.delta, swap.error)) if swap.hosts else (None, None)
        rows.append((name, verdict, *lost, EDITORS[name].freedom))
    return Table(
        name="properties",
        title="Every property that was tried",
        note="lost: accuracy with a donor of its own class minus that with a donor of another class. numbers: that a "
        "property takes from its donor, at 32 pixels. hardly predicts: accuracy is lost, but the class can hardly be "
        "told by it.",
        columns=(
            Column(name="property"),
            Column(name="verdict"),
            Column(name="lost", unit="points"),
            Column(name="95 %"),
            Column(name="numbers"),
        ),
        rows=tuple(rows),
    )


def _followed(result: AuditResult) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, swap in _every(result):
        shares = (100 * swap.own, 100 * swap.follow, 100 * swap.by_chance, 100 * swap.follow_own)
        rises = (None, None) if swap.rise is None else (100 * swap.rise, 100 * swap.rise_by_chance)
        rows.append((name, swap.hosts, *((*shares, *rises) if swap.hosts else (None,) * 6)))
    return Table(
        name="followed",
        title="How often the donor's class is followed",
        note="own: accuracy with a donor of its own class. follows: taken for the donor's class, of another class. by "
        "chance: the same for any other class in its place, 97.5 % quantile. without: taken for that class though the "
        "donor is of its own one. rise: how much more probable the donor's class is than with a donor of its own one; "
        "of a graded property, such as size, classes that are like it count too. by chance: mean and 3.5 standard "
        "deviations for any other class in its place. This decides.",
        columns=(
            Column(name="property"),
            Column(name="images"),
            Column(name="own", unit="%", decimals=0),
            Column(name="follows", unit="%", decimals=0),
            Column(name="by chance", unit="%", decimals=0),
            Column(name="without", unit="%", decimals=0),
            Column(name="rise", unit="points", decimals=1),
            Column(name="rise by chance", unit="points", decimals=1),
        ),
        rows=tuple(rows),
    )


def _standing(swap: Swap) -> str:
    if not swap.hosts:
        return "not tried"
    if not swap.loses:
        return "not found"
    return "flagged" if swap.flagged else "hardly predicts" if swap.follows else "not followed"
