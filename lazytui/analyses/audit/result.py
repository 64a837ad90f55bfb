"""What `audit` finds: what each property of the images is worth to a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.audit.donor_swaps import FLOOR, Swap, exceeds_chance
from lazytui.audit.editors import EDITORS
from lazytui.audit.naming import named_cues
from lazytui.data.content import Content
from lazytui.runs.results.result_contents import (
    ANY,
    COUNT,
    SHARE,
    Count,
    Damaged,
    Name,
    Number,
    counts,
    flags,
    images,
    indices,
    numbers,
    shares,
)
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Key, Part, read_fields

if TYPE_CHECKING:
    from lazytui.analyses.audit.params import AuditParams

_NEWER = ("rise", "rise_by_chance", "predicts")
_COLUMNS = ("hosts", "delta", "error", "own", "follow", "by_chance", "follow_own", "changed", *_NEWER, "explains")
_OF_NULL = ("hosts", "delta", "error", "follow", "by_chance", *_NEWER)
"""Of `Swap`, in the result and in its null. The last ones are newer than the first results, and NaN where they weren't
asked."""

SIDES = ("image", "own", "other")
"""Of an example: as it is; with the property from an image of its own class; from one of another class."""

_Rate = Annotated[float, Field(strict=True, ge=0, le=1)]

_OF_EXAMPLES = indices("shown", "examples", 3, below="classes").optional


@dataclass(frozen=True, kw_only=True, eq=False)
class Minority:
    """The training images that contradict the named property.

    probe_accuracy: cross-validated, of a linear probe of the property for the class. share: of the training images
    that contradict it; None where the property is too gradual to say who. precision, recall: against the attribute,
    where the images have one; None where they have none. marked: (training,), whether an image contradicts. images:
    (shown, h, w, 3) of these the first, and labels, their classes.
    """

    probe_accuracy: Annotated[float, SHARE, Key("told")]
    share: Annotated[float | None, SHARE]
    precision: Annotated[float | None, SHARE]
    recall: Annotated[float | None, SHARE]
    marked: Annotated[NDArray[np.bool_], flags("training")]
    images: Annotated[NDArray[np.uint8] | None, images("shown").optional] = None
    labels: Annotated[NDArray[np.int64] | None, indices("shown", below="/classes").optional] = None


@dataclass(frozen=True, kw_only=True)
class Retrained:
    """A network that was trained with properties exchanged at random.

    exchanged: these. run: its reference. images: in which the properties can be exchanged. before, after: accuracy of
    the audited network and of this one on these with the properties exchanged; unaltered: of the audited one on them as
    they are; chance: the share of the largest class. audited: whether this network was audited; goes_by: what is
    flagged of it then, the named one first, and what that loses.
    """

    exchanged: tuple[Name, ...]
    run: Name
    images: Annotated[Count, Field(ge=1)]
    before: _Rate
    after: _Rate
    unaltered: _Rate
    chance: _Rate
    audited: bool
    goes_by: tuple[Name, ...] = ()
    lost: Number | None = None
    lost_error: Number | None = None

    @property
    def kept(self) -> float | None:
        """Of the accuracy above chance, what a network keeps that never had the properties; None where there is
        none."""
        above = self.unaltered - self.chance
        return (self.after - self.chance) / above if above > 0 else None

    @property
    def kept_error(self) -> float | None:
        """Standard error, of the share of images that are recognized."""
        above = self.unaltered - self.chance
        deviation = max(self.after * (1 - self.after), 0.25 / self.images) ** 0.5
        return deviation / self.images**0.5 / above if above > 0 else None


@dataclass(frozen=True, kw_only=True)
class FirstTraining:
    """The network, where none was named and one was trained for the audit.

    run: its reference. images: that it learned from, in so many epochs. weights: how many it has. accuracy: on `tested`
    held-out images of the same bias.
    """

    run: Name
    model: Name
    images: Annotated[Count, Field(ge=1)]
    epochs: Annotated[Count, Field(ge=1)]
    weights: Count
    tested: Annotated[Count, Field(ge=1)]
    accuracy: _Rate


@dataclass(frozen=True, kw_only=True)
class CleanTraining:
    """A network of another seed, trained on the images without what was named: part of the null.

    run: its reference. images: that it was audited on, with the properties exchanged as in its training; accuracy on
    these; chance: the share of their largest class.
    """

    run: Name
    images: Annotated[Count, Field(ge=1)]
    accuracy: _Rate
    chance: _Rate

    @property
    def learned(self) -> bool:
        """Whether there is anything that it could lose. One that learned nothing says nothing of false alarms."""
        return exceeds_chance(self.accuracy, self.chance, self.images)


@dataclass(frozen=True, kw_only=True, eq=False)
class Null:
    """What clean trainings lose by each property.

    tests: properties that were tried on networks that learned anything, counted once a network. alarms: how many of
    these are flagged by the usual rule. largest: their largest loss; None without any. floor: what a loss less two
    standard errors must exceed. hosts, delta, error, follow, by_chance, rise, rise_by_chance, predicts: (networks,
    cues), as of `Swap`, of all; older results lack the last three.
    """

    tests: Annotated[int, COUNT]
    alarms: Annotated[int, COUNT]
    largest: Annotated[float | None, ANY]
    floor: Annotated[float, SHARE]
    hosts: Annotated[NDArray[np.int64], counts("networks", "/cues")]
    delta: Annotated[NDArray[np.float64], numbers("networks", "/cues").defined]
    error: Annotated[NDArray[np.float64], numbers("networks", "/cues").defined]
    follow: Annotated[NDArray[np.float64], shares("networks", "/cues").defined]
    by_chance: Annotated[NDArray[np.float64], shares("networks", "/cues").defined]
    rise: Annotated[NDArray[np.float64] | None, numbers("networks", "/cues").optional] = None
    rise_by_chance: Annotated[NDArray[np.float64] | None, numbers("networks", "/cues").optional] = None
    predicts: Annotated[NDArray[np.float64] | None, numbers("networks", "/cues").optional] = None

    def swaps(self, network: int) -> list[Swap]:
        """Of one network, in the order of the properties, by the usual rule."""
        columns = {name: getattr(self, name)[network] for name in _OF_NULL if getattr(self, name) is not None}
        return swaps_of_columns(columns)


@dataclass(frozen=True, kw_only=True, eq=False)
class AuditResult(OfImages):
    """What is lost when a property comes from an image of another class, for every property that was tried.

    cues: their names. accuracy: on the images that were edited, before. largest, largest_error: the loss of the named
    property and its standard error; None where none is flagged. flagged: how many are. detectable: the smallest loss
    that would have been flagged, of the property for which that is largest. planted, planted_error: the loss by
    repainting what was planted in the data; None where nothing was. kept, kept_error: of the first of `rounds`.
    trained_first: the network, where none was named. null: what is lost by chance, of `clean` trainings without the
    properties `clean_without`; None where that wasn't asked. null_by: the property of their largest loss.

    hosts, delta, error, own, follow, by_chance, follow_own, changed, rise, rise_by_chance, predicts, explains: (cues,),
    as of `Swap`; older results lack the last five. left: (flagged, flagged), what is left of the loss by one flagged
    property (row) once another (column) is as it was, on left_images of the images, or on all in older results; NaN on
    the diagonal. examples: (shown, examples, 3, h, w, 3), of the flagged properties first, in the order of `SIDES`;
    example_predicted, example_labels: of them the predicted class, and the class of the image and of its donors.
    """

    accuracy: Annotated[float, SHARE]
    largest: Annotated[float | None, ANY]
    largest_error: Annotated[float | None, ANY]
    flagged: Annotated[int, COUNT]
    detectable: Annotated[float, ANY]
    planted: Annotated[float | None, ANY]
    planted_error: Annotated[float | None, ANY]
    kept: Annotated[float | None, ANY.omitted] = None
    kept_error: Annotated[float | None, ANY.omitted] = None
    cues: tuple[Name, ...]
    images: Count
    left_images: Count | None = None
    palette_name: PaletteName
    recorded_content: Content | None = None
    rounds: tuple[Retrained, ...] = ()
    minority: Annotated[Minority | None, Part("minority_")] = None
    trained_first: FirstTraining | None = None
    clean: tuple[CleanTraining, ...] = ()
    clean_without: tuple[Name, ...] = ()
    null: Annotated[Null | None, Part("null_")] = None
    null_by: Name | None = None
    hosts: Annotated[NDArray[np.int64], counts("cues")]
    delta: Annotated[NDArray[np.float64], numbers("cues").defined]
    error: Annotated[NDArray[np.float64], numbers("cues").defined]
    own: Annotated[NDArray[np.float64], shares("cues").defined]
    follow: Annotated[NDArray[np.float64], shares("cues").defined]
    by_chance: Annotated[NDArray[np.float64], shares("cues").defined]
    follow_own: Annotated[NDArray[np.float64], shares("cues").defined]
    changed: Annotated[NDArray[np.float64] | None, shares("cues").defined.optional] = None
    rise: Annotated[NDArray[np.float64] | None, numbers("cues").optional] = None
    rise_by_chance: Annotated[NDArray[np.float64] | None, numbers("cues").optional] = None
    predicts: Annotated[NDArray[np.float64] | None, numbers("cues").optional] = None
    explains: Annotated[NDArray[np.float64] | None, numbers("cues").optional] = None
    left: Annotated[NDArray[np.float64] | None, numbers("explained", "explained").optional] = None
    examples: Annotated[NDArray[np.uint8] | None, images("shown", "examples", 3).optional] = None
    example_predicted: Annotated[NDArray[np.int64] | None, _OF_EXAMPLES] = None
    example_labels: Annotated[NDArray[np.int64] | None, _OF_EXAMPLES] = None

    @cached_property
    def swaps(self) -> dict[str, Swap]:
        """By the name of the property."""
        columns = {name: getattr(self, name) for name in _COLUMNS if getattr(self, name) is not None}
        named = zip(self.cues, swaps_of_columns(columns), strict=True)
        return {name: replace(swap, floor=self.floor) for name, swap in named}

    @property
    def at_usual_floor(self) -> dict[str, Swap]:
        """The same as they are judged without a null."""
        return {name: replace(swap, floor=FLOOR) for name, swap in self.swaps.items()}

    @property
    def floor(self) -> float:
        """What a loss less two standard errors must exceed to be flagged."""
        return FLOOR if self.null is None else self.null.floor

    @cached_property
    def named(self) -> list[str]:
        """The flagged properties, the named one first."""
        return named_cues(self.swaps, EDITORS)


def audited_network(params: AuditParams, result: AuditResult) -> str:
    """The reference of the network: the one that was named, or the one that was trained first. Raises Damaged where
    there is neither."""
    if params.run is not None:
        return params.run
    if result.trained_first is None:
        raise Damaged("it names no network and trained none")
    return result.trained_first.run


def columns_of(swaps: Iterable[Swap], names: Sequence[str] = _COLUMNS) -> dict[str, NDArray[np.generic]]:
    """The columns of the result. What wasn't asked is NaN."""
    swaps = list(swaps)
    return {
        name: np.array([getattr(swap, name) for swap in swaps], np.int64 if name == "hosts" else np.float64)
        for name in names
    }


def swaps_of_columns(columns: Mapping[str, NDArray[np.generic]]) -> list[Swap]:
    """The same as they were."""
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    defined = ({name: value for name, value in zip(columns, row, strict=True) if not np.isnan(value)} for row in rows)
    return [Swap(**values) for values in defined]


def null_of(clean: Sequence[CleanTraining], swaps: Sequence[Mapping[str, Swap]]) -> tuple[Null, str | None]:
    """The null of networks and of what each loses; and the property of the largest loss, if there is one."""
    tested = [_tried(one) for training, one in zip(clean, swaps, strict=True) if training.learned]
    every = [(swap, name) for one in tested for name, swap in one.items()]
    largest = max(every, key=lambda pair: pair[0].delta, default=None)
    every_network = [columns_of(one.values(), _OF_NULL) for one in swaps]
    columns = {name: np.array([one[name] for one in every_network]) for name in _OF_NULL}
    null = Null(
        tests=len(every),
        alarms=sum(swap.flagged for swap, _ in every),
        largest=None if largest is None else largest[0].delta,
        floor=max([FLOOR, *(swap.lowest for swap, _ in every if swap.is_predictive)]),
        **columns,
    )
    return null, None if largest is None else largest[1]


def _tried(swaps: Mapping[str, Swap]) -> dict[str, Swap]:
    return {name: swap for name, swap in swaps.items() if swap.hosts}


def read(params: AuditParams, saved: Result) -> AuditResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    result = read_fields(AuditResult, saved, content_sizes(saved))
    if len(result.cues) != len(result.delta) or len(set(result.cues)) < len(result.cues):
        raise Damaged("it names other properties than it has losses of")
    if unknown := set(result.cues) - EDITORS.keys():
        raise Damaged(f"it has an unknown property: {min(unknown)}")
    if not result.hosts.any() or (result.error < 0).any():
        raise Damaged("it has no loss that was measured, or a negative error")
    of_rounds = {name for one in result.rounds for name in (*one.exchanged, *one.goes_by)}
    if of_rounds - EDITORS.keys() or not all(one.exchanged for one in result.rounds):
        raise Damaged("it exchanged unknown properties, or none")
    if result.minority is not None and not result.flagged:
        raise Damaged("it has images that contradict a property, and flags none")
    if len(result.named) != result.flagged:
        raise Damaged("it counts other properties than it flags")
    if result.left is not None and len(result.left) > result.flagged:
        raise Damaged("it explains more properties than it flags")
    if len({one is None for one in (result.examples, result.example_predicted, result.example_labels)}) > 1:
        raise Damaged("it shows examples without their labels and predictions, or these without examples")
    if result.examples is not None and len(result.examples) > result.flagged:
        raise Damaged("it shows more properties than it flags")
    audited_network(params, result)
    _check_null(result)
    return result


def _check_null(result: AuditResult) -> None:
    """Raises Damaged where the clean trainings aren't those of the null, or it counts other alarms than they raise."""
    null, names = result.null, {*result.clean_without, *([result.null_by] if result.null_by else [])}
    if names - EDITORS.keys():
        raise Damaged(f"its clean trainings have an unknown property: {min(names - EDITORS.keys())}")
    if null is None:
        if result.clean or names:
            raise Damaged("it has clean trainings without their losses")
        return
    if len(result.clean) != len(null.hosts) or (null.error < 0).any():
        raise Damaged("its clean trainings don't match their losses, or an error is negative")
    swaps = [dict(zip(result.cues, null.swaps(row), strict=True)) for row in range(len(result.clean))]
    again, by = null_of(result.clean, swaps)
    same = (again.tests, again.alarms, again.largest, again.floor, by)
    if same != (null.tests, null.alarms, null.largest, null.floor, result.null_by):
        raise Damaged("its null doesn't match its clean trainings")
