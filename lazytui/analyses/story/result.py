"""What the result of `story` holds: every chapter's own result, with what it was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError
from typing_extensions import TypedDict

from lazytui.analyses import analysis
from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.story.chapters import CHAPTERS
from lazytui.runs.result_contents import Damaged, Name, Number, check_facts
from lazytui.runs.saved_result import Result

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lazytui.analyses.story.params import StoryParams


class ChapterFacts(TypedDict):
    run: Name
    params: dict[str, Any]
    metrics: dict[str, Number | None]
    facts: dict[str, Any]


def chapter_of(result: Result, name: str, kind: str) -> tuple[BaseModel, Result]:
    """What a chapter was asked and what it found. Raises Damaged where that isn't what its analysis makes."""
    kept = result.facts[name]
    if not isinstance(kept, dict):
        raise Damaged(f"its fact {name!r} is no chapter")
    check_facts(ChapterFacts, kept)
    prefix = f"{name}/"
    arrays = {key.removeprefix(prefix): array for key, array in result.arrays.items() if key.startswith(prefix)}
    try:
        asked: BaseModel = analysis(kind).params.model_validate(kept["params"])
    except ValidationError as error:
        raise Damaged(f"what its chapter {name!r} was asked isn't valid") from error
    return asked, analysis(kind).read(asked, Result(kept["metrics"], kept["facts"], arrays))


def read(_params: StoryParams, result: Result) -> Result:
    """Raises Damaged where a chapter isn't what its analysis makes."""
    kept: dict[str, NDArray[np.generic]] = {}
    for chapter in CHAPTERS:
        if chapter.name in result.facts:
            asked, part = chapter_of(result, chapter.name, chapter.kind)
            if isinstance(asked, AttackParams):
                _check_pools(asked, part)
            kept |= {f"{chapter.name}/{name}": array for name, array in part.arrays.items()}
    return replace(result, arrays=kept)


def _check_pools(asked: AttackParams, part: Result) -> None:
    """The story tells of several pools, and of a second network where there is one."""
    if asked.pool != "all":
        raise Damaged("its attack has one pool of sources only")
    if len(part.facts["networks"]) < 2 and any(name.startswith("against_") for name in part.metrics):
        raise Damaged("its attack lacks the second network")
