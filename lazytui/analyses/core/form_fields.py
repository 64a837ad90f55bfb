"""What a Params model says about its fields, read once for the command line and the app's form."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from lazytui.analyses.core.analysis import Positional, RunReference
from lazytui.catalog_fields import Recorded
from lazytui.list_values import format_list

_SIGNS = (("ge", "at least"), ("gt", "more than"), ("le", "at most"), ("lt", "less than"))
_LARGE = 2**31


@dataclass(frozen=True)
class ParamField:
    """One thing that can be chosen.

    type: of one value, as a person types it: bool, int, float, str, or the Literal itself.
    several: whether it takes more than one value. optional: whether None is a value (that of not choosing).
    limits: "at least 1 and at most 10", or nothing. default: None where there is none, or where it is required.
    suggestions: values worth offering, none of them binding. about: a line on some of them. reference: set where it
    names another run.
    argument: whether it is typed without its name. meaning: of an option that some entries of a catalog read, as some
    methods do, its description without who reads it; else nothing. heading: the `HEADING` of the class that declares
    it; else nothing. listed: choices of a text, which may be another one.
    """

    name: str
    type: Any
    several: bool
    optional: bool
    required: bool
    default: Any
    description: str
    limits: str
    suggestions: tuple[str, ...]
    reference: RunReference | None
    argument: bool = False
    meaning: str = ""
    heading: str = field(default="", compare=False)
    about: Mapping[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] = ()

    @property
    def is_conditional(self) -> bool:
        """Whether it is only there where another choice gives it a value."""
        return bool(self.meaning)

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def choices(self) -> tuple[str, ...]:
        """The values to choose from, or nothing where they can't be listed."""
        return get_args(self.type) if get_origin(self.type) is Literal else self.listed

    @property
    def help(self) -> str:
        """The description, the values it takes, and what holds when it isn't given."""
        default = "" if self.default in (None, "", ()) else f"[default: {format_value(self.default)}]"
        return " ".join(part for part in (self.description, self.limits and f"[{self.limits}]", default) if part)


def fields_of(model: type[BaseModel]) -> tuple[ParamField, ...]:
    """Every field of the model that a person chooses, in the order of its declaration."""
    return _read_fields(model)


@lru_cache(maxsize=64)
def _read_fields(model: type[BaseModel]) -> tuple[ParamField, ...]:
    """Read once: a form asks for them at every key."""
    chosen = {name: info for name, info in model.model_fields.items() if not _is_recorded(info)}
    return tuple(_field(name, info, _heading(model, name)) for name, info in chosen.items())


def _is_recorded(info: FieldInfo) -> bool:
    return any(isinstance(mark, Recorded) for mark in info.metadata)


def _heading(model: type[BaseModel], name: str) -> str:
    """The heading of a field, from the class that had it first: whoever changes its default leaves it where it was."""
    had = (cls for cls in reversed(model.__mro__) if issubclass(cls, BaseModel) and name in cls.model_fields)
    return getattr(next(had), "HEADING", "")


def format_value(value: object) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (tuple, list)):
        return format_list(value) or "none"
    return str(value)


def _field(name: str, info: FieldInfo, heading: str) -> ParamField:
    one, several, optional = _shape(info.annotation)
    marks = list(_marks(info))
    reference = next((mark for mark in marks if isinstance(mark, RunReference)), None)
    extra: dict[str, Any] = dict(info.json_schema_extra) if isinstance(info.json_schema_extra, dict) else {}
    return ParamField(
        name=name,
        type=one,
        several=several,
        optional=optional,
        required=info.is_required(),
        default=None if info.is_required() else info.get_default(call_default_factory=True),
        description=info.description or "",
        limits=" and ".join(
            f"{sign} {_bound(getattr(mark, key))}" for mark in marks for key, sign in _SIGNS if hasattr(mark, key)
        ),
        suggestions=tuple(str(example) for example in info.examples or ()),
        reference=reference,
        argument=any(isinstance(mark, Positional) for mark in marks) or (reference is not None and reference.argument),
        heading=heading,
        meaning=extra.get("meaning", ""),
        about=extra.get("about", {}),
        listed=tuple(extra.get("choices", ())),
    )


def _bound(value: float) -> str:
    """A limit in words. Those of seeds are powers of two that nobody knows by their digits."""
    return f"{value:g}" if value < _LARGE else f"2^{int(value).bit_length() - 1}"


def _shape(annotation: Any) -> tuple[Any, bool, bool]:
    """The type of one value; whether there can be several (tuple[X, ...]); whether there can be none (X | None)."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _shape(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        inner = [part for part in get_args(annotation) if part is not type(None)]
        if inner == [int, str]:  # a number or a name
            return str, False, len(inner) < len(get_args(annotation))
        one, several, _ = _shape(*inner)
        return one, several, True
    if origin is tuple:
        return _shape(get_args(annotation)[0])[0], True, False
    return annotation, False, False


def _marks(info: FieldInfo) -> Iterator[Any]:
    """What is attached to the field and to the types it is made of."""
    yield from info.metadata
    yield from _inner_marks(info.annotation)


def _inner_marks(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal:
        return
    if get_origin(annotation) is Annotated:
        for mark in get_args(annotation)[1:]:
            yield from mark.metadata if isinstance(mark, FieldInfo) else (mark,)
    for part in get_args(annotation):
        if get_origin(part) is not None:
            yield from _inner_marks(part)
