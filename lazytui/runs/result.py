"""What a run found: numbers and arrays that can be drawn again anywhere, without the model and without torch."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazytui.errors import BadInput, LazytuiError
from lazytui.files import write_atomic
from lazytui.reading import read_json, read_regular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RESULT_FILE = "result.json"
ARRAYS_FILE = "arrays.safetensors"

LARGEST = 1e90
"""No measure is larger; percentages, sums and squares of such numbers are finite."""

_LARGEST_RESULT = 32 << 20
_LARGEST_ARRAYS = 1 << 30
"""Bytes. What is larger is neither written nor read."""


@dataclass(frozen=True)
class Result:
    """metrics: numbers by name (None: undefined); facts: any other JSON; arrays: by name."""

    metrics: Mapping[str, float | None]
    facts: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)


class Unfinished(LazytuiError):
    """Parts of what was asked failed: the run has failed, and keeps what there is."""

    def __init__(self, sentence: str, result: Result) -> None:
        super().__init__(sentence)
        self.result = result


def save_result(folder: Path, result: Result) -> None:
    """Write arrays first, so that a folder with result.json is whole."""
    if result.arrays:
        import numpy as np
        from safetensors.numpy import save

        arrays = {name: np.ascontiguousarray(array) for name, array in result.arrays.items()}
        write_atomic(folder / ARRAYS_FILE, save(arrays))
    metrics = _finite(result.metrics)
    content = {"metrics": metrics, "facts": dict(result.facts), "arrays": sorted(result.arrays)}
    write_atomic(folder / RESULT_FILE, json.dumps(content, indent=1, allow_nan=False) + "\n")


def read_metrics(folder: Path) -> dict[str, float | None]:
    """The metrics alone; empty where there is no result or a damaged one. Needs no numpy."""
    try:
        return _finite(read_json(folder / RESULT_FILE, _LARGEST_RESULT)["metrics"])
    except Exception:  # what a damaged file raises depends on where the damage is
        return {}


def load_result(folder: Path) -> Result:
    """The whole result. Raises BadInput when it is missing or damaged."""
    try:
        content = read_json(folder / RESULT_FILE, _LARGEST_RESULT)
        arrays: dict[str, NDArray[np.generic]] = {}
        if content["arrays"]:
            from safetensors.numpy import load

            arrays = load(read_regular(folder / ARRAYS_FILE, _LARGEST_ARRAYS))
        return Result(metrics=_finite(content["metrics"]), facts=dict(content["facts"]), arrays=arrays)
    except FileNotFoundError as error:
        raise BadInput(f"{folder.name} has no result: it isn't done, or parts of its folder are missing.") from error
    except Exception as error:  # safetensors has an error type of its own for every kind of damage
        raise BadInput(f"The result of {folder.name} is damaged and can't be read.") from error


def _finite(metrics: Mapping[str, float | None]) -> dict[str, float | None]:
    """JSON has no nan and no infinity: they become null, and so does what is beyond all measure."""
    return {name: None if value is None or not _moderate(value) else float(value) for name, value in metrics.items()}


def _moderate(value: float) -> bool:
    return math.isfinite(value) and -LARGEST <= value <= LARGEST
