"""A choice from a catalog, and options of which each entry reads some: what Params are checked by and filled from."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, ClassVar, Protocol, get_args

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, create_model, model_serializer
from pydantic.fields import FieldInfo

from lazytui.errors import unknown_name


@dataclass(frozen=True)
class Recorded:
    """Marks a field that nobody chooses: its value is determined by a run, and recorded for those who read it later."""


class Entry(Protocol):
    """Of a catalog. options: a model of what can be chosen of it; each has a default."""

    @property
    def options(self) -> type[BaseModel]: ...


class Summarized(Protocol):
    """An entry that says in a line what it is."""

    @property
    def summary(self) -> str: ...


class Names(Container[str], Iterable[str], Protocol):
    """What a name is looked up in."""


def require_name(what: str, name: str, names: Names) -> str:
    """The name. Raises ValueError where there is no such one, with the nearest that there are."""
    if name not in names:
        raise ValueError(unknown_name(what, name, names))
    return name


def name_field(default: Any, description: str, about: Mapping[str, str]) -> Any:
    """A field that takes a name. about: a line on each that can be listed; there may be others."""
    return Field(default, description=description, examples=list(about), json_schema_extra={"about": dict(about)})


def summaries(catalog: Mapping[str, Summarized]) -> dict[str, str]:
    """The line on each entry of a catalog."""
    return {name: entry.summary for name, entry in catalog.items()}


class ChosenOptions(BaseModel):
    """Options of which each entry of a catalog reads some. None: not chosen, and then not recorded either.

    OPTIONS: their names.
    """

    model_config = ConfigDict(defer_build=True)

    OPTIONS: ClassVar[tuple[str, ...]] = ()

    @property
    def chosen_options(self) -> dict[str, Any]:
        """Those that have a value, by name."""
        return {name: value for name in self.OPTIONS if (value := getattr(self, name)) is not None}

    @model_serializer(mode="wrap")
    def _without_the_unchosen(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None or name not in self.OPTIONS}


def merged_options(name: str, catalog: Mapping[str, Entry], *, heading: str) -> type[ChosenOptions]:
    """A model of the options of all entries: a field a name, whose help says who reads it and what it takes there.

    Raises TypeError where one name isn't the same thing (type, limits and help) to all its readers.
    """
    readers: dict[str, dict[str, FieldInfo]] = {}
    for entry, of in catalog.items():
        for option, info in of.options.model_fields.items():
            readers.setdefault(option, {})[entry] = info
    fields: dict[str, Any] = {option: _merged_field(option, infos) for option, infos in readers.items()}
    merged = create_model(name, __base__=ChosenOptions, __module__=__name__, **fields)
    merged.OPTIONS, merged.HEADING = tuple(fields), heading  # type: ignore[attr-defined]
    return merged


def _merged_field(option: str, infos: Mapping[str, FieldInfo]) -> Any:
    first, *others = infos.values()
    meaning = first.description or ""
    for other in others:
        if (other.annotation, other.metadata, other.description) != (first.annotation, first.metadata, meaning):
            raise TypeError(f"{option} means different things to {', '.join(infos)}: give it another name.")
    defaults = ", ".join(f"{entry} {default_text(info.default)}" for entry, info in infos.items())
    description = f"{meaning.removesuffix('.')} [default: {defaults}]."
    field = Field(None, description=description, json_schema_extra={"meaning": meaning})
    kind: Any = first.annotation | None  # type: ignore[operator]
    return Annotated[kind, *first.metadata] if first.metadata else kind, field


def unchosen_fields(name: str, model: type[BaseModel], fields: Iterable[str], *, heading: str) -> type[ChosenOptions]:
    """A model of some fields of another one, none of which has a value until it is chosen. Types, limits and help are
    the same."""
    chosen: dict[str, Any] = {field: _unchosen_field(model.model_fields[field]) for field in fields}
    made = create_model(name, __base__=ChosenOptions, __module__=__name__, **chosen)
    made.OPTIONS, made.HEADING = tuple(chosen), heading  # type: ignore[attr-defined]
    return made


def _unchosen_field(info: FieldInfo) -> Any:
    kind: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    if NoneType not in get_args(info.annotation):
        kind = kind | None
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else None
    return kind, Field(None, description=info.description, examples=info.examples, json_schema_extra=extra)


def default_text(value: float | str) -> str:
    """The default of an option, in words."""
    if isinstance(value, str):
        return value
    return ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}"


def with_defaults(values: Any, field: str, default: str, catalog: Mapping[str, Entry]) -> Any:
    """What was given, and the defaults of what the chosen entry reads and isn't given. field: holds the choice."""
    if not isinstance(values, dict):
        return values
    choice = values.get(field, default)
    entry = catalog.get(choice) if isinstance(choice, str) else None
    chosen = {name: value for name, value in values.items() if value is not None}
    return {**values, **(defaults_of(entry) if entry else {}), **chosen}


def defaults_of(entry: Entry) -> dict[str, Any]:
    """The default of each option of a catalog's entry."""
    return {name: info.default for name, info in entry.options.model_fields.items()}


def require_own(what: str, name: str, chosen: Iterable[str], own: Names) -> None:
    """Raise ValueError for a chosen option that isn't one of those that the entry has."""
    for option in chosen:
        if option not in own:
            takes = ", ".join(each.replace("_", "-") for each in own) or "no options"
            raise ValueError(f"The {what} {name} doesn't read {option.replace('_', '-')}; it takes {takes}.")
