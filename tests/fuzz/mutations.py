"""Ways in which a run folder can be wrong: other values in its JSON, other arrays, torn and foreign bytes."""

from __future__ import annotations

import copy
import json
import struct
from collections.abc import Callable, Iterator
from types import EllipsisType
from typing import Any

import numpy as np
from hypothesis import strategies as st
from safetensors.numpy import load, save

Draw = Callable[[st.SearchStrategy[Any]], Any]
Path = tuple[str | int, ...]

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 7, 255, 2**31, 2**63, 2**64, -(2**63), 10**15, 10**400, 10**4000),
    *(0.5, -0.5, 1e-300, 1e44, 1e46, 1e100, 1e308, -1e308, float("nan"), float("inf"), float("-inf")),
    *("", " ", "0", "nan", "inf", "1e400", "x" * 300, "x" * 30_000, "💩" * 50, "\ud83d", "\x1b[31m\x07", "a\nb\r\x00c"),
    *("../../etc/passwd", "shipped/lazy-mnist", "latest", "erm", "gap-cnn", "distinct", "[bold]x[/bold]", "{}", "%s"),
    *([], [[]], [0], [None], [1.5, "x"], {}, {"": {}}, {"a": 1}, [[1, 2], [3]], list(range(2000))),
)
"""What stands where something else belongs."""


def paths(content: Any, at: Path = ()) -> Iterator[Path]:
    """Where every value of a JSON document stands."""
    yield at
    if isinstance(content, dict):
        for key, value in content.items():
            yield from paths(value, (*at, key))
    elif isinstance(content, list):
        for index, value in enumerate(content[:30]):
            yield from paths(value, (*at, index))


def changed_json(draw: Draw, whole: bytes) -> bytes:
    """One to three values of a document changed, removed, repeated or moved; or its bytes torn."""
    if draw(st.integers(0, 11)) == 0:
        return changed_bytes(draw, whole)
    try:
        content = json.loads(whole)
    except (ValueError, RecursionError):  # an earlier change tore it, or nested it too deep
        return changed_bytes(draw, whole)
    for _ in range(draw(st.integers(1, 3))):
        all_paths = list(paths(content))
        content = _changed(draw, content, draw(st.sampled_from(all_paths)), all_paths)
    return json.dumps(content).encode(errors="surrogatepass")


def _changed(draw: Draw, content: Any, path: Path, all_paths: list[Path]) -> Any:
    if not path:
        return copy.deepcopy(draw(st.sampled_from(ODD)))
    *above, last = path
    holder = content
    for step in above:
        holder = holder[step]
    value = holder[last]
    match draw(st.sampled_from(("odd", "odd", "odd", "number", "remove", "wrap", "text", "twice", "other"))):
        case "odd":
            holder[last] = copy.deepcopy(draw(st.sampled_from(ODD)))
        case "number":
            holder[last] = draw(st.integers(-3, 200) | st.floats(allow_nan=False))
        case "remove":
            del holder[last]
        case "wrap":
            holder[last] = [value]
        case "text":
            holder[last] = json.dumps(value)[:2000]
        case "twice":
            holder[last] = [*value, *value] if isinstance(value, list) else {"again": value}
        case "other":
            found = content
            for step in draw(st.sampled_from(all_paths)):
                found = found[step]
            holder[last] = json.loads(json.dumps(found))
    return content


def changed_arrays(draw: Draw, whole: bytes) -> bytes:
    """One or two arrays of another shape, type or value, missing, exchanged; or a header or bytes that are torn."""
    how = draw(st.integers(0, 9))
    if how == 0:
        return changed_bytes(draw, whole)
    if how == 1:
        return _changed_header(draw, whole)
    arrays = load(whole)
    for _ in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from(sorted(arrays) or [""]))
        if name in arrays:
            _change_array(draw, arrays, name)
    return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})


_TYPES = ("uint8", "int8", "int32", "int64", "uint64", "float16", "float32", "float64", "bool")
_VALUES = (0, 1, -1, 7, 11, 255, 1e10, 1e30, 1e46, 1e300, np.nan, np.inf, -np.inf)


def _change_array(draw: Draw, arrays: dict[str, np.ndarray], name: str) -> None:
    array = arrays[name]
    match draw(st.sampled_from(("shape", "shape", "type", "fill", "one", "fewer", "more", "empty", "gone", "swap"))):
        case "shape":
            arrays[name] = draw(st.sampled_from(_other_shapes(array)))
        case "type":
            with np.errstate(all="ignore"):
                arrays[name] = array.astype(draw(st.sampled_from(_TYPES)))
        case "fill":
            arrays[name] = _filled(array, ..., draw(st.sampled_from(_VALUES)))
        case "one":
            flat = array.reshape(-1)
            index = draw(st.integers(0, max(len(flat) - 1, 0)))
            arrays[name] = _filled(flat, slice(index, index + 1), draw(st.sampled_from(_VALUES))).reshape(array.shape)
        case "fewer":
            arrays[name] = array[: draw(st.integers(0, 5))] if array.ndim else np.zeros(0, array.dtype)
        case "more":
            arrays[name] = np.concatenate([array, array]) if array.ndim else np.stack([array] * 3)
        case "empty":
            arrays[name] = np.zeros(draw(st.sampled_from([(0,), (0, 3), (5, 0), ()])), array.dtype)
        case "gone":
            del arrays[name]
        case "swap":
            other = draw(st.sampled_from(sorted(arrays)))
            arrays[name], arrays[other] = arrays[other], arrays[name]


def _other_shapes(array: np.ndarray) -> list[np.ndarray]:
    flat = array.reshape(-1)
    return [flat, array.T, array[None], array[..., None], flat[None, None, None, None], flat.reshape(-1, 1), flat[:1]]


def _filled(array: np.ndarray, index: slice | EllipsisType, value: float) -> np.ndarray:
    filled = array.copy()
    with np.errstate(all="ignore"):
        filled[index] = np.asarray(value).astype(array.dtype)
    return filled


def _changed_header(draw: Draw, whole: bytes) -> bytes:
    size = struct.unpack("<Q", whole[:8])[0]
    header, data = whole[8 : 8 + size], whole[8 + size :]
    if draw(st.booleans()):
        return struct.pack("<Q", draw(st.sampled_from([0, 1, size - 1, size + 1, 2**40, 2**63]))) + header + data
    header = changed_json(draw, header)
    return struct.pack("<Q", len(header)) + header + data


def changed_lines(draw: Draw, whole: bytes) -> bytes:
    """Lines of an event log with other values, repeated, moved or torn."""
    lines = whole.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        if not lines:
            break
        index = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("change", "change", "repeat", "move", "tear"))):
            case "change":
                lines[index] = changed_json(draw, lines[index].strip() or b"{}") + b"\n"
            case "repeat":
                lines.insert(index, lines[index])
            case "move":
                lines.append(lines.pop(index))
            case "tear":
                lines[index] = lines[index][: draw(st.integers(0, len(lines[index])))]
    return b"".join(lines)


def changed_bytes(draw: Draw, whole: bytes) -> bytes:
    """Cut off, overwritten in one place, or something else altogether."""
    offset = draw(st.integers(0, len(whole)))
    match draw(st.sampled_from(("cut", "overwrite", "else", "nested"))):
        case "cut":
            return whole[:offset]
        case "overwrite":
            odd: bytes = draw(st.binary(min_size=1, max_size=20))
            return whole[:offset] + odd + whole[offset + len(odd) :]
        case "nested":
            return b"[" * 20_000
        case _:
            other: bytes = draw(st.binary(max_size=200))
            return other


CHANGES: dict[str, Callable[[Draw, bytes], bytes]] = {
    "result.json": changed_json,
    "arrays.safetensors": changed_arrays,
    "run.json": changed_json,
    "status.json": changed_json,
    "events.jsonl": changed_lines,
    "labels.json": changed_json,
    "name": changed_bytes,
}
"""What can be changed of a run, by file, the most informative first."""
