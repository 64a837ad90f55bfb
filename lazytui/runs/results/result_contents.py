"""What a result must hold: declared once by each analysis, and checked before anything of it is used.

A run folder may come from anywhere, so a result is checked where it is read: the names, types, shapes and ranges of its
arrays, its facts and its metrics. What passed needs no guard any more.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from lazytui.runs.results.saved_result import LARGEST
from lazytui.validation_messages import error_sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 10**6
"""The longest side of an array."""

Name = Annotated[str, Field(strict=True, max_length=400)]
Note = Annotated[str, Field(strict=True, max_length=2000)]
Count = Annotated[int, Field(strict=True, ge=0, le=10**15)]
Number = Annotated[float, Field(strict=True, ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
"""Types of facts. Texts and numbers of moderate size, as analyses write them."""

_OLDER = ", as a result of an older version may: run the analysis again"

Size = int | str
"""A side of an array: a number, or a name for one that is the same throughout a result."""


class Damaged(ValueError):
    """A result isn't what its analysis makes; says what is wrong with it."""


@dataclass(frozen=True)
class Array:
    """What an array must be.

    kinds: its types, as NumPy's `dtype.kind`, of any width. low, high: the ends of its values. below: they are indices
    of something, of so many. undefined, infinite: whether NaN and infinity may be among them. needed: whether it must
    be there.
    """

    kinds: str
    shape: tuple[Size, ...]
    low: float = -LARGEST
    high: float = LARGEST
    below: Size | None = None
    undefined: bool = True
    infinite: bool = False
    needed: bool = True

    @property
    def optional(self) -> Array:
        return replace(self, needed=False)

    @property
    def defined(self) -> Array:
        return replace(self, undefined=False)

    @property
    def unbounded(self) -> Array:
        """Infinity is allowed: of budgets that aren't enough, of chains that diverged."""
        return replace(self, infinite=True)


def images(*sides: Size, height: Size = "/image height", width: Size = "/image width") -> Array:
    """Color images, (..., height, width, 3) uint8. sides: those before."""
    return Array("u", (*sides, height, width, 3), low=0, high=255)


def indices(*shape: Size, below: Size) -> Array:
    return Array("iu", shape, low=0, below=below)


def counts(*shape: Size) -> Array:
    return Array("iu", shape, low=0, high=1e15)


def flags(*shape: Size) -> Array:
    return Array("b", shape)


def numbers(*shape: Size) -> Array:
    """Floating-point numbers; what is undefined is NaN."""
    return Array("f", shape)


def shares(*shape: Size) -> Array:
    """Numbers from 0 to 1, give or take rounding."""
    return Array("f", shape, low=-1e-3, high=1.001)


Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Metric:
    """What a metric must be. defined: it is never null. needed: it must be there. written: also where it is None."""

    low: float = -LARGEST
    high: float = LARGEST
    defined: bool = False
    needed: bool = True
    written: bool = True

    @property
    def optional(self) -> Metric:
        """Results of older versions lack it."""
        return replace(self, needed=False)

    @property
    def omitted(self) -> Metric:
        """Where it is None it isn't written."""
        return replace(self, needed=False, written=False)


ANY = Metric()
SHARE = Metric(low=0, high=1)
DEFINED = Metric(defined=True)
COUNT = Metric(low=0, high=1e15, defined=True)

Metrics = Mapping[str, Metric]


def check_facts(facts: Any, declared: Mapping[str, Any]) -> dict[str, Any]:
    """facts: a TypedDict. The facts that it names, as their types. Raises Damaged."""
    try:
        checked: dict[str, Any] = type_adapter(facts).validate_python(dict(declared))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(f"{part!s:.40}" for part in first["loc"])
        if first["type"] == "missing":
            raise Damaged(f"it lacks the fact {where!r}{_OLDER}") from error
        problem = error_sentence(first)
        raise Damaged(f"its fact {where!r}: {problem[:1].lower()}{problem[1:]:.200}") from error
    return checked


@functools.cache
def type_adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def check_metrics(declared: Metrics, metrics: Mapping[str, float | None]) -> None:
    for name, metric in declared.items():
        if name not in metrics:
            if not metric.needed:
                continue
            raise Damaged(f"it lacks the metric {name!r}{_OLDER}")
        value = metrics[name]
        if value is None:
            if metric.defined:
                raise Damaged(f"its metric {name!r} is undefined")
        elif not metric.low <= value <= metric.high:
            raise Damaged(f"its metric {name!r} is {value:g}")


def check_arrays(
    declared: Arrays,
    arrays: Mapping[str, NDArray[np.generic]],
    may_be_empty: frozenset[str],
    known_sizes: Mapping[str, int] | None = None,
    dtypes: Mapping[str, type] | None = None,
) -> dict[str, NDArray[np.generic]]:
    """The declared arrays that are there. All shapes first, since indices are below a size that another array has.

    known_sizes: sizes that are known beforehand. dtypes: what arrays are converted to. Raises Damaged.
    """
    known_sizes = known_sizes or {}
    sizes = dict(known_sizes)
    there = dict(_present_arrays(declared, arrays))
    for name, array in there.items():
        _check_shape(name, array, arrays[name], sizes)
    for size, length in sizes.items():
        if size not in known_sizes and (not (length or size in may_be_empty) or length > MOST):
            raise Damaged(f"an array of it has {length:,} values in the direction of its {size}")
    converted = {name: _converted(name, arrays[name], (dtypes or {}).get(name)) for name in there}
    for name, array in there.items():
        _check_values(name, array, converted[name], sizes)
    return converted


def _converted(name: str, array: NDArray[np.generic], dtype: type | None) -> NDArray[np.generic]:
    """Floats that are too large are infinite then; whole numbers must stay the same."""
    import numpy as np

    if dtype is None or array.dtype == dtype:
        return array
    with np.errstate(over="ignore"):
        converted: NDArray[np.generic] = array.astype(dtype)
    if array.dtype.kind in "iu" and (converted != array).any():
        raise Damaged(f"its array {name!r:.60} has values that don't fit into {converted.dtype}")
    return converted


def _present_arrays(declared: Arrays, arrays: Mapping[str, NDArray[np.generic]]) -> Iterator[tuple[str, Array]]:
    for name, array in declared.items():
        if name in arrays:
            yield name, array
        elif array.needed:
            raise Damaged(f"it lacks the array {name!r}{_OLDER}")


def _check_shape(name: str, array: Array, values: NDArray[np.generic], sizes: dict[str, int]) -> None:
    """sizes: those that are known; this array's are added."""
    if values.dtype.kind not in array.kinds:
        raise Damaged(f"its array {name!r:.60} holds {values.dtype}")
    if values.ndim != len(array.shape):
        raise Damaged(f"its array {name!r:.60} has the shape {values.shape}")
    for side, length in zip(array.shape, values.shape, strict=True):
        required = side if isinstance(side, int) else sizes.setdefault(side, length)
        if length != required:
            shape = f"the shape {values.shape}, with {length:,} where {required:,} belong"
            raise Damaged(f"its array {name!r:.60} has {shape}")


def _check_values(name: str, array: Array, values: NDArray[np.generic], sizes: Mapping[str, int]) -> None:
    import numpy as np

    if not values.size or values.dtype.kind == "b":
        return
    high = array.high
    if array.below is not None:
        high = (sizes[array.below] if isinstance(array.below, str) else array.below) - 1
    if values.dtype.kind == "f":
        if not array.undefined and np.isnan(values).any():
            raise Damaged(f"its array {name!r:.60} has undefined values")
        if not array.infinite and np.isinf(values).any():
            raise Damaged(f"its array {name!r:.60} has infinite values")
        values = values[np.isfinite(values)]
        if not values.size:
            return
    smallest, largest = float(values.min()), float(values.max())
    if smallest < array.low or largest > high:
        raise Damaged(f"its array {name!r:.60} has values from {smallest:g} to {largest:g}")
