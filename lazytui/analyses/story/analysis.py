"""Story: the main job in one command. Each chapter is a run of its own; the story tells them in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from lazytui.analyses import analysis
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.story.chapters import CHAPTERS, Chapter
from lazytui.analyses.story.parallel_chapters import Part, carried
from lazytui.analyses.story.params import StoryParams
from lazytui.analyses.story.result import chapter_of, read
from lazytui.data.sources import resolve_source
from lazytui.figures.kinds import Figure, Text
from lazytui.files.writing import write_atomic
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.saved_result import Result
from lazytui.runs.workspace import Workspace


def settle(params: StoryParams, workspace: Workspace) -> StoryParams:
    """Name the source, and see to it that every chapter can be asked what it will be asked."""
    from lazytui.analyses.core.execute import references, validated

    asked = params.source or ("strokes" if params.preset == "quick" else "mnist")
    settled = params.model_copy(update={"source": resolve_source(asked)})
    for chapter in told(settled):
        if not list(references(analysis(chapter.kind).params)):
            chosen = validated(chapter.kind, chapter.values(settled, {}))
            analysis(chapter.kind).settle(chosen, workspace)
    return settled


def told(story: StoryParams) -> list[Chapter]:
    """The chapters of a story on what it plays on."""
    return [chapter for chapter in CHAPTERS if chapter.fits(story)]


def run(params: StoryParams, report: Report) -> Result:
    there = told(params)
    runs = carried([_part(chapter, params, report) for chapter in there], report)
    result = _gathered({name: (child, recorded_result(child)) for name, child in runs.items()})
    _write_report(params, result, report)
    return result


def _part(chapter: Chapter, params: StoryParams, report: Report) -> Part:
    def run_of(runs: Mapping[str, str]) -> RunFolder:
        from lazytui.analyses.core.execute import create, sound, validated

        begun = [run for run in report.workspace.readable_runs() if run.record.started_by == report.run.id]
        mine = [run for run in begun if run.record.kind == chapter.kind and chapter.own(run.record.params)]
        if usable := sound(mine, report):
            return usable[-1]
        asked = validated(chapter.kind, chapter.values(params, runs))
        return create(chapter.kind, asked, report.workspace, started_by=report.run.id)

    return Part(chapter.name, chapter.title, chapter.needs, chapter.turn, run_of)


def _gathered(results: Mapping[str, tuple[RunFolder, Result]]) -> Result:
    """One result that holds every chapter's, so that the story can be told without their folders."""
    metrics: dict[str, float | None] = {}
    facts: dict[str, Any] = {}
    arrays: dict[str, Any] = {}
    for chapter in (chapter for chapter in CHAPTERS if chapter.name in results):
        name, (child, result) = chapter.name, results[chapter.name]
        metrics |= {f"{chapter.prefix}{metric}": value for metric, value in result.metrics.items()}
        facts[name] = {
            "run": child.reference,
            "params": child.record.params,
            "metrics": dict(result.metrics),
            "facts": dict(result.facts),
        }
        arrays |= {f"{name}/{array}": values for array, values in result.arrays.items()}
    return Result(metrics=metrics, facts=facts, arrays=arrays)


def chapters(result: Result) -> list[tuple[Chapter, BaseModel, Result]]:
    """The chapters of a told story, each with what it was asked and what it found.

    An older story has fewer of them.
    """
    found = []
    for chapter in CHAPTERS:
        if chapter.name not in result.facts:
            continue
        found.append((chapter, *chapter_of(result, chapter.name, chapter.kind)))
    return found


def figures(_params: StoryParams, result: Result) -> list[Figure]:
    drawn: list[Figure] = []
    for number, (chapter, asked, part) in enumerate(chapters(result), start=1):
        title = f"{number}. {chapter.title}"
        drawn.append(Text(name=chapter.name, title=title, paragraphs=(chapter.before, chapter.after(part))))
        drawn += _chapter_figures(chapter, asked, part)
    return drawn


def _chapter_figures(chapter: Chapter, asked: BaseModel, part: Result) -> list[Figure]:
    every = {figure.name: figure for figure in analysis(chapter.kind).figures(asked, part)}
    return [replace(every[name], name=f"{chapter.name}-{name}") for name in chapter.figures if name in every]


def _write_report(params: StoryParams, result: Result, report: Report) -> None:
    """report.html: the whole story on one page that needs nothing else."""
    from lazytui.figures.html import Section, page

    sections = []
    for chapter, asked, part in chapters(result):
        kept = result.facts[chapter.name]
        sections.append(
            Section(
                heading=chapter.title,
                paragraphs=(chapter.before, chapter.after(part), f"Run {kept['run']}."),
                figures=tuple(_chapter_figures(chapter, asked, part)),
            )
        )
    title = f"A shortcut, caught: {params.model} on {params.dataset} {params.source}, seed {params.seed}"
    report.store(lambda: write_atomic(report.folder / "report.html", page(title, sections)))


ANALYSIS = Analysis(
    params=StoryParams, run=run, figures=figures, read=read, settle=settle, label=lambda params: f"{params.preset}"
)
