"""What a source is: what lists say of it, and the two functions that find and read its images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lazytui.data.content import LONGEST_WORD, Content
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources.options import SourceOptions
from lazytui.errors import BadInput


@dataclass(frozen=True)
class Source:
    """name: lasting, with an absolute path where it has one. content: its classes, its own attribute where it has one,
    and no planted cue. counts: how many images its parts have."""

    name: str
    content: Content
    counts: Mapping[Part, int] = field(hash=False)


@dataclass(frozen=True)
class SourceEntry:
    """One kind of source.

    find: what there is on this machine, read from listings, headers and tables where that is enough. load: the first
    so many images of a part, or all, in an order of the source's own. Both raise BadInput.
    gray: whether images are ten classes of white shapes on black, 28 x 28. metavar: name of what stands behind a colon.
    needs_path: whether it must be. cue: what is planted where nothing is chosen. reads: the options that concern it.
    epochs: passes that a network needs to learn the shortcut, where that is known.
    """

    name: str
    summary: str
    find: Callable[[SourceOptions], Source]
    load: Callable[[SourceOptions, Part, int | None], SourceImages]
    gray: bool = False
    metavar: str = ""
    needs_path: bool = True
    cue: str = "none"
    reads: tuple[str, ...] = ()
    epochs: int | None = None

    @property
    def usage(self) -> str:
        """How it is written: `mnist`, `folder:PATH`."""
        if not self.metavar:
            return self.name
        return f"{self.name}:{self.metavar}" if self.needs_path else f"{self.name}[:{self.metavar}]"

    def as_json(self) -> dict[str, Any]:
        """The entry as plain values."""
        return {"source": self.usage, "summary": self.summary, "gray": self.gray, "reads": list(self.reads)}


def content_of(**values: Any) -> Content:
    """A `Content` of words from files. Raises BadInput where they can't be those of one."""
    for word in (*values["classes"], *values.get("values", ())):
        if not 1 <= len(word) <= LONGEST_WORD or not word.isprintable():
            raise BadInput(
                f"{word!r} can't be the name of a {values.get('label', 'class')} or value: 1 to {LONGEST_WORD} "
                "printable characters are needed."
            )
    return Content(**values)
