"""A typed result is what its fields declare: written by their names, read again to the byte, refused where it isn't."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lazytui.runs.results.result_contents import ANY, COUNT, Count, Damaged, counts, indices, numbers
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Key, Part, Prefixed, metrics_of, read_fields, starting_with, write_fields


@dataclass(frozen=True)
class Answers:
    predicted: Annotated[NDArray[np.uint8], indices("samples", below=10)]
    confidence: Annotated[NDArray[np.float32], numbers("samples")]
    accuracy: Annotated[float | None, ANY]
    group: Annotated[NDArray[np.int64], indices("samples", below="/groups")]


@dataclass(frozen=True)
class Split:
    name: str
    images: Count = 7


@dataclass(frozen=True)
class Found:
    accuracy: Annotated[float | None, ANY]
    steps: Annotated[int, COUNT]
    newer: Annotated[float | None, ANY.optional]
    rare: Annotated[float | None, ANY.omitted]
    split: Split
    per_group: Annotated[NDArray[np.float64], numbers("groups"), Key("groups")]
    kept: Annotated[NDArray[np.floating[Any]], numbers("chains")]
    easy: Annotated[Answers, Part("easy_")]
    hard: Annotated[Answers | None, Part("hard_")]
    gallery_places: Annotated[NDArray[np.int64] | None, counts("places").optional]
    gallery: Annotated[Mapping[str, NDArray[np.float32]], Prefixed("gallery_", numbers("places", "width of *"))]
    seed: Count = 0
    note: str | None = None


EASY = Answers(np.array([1, 2], np.uint8), np.array([0.5, np.nan], np.float32), None, np.array([0, 2]))
HARD = Answers(np.array([9], np.uint8), np.array([0.5], np.float32), 0.25, np.array([1]))
FOUND = Found(
    accuracy=0.5,
    steps=3,
    newer=None,
    rare=None,
    split=Split("probe", 5),
    per_group=np.zeros(3),
    kept=np.ones(4, np.float16),
    easy=EASY,
    hard=HARD,
    gallery_places=np.array([4, 5]),
    gallery={"cam": np.zeros((2, 3), np.float32), "grad": np.zeros((2, 7), np.float32)},
)
SAVED = write_fields(FOUND)


def read(saved: Result) -> Found:
    return read_fields(Found, saved, {"chains": 4})


def test_names_and_order_are_those_of_the_fields() -> None:
    assert list(SAVED.metrics.items()) == [
        ("accuracy", 0.5),
        ("steps", 3),
        ("newer", None),
        ("easy_accuracy", None),
        ("hard_accuracy", 0.25),
    ]
    assert metrics_of(FOUND) == SAVED.metrics
    assert SAVED.facts == {"split": {"name": "probe", "images": 5}, "seed": 0}
    assert set(SAVED.arrays) >= {"groups", "easy_predicted", "hard_group", "gallery_places", "gallery_cam"}


def test_what_was_written_is_read_again_to_the_byte() -> None:
    found = read(SAVED)
    assert found.split == Split("probe", 5) and isinstance(found.steps, int) and found.hard is not None
    again = write_fields(found)
    assert (again.metrics, again.facts) == (SAVED.metrics, SAVED.facts) and set(again.arrays) == set(SAVED.arrays)
    for name, array in SAVED.arrays.items():
        assert array.dtype == again.arrays[name].dtype and array.tobytes() == again.arrays[name].tobytes()


def test_what_may_be_absent_is_none_or_its_default() -> None:
    arrays = {name: array for name, array in SAVED.arrays.items() if not name.startswith(("hard_", "gallery"))}
    metrics = {name: value for name, value in SAVED.metrics.items() if name not in {"newer", "hard_accuracy"}}
    found = read(Result(metrics, {"split": {"name": "probe"}, "unknown": 1}, arrays))
    assert found.hard is None and found.gallery_places is None and found.newer is None and not found.gallery
    assert found.split.images == 7 and found.seed == 0


def test_arrays_have_the_declared_type() -> None:
    wide = {**SAVED.arrays, "groups": np.ones(3, np.float16), "easy_predicted": np.array([1, 2], np.int64)}
    found = read(replace(SAVED, arrays=wide))
    assert found.per_group.dtype == np.float64 and found.easy.predicted.dtype == np.uint8
    assert found.kept.dtype == np.float16


@pytest.mark.parametrize(
    ("part", "name", "value", "what"),
    [
        ("arrays", "kept", np.ones(5), "'kept' has the shape"),
        ("arrays", "groups", np.zeros(2), "'easy_group' has values"),
        ("arrays", "easy_predicted", np.array([1, 300]), "'easy_predicted' has values that don't fit into uint8"),
        ("arrays", "easy_predicted", np.array([1, 10]), "'easy_predicted' has values"),
        ("arrays", "easy_confidence", np.array([0.0, 1e40]), "'easy_confidence' has infinite values"),
        ("arrays", "hard_confidence", None, "it lacks the array 'hard_confidence'"),
        ("arrays", "gallery_cam", np.zeros((3, 3), np.float32), "'gallery_cam' has the shape"),
        ("metrics", "hard_accuracy", None, "it lacks the metric 'hard_accuracy'"),
        ("metrics", "steps", -1.0, "its metric 'steps' is -1"),
        ("facts", "split", None, "it lacks the fact 'split'"),
        ("facts", "split", {"name": 5}, "its fact 'split.name'"),
        ("facts", "split", {"name": "x", "images": -1}, "its fact 'split.images'"),
    ],
)
def test_what_is_wrong_is_refused(part: str, name: str, value: Any, what: str) -> None:
    entries = {**getattr(SAVED, part), name: value}
    if value is None:
        del entries[name]
    with pytest.raises(Damaged, match=what):
        read(replace(SAVED, **{part: entries}))


def test_a_part_by_its_prefix() -> None:
    part = starting_with("easy_", SAVED)
    assert set(part.arrays) == {field.name for field in fields(Answers)} - {"accuracy"}


@dataclass(frozen=True)
class Samples:
    count: Annotated[int, COUNT, Key("images")]
    images: Annotated[NDArray[np.float32], numbers("samples")]


def test_a_metric_and_an_array_of_the_same_name_are_both_checked() -> None:
    saved = write_fields(Samples(5, np.zeros(2, np.float32)))
    assert read_fields(Samples, saved).count == 5
    with pytest.raises(Damaged, match="its metric 'images' is undefined"):
        read_fields(Samples, replace(saved, metrics={"images": None}))
    with pytest.raises(Damaged, match="its array 'images' holds int64"):
        read_fields(Samples, replace(saved, arrays={"images": np.zeros(2, np.int64)}))
