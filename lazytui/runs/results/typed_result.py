"""A typed result as it is saved, field by field: a frozen dataclass declares names, types, shapes and ranges once.

What a field is says the mark in its annotation: `Annotated[float | None, ANY]` is the metric of the field's name
(without the None it is always defined), `Annotated[NDArray[np.float32], numbers("images")]` the array,
`Annotated[Curves, Part("curve_")]` a dataclass of which the fields are saved beside the others. Without a mark it is a
fact, checked as its type by pydantic; one that has a default may be absent. The fields are on disk in their order.

An array of a concrete type is converted to it, one of an abstract type (`np.floating[Any]`) stays as it is: declare
what `run` writes, so that what was read can be written again to the byte.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import NoneType
from typing import TYPE_CHECKING, Any, NotRequired, TypeVar, get_args, get_type_hints

import numpy as np
from typing_extensions import TypedDict

from lazytui.runs.results.result_contents import Array, Metric, check_arrays, check_facts, check_metrics, type_adapter
from lazytui.runs.results.saved_result import Result

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from numpy.typing import NDArray

R = TypeVar("R", bound="DataclassInstance")
V = TypeVar("V")


@dataclass(frozen=True)
class Part:
    """Marks a field that is a dataclass of marked fields; None, where it may be, if nothing of it is there.

    prefix: what the names of its metrics and arrays begin with. Its names of sides are its own; `/images` is the side
    `images` of the whole result.
    """

    prefix: str = ""


@dataclass(frozen=True)
class Key:
    """A second mark: the name on disk, where it isn't the field's."""

    name: str


@dataclass(frozen=True)
class Prefixed:
    """Marks a mapping: every array of which the name begins with the prefix, by what follows, but for those of other
    fields. array: what each must be; in its sides `*` stands for what follows."""

    prefix: str
    array: Array


Mark = Array | Metric | Part | Prefixed


@dataclass(frozen=True)
class _Field:
    """key: the name on disk. kind: the type, of a part without None. dtype: of an array, where it is a concrete one."""

    name: str
    key: str
    mark: Mark | None
    kind: Any
    dtype: type | None
    default: bool
    may_be_none: bool


def write_fields(result: DataclassInstance) -> Result:
    """The result as it is saved."""
    facts = {}
    for field in _fields_of(result):
        if field.mark is None:
            value = getattr(result, field.name)
            if not (value is None and field.default):
                facts[field.key] = type_adapter(field.kind).dump_python(value, mode="json")
    return Result(metrics_of(result), facts, dict(_arrays_of(result, "")))


def metrics_of(result: DataclassInstance) -> dict[str, float | None]:
    """All metrics by their names on disk."""
    return dict(_metrics_of(result, ""))


def read_fields(
    kind: type[R],
    saved: Result,
    sizes: Mapping[str, int] | None = None,
    may_be_empty: frozenset[str] = frozenset(),
) -> R:
    """The saved result as a typed one. Raises Damaged where it isn't what `write_fields` makes.

    sizes: sides of arrays that are known beforehand. may_be_empty: names of sides that may be 0.
    """
    declared: Any = kind
    facts = check_facts(_facts(declared), saved.facts)
    leaves = list(_leaves(declared, "", saved))  # a metric and an array may have the same name
    metrics = {key: field.mark for key, field in leaves if isinstance(field.mark, Metric)}
    check_metrics(metrics, saved.metrics)
    arrays = {key: field.mark for key, field in leaves if isinstance(field.mark, Array)}
    dtypes = {key: field.dtype for key, field in leaves if field.dtype}
    checked = check_arrays(arrays, saved.arrays, may_be_empty, sizes or {}, dtypes)
    built: R = _built(declared, "", Result(saved.metrics, facts, checked))
    return built


def starting_with(prefix: str, saved: Result) -> Result:
    """Only the metrics and arrays of which the names begin so, under what follows; all facts."""
    return Result(_without(prefix, saved.metrics), saved.facts, _without(prefix, saved.arrays))


def _without(prefix: str, named: Mapping[str, V]) -> dict[str, V]:
    return {name.removeprefix(prefix): value for name, value in named.items() if name.startswith(prefix)}


def _metrics_of(result: Any, prefix: str) -> Iterator[tuple[str, float | None]]:
    for field in _fields_of(result):
        value = getattr(result, field.name)
        if isinstance(field.mark, Part) and value is not None:
            yield from _metrics_of(value, prefix + field.mark.prefix)
        elif isinstance(field.mark, Metric) and (value is not None or field.mark.written):
            yield prefix + field.key, None if value is None else float(value)


def _arrays_of(result: Any, prefix: str) -> Iterator[tuple[str, NDArray[Any]]]:
    for field in _fields_of(result):
        value = getattr(result, field.name)
        if value is None:
            continue
        match field.mark:
            case Part():
                yield from _arrays_of(value, prefix + field.mark.prefix)
            case Prefixed():
                yield from ((prefix + field.mark.prefix + name, array) for name, array in value.items())
            case Array():
                yield prefix + field.key, value


def _leaves(kind: Any, prefix: str, saved: Result) -> Iterator[tuple[str, _Field]]:
    """Every metric and array that must or may be there, by its name on disk."""
    for field in _fields(kind):
        match field.mark:
            case Part() if not field.may_be_none or _is_there(field, prefix, saved):
                yield from _leaves(field.kind, prefix + field.mark.prefix, saved)
            case Prefixed():
                for name in _suffixes(kind, field.mark, prefix, saved):
                    array = _sided(field.mark.array, lambda side, name=name: side.replace("*", name))
                    yield prefix + field.mark.prefix + name, replace(field, mark=_inside(array, prefix))
            case Array():
                yield prefix + field.key, replace(field, mark=_inside(field.mark, prefix))
            case Metric():
                yield prefix + field.key, field


def _is_there(part: _Field, prefix: str, saved: Result) -> bool:
    assert isinstance(part.mark, Part)
    keys = (key for key, _ in _leaves(part.kind, prefix + part.mark.prefix, saved))
    return any(key in saved.arrays or key in saved.metrics for key in keys)


def _suffixes(kind: Any, mark: Prefixed, prefix: str, saved: Result) -> list[str]:
    others = {prefix + field.key for field in _fields(kind) if isinstance(field.mark, Array)}
    start = prefix + mark.prefix
    return [name.removeprefix(start) for name in saved.arrays if name.startswith(start) and name not in others]


def _inside(array: Array, prefix: str) -> Array:
    """The sides of an array of a part, by their names in the whole result."""
    return _sided(array, lambda side: side[1:] if side.startswith("/") else prefix + side)


def _sided(array: Array, change: Any) -> Array:
    shape = tuple(change(side) if isinstance(side, str) else side for side in array.shape)
    return replace(array, shape=shape, below=change(array.below) if isinstance(array.below, str) else array.below)


def _built(kind: Any, prefix: str, saved: Result) -> Any:
    values: dict[str, Any] = {}
    for field in _fields(kind):
        key = prefix + field.key
        match field.mark:
            case Part():
                there = not field.may_be_none or _is_there(field, prefix, saved)
                values[field.name] = _built(field.kind, prefix + field.mark.prefix, saved) if there else None
            case Prefixed():
                start = prefix + field.mark.prefix
                values[field.name] = {
                    name: saved.arrays[start + name] for name in _suffixes(kind, field.mark, prefix, saved)
                }
            case Metric():
                value = saved.metrics.get(key)
                values[field.name] = int(value) if value is not None and field.kind is int else value
            case Array():
                values[field.name] = saved.arrays.get(key)
            case None if field.key in saved.facts:
                values[field.name] = saved.facts[field.key]
    return kind(**values)


def _fields_of(result: Any) -> tuple[_Field, ...]:
    kind: Any = type(result)
    return _fields(kind)


@functools.cache
def _fields(kind: Any) -> tuple[_Field, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_field(field, hints[field.name]) for field in dataclasses.fields(kind))


def _field(field: dataclasses.Field[Any], hint: Any) -> _Field:
    default = not (field.default is field.default_factory is dataclasses.MISSING)
    marks = getattr(hint, "__metadata__", ())
    mark = next((mark for mark in marks if isinstance(mark, Mark)), None)
    key = next((mark.name for mark in marks if isinstance(mark, Key)), field.name)
    if mark is None:
        return _Field(field.name, key, None, hint, None, default, may_be_none=False)
    kind = get_args(hint)[0]
    may_be_none = NoneType in get_args(kind)
    if may_be_none:
        kind = next(arm for arm in get_args(kind) if arm is not NoneType)
    array = get_args(kind)[1] if isinstance(mark, Prefixed) else kind
    dtype = _concrete(array) if isinstance(mark, Array | Prefixed) else None
    if isinstance(mark, Metric) and not may_be_none:
        mark = replace(mark, defined=True)
    return _Field(field.name, key, mark, kind, dtype, default, may_be_none)


def _concrete(array: Any) -> type | None:
    """The type of the values of an `NDArray[...]`; None for an abstract one."""
    (scalar,) = get_args(get_args(array)[1])
    scalar_type: type | None = scalar if isinstance(scalar, type) and scalar in np.sctypeDict.values() else None
    return scalar_type


@functools.cache
def _facts(kind: Any) -> Any:
    """A TypedDict of a result's facts."""
    fields = [field for field in _fields(kind) if field.mark is None]
    types = {field.key: NotRequired[field.kind] if field.default else field.kind for field in fields}
    return TypedDict(kind.__name__, types)  # type: ignore[operator]
