"""What `side-by-side` keeps: what each run was asked and found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from lazytui.analyses.core.embedded_result import EmbeddedResult, read_embedded, write_embedded
from lazytui.data.content import Content, colored_digits
from lazytui.runs.results.result_contents import Damaged, Name
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lazytui.analyses.side_by_side.params import SideBySideParams

Kind = Literal["neurons", "sae", "llc", "audit"]


@dataclass(frozen=True)
class _Facts:
    kind: Kind
    names: Annotated[tuple[Name, ...], Field(min_length=2, max_length=6)]
    parts: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class SideBySideResult:
    """kind: the analysis. names: of the networks, each its own. parts: in the same order."""

    kind: Kind
    names: tuple[str, ...]
    parts: tuple[EmbeddedResult, ...]

    @property
    def content(self) -> Content:
        """Of the images of the first, where its analysis says so."""
        content: Content = getattr(self.parts[0].result, "content", colored_digits("distinct"))
        return content


def write(result: SideBySideResult) -> Result:
    facts: list[Mapping[str, Any]] = []
    arrays: dict[str, NDArray[Any]] = {}
    for number, part in enumerate(result.parts):
        saved, own = write_embedded(result.kind, str(number), part)
        facts.append(saved.facts)
        arrays |= own
    return Result(
        {"networks": float(len(result.parts))},
        {"kind": result.kind, "names": list(result.names), "parts": facts},
        arrays,
    )


def read(params: SideBySideParams, saved: Result) -> SideBySideResult:
    """Raises Damaged where it isn't what `write` makes."""
    facts = read_fields(_Facts, saved)
    if not len(params.runs) == len(facts.names) == len(facts.parts):
        raise Damaged("it holds other runs than it was asked for")
    parts = (read_embedded(facts.kind, str(number), part, saved) for number, part in enumerate(facts.parts))
    return SideBySideResult(facts.kind, facts.names, tuple(parts))
