"""A result that isn't what its analysis makes is refused where it is read, in one sentence; a sound one passes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lazytui.runs.results.result_contents import ANY, COUNT, Count, Damaged, counts, flags, images, indices, numbers
from lazytui.runs.results.saved_result import LARGEST, Result
from lazytui.runs.results.typed_result import Part, read_fields, write_fields


@dataclass(frozen=True, kw_only=True)
class Found:
    accuracy: Annotated[float | None, ANY]
    steps: Annotated[int, COUNT]
    samples: Count
    shown: Annotated[NDArray[np.uint8], images("n")]
    digit: Annotated[NDArray[np.integer[Any]], indices("n", below=10)]
    nearest: Annotated[NDArray[np.integer[Any]], indices("n", 3, below="n")]
    strength: Annotated[NDArray[np.floating[Any]], numbers("n")]
    history: Annotated[NDArray[np.float64], numbers("points").defined]
    kept: Annotated[NDArray[np.int64], counts("kept")]
    attacked: Annotated[Attacked | None, Part()] = None


@dataclass(frozen=True)
class Attacked:
    budgets: Annotated[NDArray[np.float64], numbers("right").unbounded]
    right: Annotated[NDArray[np.bool_], flags("/n")]


def read(saved: Result) -> Found:
    return read_fields(Found, saved, sizes={"kept": 2}, may_be_empty=frozenset({"points"}))


SOUND = Result(
    metrics={"accuracy": None, "steps": 5.0, "another": 1.0},
    facts={"samples": 2, "more": [1]},
    arrays={
        "shown": np.zeros((4, 28, 28, 3), np.uint8),
        "digit": np.array([0, 9, 1, 2], np.uint8),
        "nearest": np.full((4, 3), 3, np.int32),
        "strength": np.array([0.0, np.nan, 1.0, 2.0], np.float32),
        "history": np.zeros(0),
        "kept": np.array([1, 2]),
        "unknown": np.zeros(3),
    },
)


def changed(part: str, **entries: Any) -> Result:
    return replace(SOUND, **{part: {**getattr(SOUND, part), **entries}})


def without(part: str, name: str) -> Result:
    return replace(SOUND, **{part: {key: value for key, value in getattr(SOUND, part).items() if key != name}})


def test_a_sound_result_passes_with_the_arrays_that_are_declared() -> None:
    written = write_fields(read(SOUND))
    assert set(written.arrays) == set(SOUND.arrays) - {"unknown"}
    assert written.metrics == {"accuracy": None, "steps": 5.0} and written.facts == {"samples": 2}


@pytest.mark.parametrize(
    ("damaged", "what"),
    [
        (changed("facts", samples=-1), "samples"),
        (changed("facts", samples="2"), "samples"),
        (changed("facts", samples=10**400), "samples"),
        (without("facts", "samples"), "it lacks the fact 'samples'"),
        (changed("facts", samples=2.5), "its fact 'samples': must be a whole number"),
        (without("metrics", "accuracy"), "accuracy"),
        (changed("metrics", steps=None), "steps"),
        (changed("metrics", steps=-1.0), "steps"),
        (without("arrays", "digit"), "digit"),
        (changed("arrays", shown=np.zeros((3, 28, 28, 3), np.uint8)), "with"),
        (changed("arrays", shown=np.zeros((4, 28, 28), np.uint8)), "shown"),
        (changed("arrays", shown=np.zeros((4, 28, 28, 3), np.float32)), "shown"),
        (changed("arrays", digit=np.array([0, 9, 10, 2])), "digit"),
        (changed("arrays", digit=np.array([0, 9, -1, 2])), "digit"),
        (changed("arrays", nearest=np.full((4, 3), 4)), "nearest"),
        (changed("arrays", strength=np.array([0, 1, 2, np.inf])), "strength"),
        (changed("arrays", strength=np.array([0, 1, 2, 10 * LARGEST])), "strength"),
        (changed("arrays", strength=np.array(1.0)), "strength"),
        (changed("arrays", history=np.array([np.nan])), "history"),
        (changed("arrays", kept=np.array([1, 2, 3])), "kept"),
        (changed("arrays", budgets=np.array([np.inf])), "right"),
        (
            replace(
                SOUND,
                arrays={
                    **SOUND.arrays,
                    "shown": np.zeros((0, 28, 28, 3), np.uint8),
                    "digit": np.zeros(0, np.uint8),
                    "nearest": np.zeros((0, 3), np.int32),
                    "strength": np.zeros(0),
                },
            ),
            "0 values",
        ),
    ],
)
def test_what_is_wrong_is_said(damaged: Result, what: str) -> None:
    with pytest.raises(Damaged, match=what):
        read(damaged)
