"""What `dataset` finds: samples of each split, and how strongly color predicts the digit there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_facts import sizes_of
from lazytui.data.association import (
    attribute_ceiling,
    cramers_v,
    cramers_v_bound,
    information_bound,
    mutual_information,
)
from lazytui.data.splits import SPLITS
from lazytui.runs.results.result_contents import ANY, Metric, Name, counts, images, indices
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Key, Part, read_fields, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.dataset.params import DatasetRunParams

Rows = tuple[tuple[int, ...], ...]
"""A contingency table, for a cache."""


@dataclass(frozen=True, kw_only=True)
class SplitSamples:
    """count: images of the split. contingency: of these by class (row) and value (column). The others: some of them."""

    count: Annotated[int, Metric(low=1, high=1e12), Key("images")]
    contingency: Annotated[NDArray[np.int64], counts("/classes", "/values")]
    images: Annotated[NDArray[np.uint8], images("samples")]
    labels: Annotated[NDArray[np.uint8], indices("samples", below="/classes"), Key("digits")]
    attributes: Annotated[NDArray[np.uint8], indices("samples", below="/values or none"), Key("colors")]


@dataclass(frozen=True)
class Association:
    """How strongly the attribute predicts the class in a split, see `data.association`; None where undefined.

    Each measure stands beside what chance alone stays under. color_ceiling: in [0, 1].
    """

    mutual_information_bits: Annotated[float | None, ANY.optional] = None
    mutual_information_bound_bits: Annotated[float | None, ANY.optional] = None
    cramers_v: Annotated[float | None, ANY.optional] = None
    cramers_v_bound: Annotated[float | None, ANY.optional] = None
    color_ceiling: Annotated[float | None, ANY.optional] = None


@dataclass(frozen=True, kw_only=True)
class Associations:
    train: Annotated[Association, Part("train_")]
    validation: Annotated[Association, Part("validation_")]
    hard: Annotated[Association, Part("hard_")]
    probe: Annotated[Association, Part("probe_")]


@dataclass(frozen=True, kw_only=True)
class DatasetResult:
    """palette_images: uint8, an image of each class with its own value; None where nothing is planted."""

    train: Annotated[SplitSamples, Part("train_")]
    validation: Annotated[SplitSamples, Part("validation_")]
    hard: Annotated[SplitSamples, Part("hard_")]
    probe: Annotated[SplitSamples, Part("probe_")]
    associations: Annotated[Associations, Part()]
    source: Name
    palette_images: Annotated[NDArray[np.uint8] | None, images("shown classes").optional] = None

    @cached_property
    def splits(self) -> Mapping[str, tuple[SplitSamples, Association]]:
        return {name: (getattr(self, name), getattr(self.associations, name)) for name in SPLITS}


def measure_associations(contingency: Mapping[str, NDArray[np.int64]], aligned: Sequence[int]) -> Associations:
    """contingency: the table of each split, (classes, values). aligned: the class of each value."""
    train = contingency["train"]
    return Associations(**{name: _association(table, train, aligned) for name, table in contingency.items()})


def _association(table: NDArray[np.int64], train: NDArray[np.int64], aligned: Sequence[int]) -> Association:
    return _measured(_rows(table), _rows(train), tuple(aligned))


def _rows(table: NDArray[np.int64]) -> Rows:
    return tuple(map(tuple, table.tolist()))


@lru_cache(maxsize=64)  # the app reads a run again wherever it is shown, and each time took a tenth of a second
def _measured(of_split: Rows, of_train: Rows, aligned: tuple[int, ...]) -> Association:
    table, train = (np.array(rows, np.int64) for rows in (of_split, of_train))
    return Association(
        mutual_information(table),
        information_bound(table),
        cramers_v(table),
        cramers_v_bound(table),
        attribute_ceiling(train, table, aligned),
    )


def write(result: DatasetResult) -> Result:
    return write_fields(result)


def read(params: DatasetRunParams, saved: Result) -> DatasetResult:
    """Its measures are computed anew: a run of an older version may have kept others, and lacks some. Raises Damaged
    where the rest isn't what `write` makes."""
    result = read_fields(DatasetResult, saved, sizes_of(params.content), may_be_empty=frozenset({"values"}))
    tables = {name: samples.contingency for name, (samples, _) in result.splits.items()}
    return replace(result, associations=measure_associations(tables, params.content.aligned))
