"""What `story` finds: every chapter's own result, with what it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from typing_extensions import TypedDict

from lazytui.analyses import analysis
from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.attack.result import AttackResult
from lazytui.analyses.story.chapters import CHAPTERS, Chapter
from lazytui.runs.result_contents import Damaged, Name, Number, check_facts
from lazytui.runs.saved_result import Result, finite_metrics
from lazytui.runs.typed_result import starting_with

if TYPE_CHECKING:
    from lazytui.analyses.story.params import StoryParams


@dataclass(frozen=True)
class ChapterResult:
    """run: the reference of the chapter's run. asked: its Params. found: the typed result of its analysis."""

    chapter: Chapter
    run: str
    params: BaseModel
    found: Any


@dataclass(frozen=True)
class StoryResult:
    """The chapters in their order. An older story has fewer of them."""

    chapters: tuple[ChapterResult, ...]

    @property
    def by_chapter(self) -> dict[str, Any]:
        """What each chapter found, by its name."""
        return {part.chapter.name: part.found for part in self.chapters}


class _ChapterFacts(TypedDict):
    run: Name
    params: dict[str, Any]
    metrics: dict[str, Number | None]
    facts: dict[str, Any]


def write(result: StoryResult) -> Result:
    """One result that holds every chapter's, so that the story can be told without their folders."""
    metrics: dict[str, float | None] = {}
    facts: dict[str, Any] = {}
    arrays: dict[str, Any] = {}
    for part in result.chapters:
        name, found = part.chapter.name, analysis(part.chapter.kind).write(part.found)
        metrics |= {f"{part.chapter.prefix}{metric}": value for metric, value in found.metrics.items()}
        facts[name] = {
            "run": part.run,
            "params": part.params.model_dump(mode="json"),
            "metrics": finite_metrics(found.metrics),
            "facts": dict(found.facts),
        }
        arrays |= {f"{name}/{array}": values for array, values in found.arrays.items()}
    return Result(metrics, facts, arrays)


def read(_params: StoryParams, saved: Result) -> StoryResult:
    """Raises Damaged where a chapter isn't what its analysis makes."""
    return StoryResult(tuple(_read_chapter(chapter, saved) for chapter in CHAPTERS if chapter.name in saved.facts))


def _read_chapter(chapter: Chapter, saved: Result) -> ChapterResult:
    facts = saved.facts[chapter.name]
    if not isinstance(facts, Mapping):
        raise Damaged(f"its fact {chapter.name!r} is no chapter")
    saved_facts = check_facts(_ChapterFacts, facts)
    try:
        params: BaseModel = analysis(chapter.kind).params.model_validate(saved_facts["params"])
    except ValidationError as error:
        raise Damaged(f"what its chapter {chapter.name!r} was asked isn't valid") from error
    part = Result(saved_facts["metrics"], saved_facts["facts"], starting_with(f"{chapter.name}/", saved).arrays)
    found = analysis(chapter.kind).read(params, part)
    if isinstance(params, AttackParams):
        _check_pools(params, found)
    return ChapterResult(chapter, saved_facts["run"], params, found)


def _check_pools(params: AttackParams, found: AttackResult) -> None:
    """The story tells of several pools, of every network that was asked about."""
    if params.pool != "all":
        raise Damaged("its attack has one pool of sources only")
    if len(found.networks) != len(params.network_params):
        raise Damaged("its attack lacks the second network")
