"""What `story` finds: every chapter's own result, with what it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.attack.result import AttackResult
from lazytui.analyses.core.embedded_result import EmbeddedResult, read_embedded, write_embedded
from lazytui.analyses.story.chapters import CHAPTERS, Chapter
from lazytui.data.content import Content, colored_digits
from lazytui.data.params import DatasetParams
from lazytui.runs.results.result_contents import Damaged
from lazytui.runs.results.saved_result import Result

if TYPE_CHECKING:
    from lazytui.analyses.story.params import StoryParams


@dataclass(frozen=True)
class ChapterResult(EmbeddedResult):
    """What the run of a chapter was asked and found."""

    chapter: Chapter


@dataclass(frozen=True)
class StoryResult:
    """The chapters in their order. An older story has fewer of them."""

    chapters: tuple[ChapterResult, ...]

    @property
    def content(self) -> Content:
        """Of the images that it plays on."""
        data = next((part.params for part in self.chapters if isinstance(part.params, DatasetParams)), None)
        return data.content if data else colored_digits("distinct")

    @property
    def by_chapter(self) -> dict[str, Any]:
        """What each chapter found, by its name."""
        return {part.chapter.name: part.result for part in self.chapters}


def write(result: StoryResult) -> Result:
    """One result that holds every chapter's, so that the story can be told without their folders."""
    metrics: dict[str, float | None] = {}
    facts: dict[str, Any] = {}
    arrays: dict[str, Any] = {}
    for part in result.chapters:
        name = part.chapter.name
        saved, own_arrays = write_embedded(part.chapter.kind, name, part)
        metrics |= {f"{part.chapter.prefix}{metric}": value for metric, value in saved.metrics.items()}
        facts[name] = saved.facts
        arrays |= own_arrays
    return Result(metrics, facts, arrays)


def read(_params: StoryParams, saved: Result) -> StoryResult:
    """Raises Damaged where a chapter isn't what its analysis makes."""
    return StoryResult(tuple(_read_chapter(chapter, saved) for chapter in CHAPTERS if chapter.name in saved.facts))


def _read_chapter(chapter: Chapter, saved: Result) -> ChapterResult:
    part = read_embedded(chapter.kind, chapter.name, saved.facts[chapter.name], saved)
    if isinstance(part.params, AttackParams):
        _check_pools(part.params, part.result)
    return ChapterResult(part.run, part.params, part.result, chapter)


def _check_pools(params: AttackParams, attack: AttackResult) -> None:
    """The story needs several pools, of every network that was attacked."""
    if params.pool != "all":
        raise Damaged("its attack has one pool of sources only")
    if len(attack.networks) != len(params.network_params):
        raise Damaged("its attack lacks the second network")
