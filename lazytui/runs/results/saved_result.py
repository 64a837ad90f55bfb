"""What a run found: numbers and arrays that can be drawn again anywhere, without the model and without torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from lazytui.errors import BadInput, LazytuiError
from lazytui.files.reading import read_json, read_regular
from lazytui.files.writing import write_atomic
from lazytui.system.memory import memory_error_or

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RESULT_FILE = "result.json"
ARRAYS_FILE = "arrays.safetensors"

LARGEST = 1e45
"""No measure is larger: float32 ends at 3e38. Squares, sums and percentages of such numbers are finite."""

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
    """Parts of what was asked failed: the run has failed, and keeps what there is, a result of its analysis."""

    def __init__(self, sentence: str, result: object) -> None:
        super().__init__(sentence)
        self.result = result


def save_result(folder: Path, result: Result) -> None:
    """Write arrays first, so that a folder with result.json is whole."""
    if result.arrays:
        import numpy as np
        from safetensors.numpy import save

        arrays = {name: np.ascontiguousarray(array) for name, array in result.arrays.items()}
        _write(folder / ARRAYS_FILE, save(arrays), _LARGEST_ARRAYS)
    metrics = finite_metrics(result.metrics)
    content = {"metrics": metrics, "facts": dict(result.facts), "arrays": sorted(result.arrays)}
    text = json.dumps(content, indent=1, allow_nan=False) + "\n"
    _write(folder / RESULT_FILE, text.encode(), _LARGEST_RESULT)


def _write(path: Path, content: bytes, most: int) -> None:
    if len(content) > most:
        raise LazytuiError(f"The result is too large: {path.name} may have at most {most:,} bytes.")
    write_atomic(path, content)


def read_metrics(folder: Path) -> dict[str, float | None]:
    """The metrics alone; empty where there is no result or a damaged one. Needs no numpy."""
    try:
        return _metrics(from_json(read_regular(folder / RESULT_FILE, _LARGEST_RESULT)))  # lists read thousands of them
    except (OSError, ValueError):
        return {}


def load_result(folder: Path) -> Result:
    """The whole result. Raises BadInput when it is missing or damaged."""
    try:
        match content := read_json(folder / RESULT_FILE, _LARGEST_RESULT):
            case {"facts": dict(facts), "arrays": list(named)}:
                arrays = _arrays(folder / ARRAYS_FILE) if named else {}
                return Result(metrics=_metrics(content), facts=facts, arrays=arrays)
            case _:
                raise ValueError("it isn't the content of a result")
    except FileNotFoundError as error:
        raise BadInput(f"{folder.name} has no result: it isn't done, or parts of its folder are missing.") from error
    except (OSError, ValueError, MemoryError) as error:
        damaged = BadInput(f"The result of {folder.name} is damaged and can't be read.")
        raise memory_error_or(error, f"read the result of {folder.name}", damaged) from error


def _arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    """Raises OSError, or ValueError for a file that is damaged."""
    from safetensors.numpy import load

    content = read_regular(path, _LARGEST_ARRAYS)
    try:
        return load(content)
    except MemoryError:
        raise
    except Exception as error:  # safetensors has an error type of its own for every kind of damage
        raise ValueError(str(error)) from error


def _metrics(content: object) -> dict[str, float | None]:
    """Raises ValueError where there are none."""
    match content:
        case {"metrics": dict(metrics)} if all(value is None or _is_number(value) for value in metrics.values()):
            return finite_metrics(metrics)
    raise ValueError("it has no metrics")


def _is_number(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and -(2**63) <= value < 2**63)


def finite_metrics(metrics: Mapping[str, float | None]) -> dict[str, float | None]:
    """As they are saved: floats, and None for what isn't finite."""
    moderated = {name: None if value is None else json_number(value) for name, value in metrics.items()}
    return {name: None if value is None else float(value) for name, value in moderated.items()}


def json_number(value: float) -> float | None:
    """The number as JSON keeps it: nan and infinity, which it lacks, are null, and so is what is beyond all measure."""
    return value if -LARGEST <= value <= LARGEST else None
