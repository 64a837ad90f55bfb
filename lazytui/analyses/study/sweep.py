"""Swept options: any option of a training, with the values that a study gives it, and how these are combined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Annotated, Any, Literal

from pydantic import TypeAdapter, ValidationError

from lazytui.analyses.train.params import TrainParams
from lazytui.data.params import PaintingParams
from lazytui.errors import unknown_name
from lazytui.training.loop_settings import (
    AugmentationSettings,
    LabelSettings,
    ModelSettings,
    OptimizationSettings,
)
from lazytui.training.settings import AllMethodOptions
from lazytui.validation_messages import error_sentence

_ELSEWHERE = {"source", "texture", "weights"}
"""Options that have lists or files as values, or that a whole study shares."""

_KINDS = (ModelSettings, OptimizationSettings, AugmentationSettings, LabelSettings, AllMethodOptions, PaintingParams)

SWEEPABLE = tuple(name for kind in _KINDS for name in kind.model_fields if name not in _ELSEWHERE)
"""Options of a training that a study can sweep, besides method, bias and seed, of which it has lists anyway."""


@dataclass(frozen=True)
class Axis:
    """An option and its values, at least two."""

    name: str
    values: tuple[Any, ...]

    @property
    def numeric(self) -> bool:
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values)

    @property
    def title(self) -> str:
        return self.name.replace("_", " ")


def swept_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a person typed, with each option that has several values (`--lr .001,.01`) among those that are swept."""
    kept, swept = dict(values), list(_words(values.get("sweep", ())))
    for name in SWEEPABLE:
        value = values.get(name)
        parts = value.split(",") if isinstance(value, str) and "#" not in value else value
        if isinstance(parts, list) and len(parts) > 1:
            del kept[name]
            swept.append(f"{name}={','.join(map(str, parts))}")
    return {**kept, "sweep": swept} if swept else kept


def sweep_texts(value: Any) -> Any:
    """`lr=.001,.01` a swept option, however commas and spaces have taken it apart."""
    texts: list[str] = []
    for word in _words(value):
        if "=" in word or not texts:
            texts.append(word)
        else:
            texts[-1] += f",{word}"
    return tuple(texts)


def _words(value: Any) -> Iterable[str]:
    typed = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
    return (word for one in typed for word in str(one).replace(",", " ").split())


def read_axis(text: str) -> Axis:
    """`lr=.001,.01` -> the option and its values, read as a training reads them. Raises ValueError."""
    typed, _, listed = text.partition("=")
    name = typed.strip().lstrip("-").replace("-", "_")
    if name not in SWEEPABLE:
        raise ValueError(unknown_name("option to sweep", typed, SWEEPABLE))
    parts = [part for part in listed.split(",") if part]
    if len(parts) < 2:
        raise ValueError(f"--{name.replace('_', '-')} has one value; a sweep needs two or more, such as {typed}=A,B.")
    return Axis(name, tuple(dict.fromkeys(_value(name, part) for part in parts)))


def _value(name: str, part: str) -> Any:
    info = TrainParams.model_fields[name]
    if part == "none" and info.get_default() is None:
        return None
    kind: Any = info.annotation
    kind = Annotated[kind, *info.metadata] if info.metadata else kind
    try:
        return TypeAdapter(kind).validate_python(part)
    except ValidationError as error:
        raise ValueError(f"--{name.replace('_', '-')} {part}: {error_sentence(error.errors()[0])}") from error


def require_equal_lengths(axes: Sequence[Axis]) -> None:
    """Raise ValueError where axes can't be taken value by value."""
    lengths = {axis.name.replace("_", "-"): len(axis.values) for axis in axes}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"Options that are swept side by side need equally many values; these have {counts}.")


Combining = Literal["every", "zipped", "alone"]
"""How the values of several options meet: every one with every other, side by side, or each option alone, with the
others at their first value."""


def combinations_of(axes: Sequence[Axis], combining: Combining) -> list[dict[str, Any]]:
    """The combinations of values by option, each once; one empty one without axes."""
    values = [axis.values for axis in axes]
    if combining == "alone":
        first = {axis.name: axis.values[0] for axis in axes}
        return [first, *({**first, axis.name: value} for axis in axes for value in axis.values[1:])]
    rows = zip(*values, strict=True) if combining == "zipped" and axes else product(*values)
    return [dict(zip((axis.name for axis in axes), row, strict=True)) for row in rows]


def number_of_combinations(axes: Sequence[Axis], combining: Combining) -> int:
    """How many `combinations_of` has, without making them."""
    lengths = [len(axis.values) for axis in axes]
    if combining == "alone":
        return 1 + sum(length - 1 for length in lengths)
    return max(lengths, default=1) if combining == "zipped" else prod(lengths)


def value_text(value: Any) -> str:
    """A swept value in words."""
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
