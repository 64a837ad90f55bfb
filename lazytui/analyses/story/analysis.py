"""Story: the main job in one command. Each chapter is a run of its own; the story tells them in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lazytui.analyses import analysis
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.story.chapters import CHAPTERS, Chapter
from lazytui.analyses.story.opening_and_answer import answers, card, key_numbers
from lazytui.analyses.story.parallel_chapters import Part, run_chapters
from lazytui.analyses.story.params import StoryParams
from lazytui.analyses.story.result import ChapterResult, StoryResult, read, write
from lazytui.data.sources.gray_shapes import resolve_gray
from lazytui.data.sources.params import is_gray
from lazytui.errors import UsageError
from lazytui.figures.kinds import Figure, Text
from lazytui.files.writing import write_atomic
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

_UNFOLDED = 3
"""Figures of a chapter that the report shows at once."""


def resolve(params: StoryParams, workspace: Workspace) -> StoryParams:
    """Name the source, and see to it that every chapter can be asked what it will be asked."""
    from lazytui.analyses.core.execute import validate

    source = params.source or ("strokes" if params.preset == "quick" else "mnist")
    if not is_gray(source):
        raise UsageError(f"The story needs digits that can be painted, and {source!r:.60} has none.")
    resolved = params.model_copy(update={"source": resolve_gray(source)})
    for chapter in fitting_chapters(resolved):
        if set(chapter.needs) <= {"canvas"}:  # asks nothing of the runs before it
            chosen = validate(chapter.kind, chapter.values(resolved, {}))
            analysis(chapter.kind).resolve(chosen, workspace)
    return resolved


def fitting_chapters(story: StoryParams) -> list[Chapter]:
    """The chapters of a story on what it plays on."""
    return [chapter for chapter in CHAPTERS if chapter.fits(story)]


def run(params: StoryParams, report: Report) -> StoryResult:
    chapters = fitting_chapters(params)
    runs = run_chapters([_part(chapter, params, report) for chapter in chapters], report)
    result = StoryResult(tuple(_chapter(chapter, runs[chapter.name]) for chapter in chapters))
    _write_report(params, result, report)
    return result


def _part(chapter: Chapter, params: StoryParams, report: Report) -> Part:
    def run_of(runs: Mapping[str, str]) -> RunFolder:
        from lazytui.analyses.core.execute import create, validate, without_damaged

        begun = [run for run in report.workspace.readable_runs() if run.record.started_by == report.run.id]
        started = [run for run in begun if run.record.kind == chapter.kind and chapter.own(run.record.params)]
        if usable := without_damaged(started, report):
            return usable[-1]
        chapter_params = validate(chapter.kind, chapter.values(params, runs))
        return create(chapter.kind, chapter_params, report.workspace, started_by=report.run.id)

    return Part(chapter.name, chapter.title, chapter.needs, chapter.turn, run_of)


def _chapter(chapter: Chapter, run: RunFolder) -> ChapterResult:
    return ChapterResult(run.reference, recorded_params(run), recorded_result(run), chapter)


def figures(_params: StoryParams, result: StoryResult) -> list[Figure]:
    """The four numbers, the chapters in order, and the answer."""
    chapter_figures: list[Figure] = []
    for number, part in enumerate(result.chapters, start=1):
        chapter = part.chapter
        title = f"{number}. {chapter.title}"
        chapter_figures.append(Text(name=chapter.name, title=title, paragraphs=_framing_sentences(part, result)))
        chapter_figures += _chapter_figures(part)
    return [*card(result), *chapter_figures, *answers(result)]


def _framing_sentences(part: ChapterResult, result: StoryResult) -> tuple[str, str]:
    """Before a chapter's figures, and after."""
    return part.chapter.introduction(result.content), part.chapter.conclusion(part.result, result.content)


def _chapter_figures(part: ChapterResult) -> list[Figure]:
    chapter = part.chapter
    every = {figure.name: figure for figure in analysis(chapter.kind).figures(part.params, part.result)}
    return [replace(every[name], name=f"{chapter.name}-{name}") for name in chapter.figures if name in every]


def _write_report(params: StoryParams, result: StoryResult, report: Report) -> None:
    """report.html: the whole story on one page that needs nothing else."""
    from lazytui.figures.html import Section, page

    sections = []
    for part in result.chapters:
        chapter_figures = _chapter_figures(part)
        sections.append(
            Section(
                heading=part.chapter.title,
                paragraphs=_framing_sentences(part, result),
                link=(f"Run {part.run}", f"../{part.run}/"),
                figures=tuple(chapter_figures[:_UNFOLDED]),
                folded=tuple(chapter_figures[_UNFOLDED:]),
            )
        )
    sections += [Section(heading=text.title, paragraphs=text.paragraphs) for text in answers(result)]
    title = f"A shortcut, caught: {params.model} on {params.dataset} {params.source}, seed {params.seed}"
    report.store(
        lambda: write_atomic(report.folder / "report.html", page(title, sections, numbers=key_numbers(result)))
    )


ANALYSIS = Analysis(
    params=StoryParams,
    run=run,
    figures=figures,
    write=write,
    read=read,
    resolve=resolve,
    label=lambda params: f"{params.preset}",
)
