"""Which source, and how it is read: what a person chooses."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator, model_validator

from lazytui.catalog_fields import name_field, require_name, require_own
from lazytui.data.sources.base import SourceEntry
from lazytui.data.sources.catalog import SOURCES
from lazytui.data.sources.options import SourceOptions


def _typed(entry: SourceEntry) -> str:
    """What can be typed as it is, or with its path filled in."""
    return entry.usage if entry.needs_path else entry.name


_USAGES = [entry.usage for entry in SOURCES.values()]

READING = tuple(name for name in SourceOptions.model_fields if name != "source")
"""The options of how a source is read."""


class SourceParams(SourceOptions):
    """Where images come from, before any cue is planted in them."""

    HEADING: ClassVar[str] = SourceOptions.HEADING

    source: str = name_field(
        "auto",
        f"Images: {', '.join(_USAGES)} (lazytui sources says what each is). auto is mnist where it is on this "
        "machine or can be downloaded, else strokes: digits that lazytui draws.",
        {_typed(entry): entry.summary for entry in SOURCES.values()},
    )

    @property
    def of_source(self) -> SourceParams:
        """These alone, without what is planted."""
        return SourceParams.model_construct(**{name: getattr(self, name) for name in SourceParams.model_fields})

    @field_validator("source")
    @classmethod
    def _known_source(cls, source: str) -> str:
        return require_source_name(source)

    @model_validator(mode="after")
    def _reads_what_is_said(self) -> SourceParams:
        reads = SOURCES[self.kind].reads if self.kind in SOURCES else ()
        chosen = [name for name in READING if getattr(self, name) is not None]
        require_own("source", self.kind, chosen, reads)
        return self


def is_gray(source: str) -> bool:
    """Whether a source has white shapes on black, 28 x 28, which can be painted in colors."""
    return source == "auto" or (source in SOURCES and SOURCES[source].gray)


def require_source_name(source: str) -> str:
    """The name. Raises ValueError where there is no such source, or its path is missing."""
    kind, colon, path = source.partition(":")
    if require_name("source", kind, ("auto", *SOURCES)) == "auto" or not SOURCES[kind].metavar:
        if colon:
            raise ValueError(f"The source {kind} takes nothing behind a colon.")
    elif not path and SOURCES[kind].needs_path:
        raise ValueError(f"The source {kind} needs a path: {SOURCES[kind].usage}.")
    return source
