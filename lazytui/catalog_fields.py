"""A choice from a catalog, and options of which each entry reads some: what Params are checked by and filled from."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Protocol

from pydantic import Field

from lazytui.errors import unknown_name


class Entry(Protocol):
    """Of a catalog. options: what can be chosen of it, with its defaults."""

    @property
    def options(self) -> Mapping[str, float]: ...


class Summarized(Protocol):
    """An entry that says in a line what it is."""

    @property
    def summary(self) -> str: ...


class Names(Container[str], Iterable[str], Protocol):
    """What a name is looked up in."""


def known(what: str, name: str, names: Names) -> str:
    """The name. Raises ValueError where there is no such one, with the nearest that there are."""
    if name not in names:
        raise ValueError(unknown_name(what, name, names))
    return name


def named(default: Any, description: str, about: Mapping[str, str]) -> Any:
    """A field that takes a name. about: a line on each that can be listed; there may be others."""
    return Field(default, description=description, examples=list(about), json_schema_extra={"about": dict(about)})


def summaries(catalog: Mapping[str, Summarized]) -> dict[str, str]:
    """The line on each entry of a catalog."""
    return {name: entry.summary for name, entry in catalog.items()}


def option(name: str, meaning: str, catalog: Mapping[str, Entry], **limits: Any) -> Any:
    """A field that says in its help which entries read it, and what they take where it isn't given."""
    readers = {entry: of.options[name] for entry, of in catalog.items() if name in of.options}
    defaults = ", ".join(f"{entry} {default:g}" for entry, default in readers.items())
    return Field(
        None, description=f"{meaning.removesuffix('.')} [{defaults}].", json_schema_extra={"meaning": meaning}, **limits
    )


def with_defaults(given: Any, field: str, default: str, catalog: Mapping[str, Entry]) -> Any:
    """What was given, and the defaults of what the chosen entry reads and isn't given. field: holds the choice."""
    if not isinstance(given, dict):
        return given
    choice = given.get(field, default)
    entry = catalog.get(choice) if isinstance(choice, str) else None
    chosen = {name: value for name, value in given.items() if value is not None}
    return {**given, **(entry.options if entry else {}), **chosen}


def require_own(what: str, name: str, given: Mapping[str, object], own: Mapping[str, float]) -> None:
    """Raise ValueError for a given option that the chosen entry doesn't read. given: None where nothing was chosen."""
    for option, value in given.items():
        if value is not None and option not in own:
            takes = ", ".join(each.replace("_", "-") for each in own) or "no options"
            raise ValueError(f"The {what} {name} doesn't read {option.replace('_', '-')}; it takes {takes}.")
