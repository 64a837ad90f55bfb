"""What `audit` finds: what each property of the images is worth to a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.audit.donor_swaps import Swap, named_cues
from lazytui.audit.editors import EDITORS
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
from lazytui.runs.results.typed_result import Part, read_fields

if TYPE_CHECKING:
    from lazytui.analyses.audit.params import AuditParams

SIDES = ("image", "own", "other")
"""Of an example: as it is; with the property from an image of its own class; from one of another class."""

_Rate = Annotated[float, Field(strict=True, ge=0, le=1)]

_OF_EXAMPLES = indices("shown", "examples", 3, below="classes").optional


@dataclass(frozen=True, kw_only=True, eq=False)
class Minority:
    """The training images that contradict the named property.

    told: cross-validated accuracy of a linear probe of the property for the class. share: of the training images that
    contradict it; None where the property is too gradual to say who. precision, recall: against the attribute, where
    the images have one; None where they have none. marked: (training,), whether an image contradicts. images: (shown,
    h, w, 3) of these the first, and labels, their classes.
    """

    told: Annotated[float, SHARE]
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


@dataclass(frozen=True, kw_only=True, eq=False)
class AuditResult(OfImages):
    """What is lost when a property comes from an image of another class, for every property that was tried.

    cues: their names. accuracy: on the images that were edited, before. largest, largest_error: the loss of the named
    property and its standard error; None where none is flagged. flagged: how many are. detectable: the smallest loss
    that would have been flagged, of the property for which that is largest. planted, planted_error: the loss by
    repainting what was planted in the data; None where nothing was. kept, kept_error: of the first of `rounds`.

    hosts, delta, error, own, follow, by_chance, follow_own: (cues,), as of `Swap`. left: (flagged, flagged), what is
    left of the loss by one flagged property (row) once another (column) is as it was; NaN on the diagonal. examples:
    (shown, examples, 3, h, w, 3), of the flagged properties first, in the order of `SIDES`; example_predicted,
    example_labels: of them the predicted class, and the class of the image and of its donors.
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
    palette_name: PaletteName
    recorded_content: Content | None = None
    rounds: tuple[Retrained, ...] = ()
    minority: Annotated[Minority | None, Part("minority_")] = None
    hosts: Annotated[NDArray[np.int64], counts("cues")]
    delta: Annotated[NDArray[np.float64], numbers("cues").defined]
    error: Annotated[NDArray[np.float64], numbers("cues").defined]
    own: Annotated[NDArray[np.float64], shares("cues").defined]
    follow: Annotated[NDArray[np.float64], shares("cues").defined]
    by_chance: Annotated[NDArray[np.float64], shares("cues").defined]
    follow_own: Annotated[NDArray[np.float64], shares("cues").defined]
    left: Annotated[NDArray[np.float64] | None, numbers("explained", "explained").optional] = None
    examples: Annotated[NDArray[np.uint8] | None, images("shown", "examples", 3).optional] = None
    example_predicted: Annotated[NDArray[np.int64] | None, _OF_EXAMPLES] = None
    example_labels: Annotated[NDArray[np.int64] | None, _OF_EXAMPLES] = None

    @cached_property
    def swaps(self) -> dict[str, Swap]:
        """By the name of the property."""
        columns = (self.hosts, self.delta, self.error, self.own, self.follow, self.by_chance, self.follow_own)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return {name: Swap(*row) for name, row in zip(self.cues, rows, strict=True)}

    @cached_property
    def named(self) -> list[str]:
        """The flagged properties, the named one first."""
        return named_cues(self.swaps, EDITORS)


def columns_of(swaps: Mapping[str, Swap]) -> dict[str, NDArray[np.generic]]:
    """The columns of the result."""
    found: dict[str, NDArray[np.generic]] = {"hosts": np.array([swap.hosts for swap in swaps.values()], np.int64)}
    for name in ("delta", "error", "own", "follow", "by_chance", "follow_own"):
        found[name] = np.array([getattr(swap, name) for swap in swaps.values()], np.float64)
    return found


def read(_params: AuditParams, saved: Result) -> AuditResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    result = read_fields(AuditResult, saved, content_sizes(saved))
    if len(result.cues) != len(result.delta) or len(set(result.cues)) < len(result.cues):
        raise Damaged("it names other properties than it has losses of")
    if unknown := set(result.cues) - EDITORS.keys():
        raise Damaged(f"it has a property that there isn't: {min(unknown)}")
    if not result.hosts.any() or (result.error < 0).any():
        raise Damaged("it has no loss that was measured, or a negative error")
    of_rounds = {name for one in result.rounds for name in (*one.exchanged, *one.goes_by)}
    if of_rounds - EDITORS.keys() or not all(one.exchanged for one in result.rounds):
        raise Damaged("it exchanged properties that there aren't, or none")
    if result.minority is not None and not result.flagged:
        raise Damaged("it has images that contradict a property, and flags none")
    if len(result.named) != result.flagged:
        raise Damaged("it counts other properties than it flags")
    if result.left is not None and len(result.left) > result.flagged:
        raise Damaged("it explains more properties than it flags")
    if result.examples is not None and len(result.examples) > result.flagged:
        raise Damaged("it shows more properties than it flags")
    return result
