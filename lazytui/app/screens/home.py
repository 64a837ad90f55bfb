"""Home: the cheat in one look, the story's chapters with what this workspace has of each, and the newest runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.worker import get_current_worker

from lazytui.analyses.networks.other_data import is_on_data
from lazytui.analyses.story.chapters import CHAPTERS, Chapter
from lazytui.app.figures import FigureView
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel, Shown
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.common.panel_screen import PanelScreen
from lazytui.app.screens.home_findings import finding
from lazytui.app.shell.popups.dialogs import Ask
from lazytui.app.shell.screen_registry import SCREENS, mode_of
from lazytui.app.workers.run_follower import AGES_EVERY
from lazytui.data.content import colored_digits
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Column, Figure, Table
from lazytui.runs.formatting import age_text, progress_bar
from lazytui.runs.human_names import human_name
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, shipped_lines

STORY = (
    "Run the whole story? It makes the data, trains a network, evaluates, explains, cures and attacks it, and writes "
    "a report: a few minutes, in the background. You can stop and resume it in Runs (9)."
)
NOT_EVALUATED = "This network wasn't evaluated yet. 3: Evaluate."
OF_AN_EVALUATION = ("cheat",), ("color-by-prediction-hard", "confusion-hard", "headline")
"""What is shown of a network that was evaluated; where its images can't be had with another value, the second."""
OF_A_TRAINING = "conflicting-ten", "accuracy", "metrics"
"""What is shown of a network that wasn't evaluated, the first that its training kept."""

EXAMPLE = colored_digits("distinct")
"""What a story that wasn't run plays on."""

_NEWEST = 20
_SIGNS = {"done": "●", "running": "◐", "queued": "◐", "paused": "◐"}
ARRANGEMENTS = Arrangements(
    narrow=Arrangement("cheat | 11", "story | 12", "picture | 16", "runs | 10"),
    medium=Arrangement("cheat cheat | 15", "story picture | 12", "runs picture | 1fr"),
    wide=Arrangement(
        "cheat cheat cheat picture picture | 15",
        "story story story picture picture | 12",
        "runs runs runs picture picture | 1fr",
    ),
)


class Home(PanelScreen):
    screen_name = "home"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "story", "Run the story", id="story")]

    def compose_body(self) -> ComposeResult:
        panels = ("cheat", ""), ("story", "Story"), ("picture", ""), ("runs", "Runs")
        lists = {"story", "runs"}
        yield PanelGrid(
            ARRANGEMENTS,
            [Panel(name, title, opens=name in lists, lists=name in lists) for name, title in panels],
        )

    def on_mount(self) -> None:
        self._chapter = 0
        self._wanted: dict[str, RunFolder | None] = {}
        self._shown: list[RunLine] = []
        self.watch(self.lab, "lines", self._show)
        self.watch(self.lab, "network", self._show_cheat)
        self.set_interval(AGES_EVERY, self._show_runs)
        self.call_after_refresh(self._begin_with_story)

    def _begin_with_story(self) -> None:
        """So that a cursor is seen from the beginning, and the arrows and Enter do what it shows."""
        if self.focused is None:
            self.set_focus(self._grid.panel("story").views[0], scroll_visible=False)

    def shown_figures(self) -> Sequence[Figure]:
        return [figure for panel in self.query(Panel) for figure in panel.shown]

    def action_story(self) -> None:
        """Start the whole story in the background, if that is meant."""

        def start(yes: bool | None) -> None:
            if yes:
                self.start("story", {})

        self.app.push_screen(Ask(STORY), start)

    @property
    def _grid(self) -> PanelGrid:
        return self.query_one(PanelGrid)

    def _show(self) -> None:
        self._grid.panel("story").show([(story(self.lab.lines),)])
        self._show_runs()
        self._show_cheat()
        self._show_chapter()

    def _show_runs(self) -> None:
        self._shown = [*reversed(self.lab.lines)][:_NEWEST] or list(shipped_lines())
        self._grid.panel("runs").show([(runs(self._shown),)])

    def _show_cheat(self) -> None:
        lines = [*shipped_lines(), *self.lab.lines]
        mine = [
            line
            for line in lines
            if line.kind == "evaluate"
            and line.status.state == "done"
            and line.record
            and line.record.params.get("run") == self.lab.network
            and is_on_data(line.record.params, {})
        ]
        training = self.lab.line_of(self.lab.network)
        if mine:
            self._load("cheat", mine[-1], *OF_AN_EVALUATION)
        elif training and training.status.state == "done":
            self._load("cheat", training, OF_A_TRAINING)
        else:
            self._say("cheat", NOT_EVALUATED)

    def _show_chapter(self) -> None:
        chapter = CHAPTERS[self._chapter]
        if line := newest_of(chapter, self.lab.lines):
            self._load("picture", line, chapter.figures)
        else:
            self._say("picture", f"{chapter.introduction(EXAMPLE)} Not run yet; s runs the whole story.")

    def _say(self, name: str, sentence: str) -> None:
        """A sentence in a panel, also where figures for it are still on their way."""
        self._wanted[name] = None
        self._grid.panel(name).say(sentence)

    def _load(self, name: str, line: RunLine, *wanted: Sequence[str]) -> None:
        """Show some figures of a run in a panel, unless something else belongs there by then: the first of those lists
        that it has any of."""
        self._wanted[name] = line.run
        self._read(name, line, wanted)

    @work(thread=True, exit_on_error=False)
    def _read(self, name: str, line: RunLine, wanted: Sequence[Sequence[str]]) -> None:
        from lazytui.analyses.core.execute import figures

        worker = get_current_worker()
        choices: list[Shown] = []
        sentence = ""
        try:
            by_name = {figure.name: figure for figure in figures(line.run)}
            available = (tuple(by_name[one] for one in names if one in by_name) for names in wanted)
            choices = [(self._of_network(figure, line),) for figure in next(filter(None, available), ())]
        except LazytuiError as error:
            sentence = str(error)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._deliver, name, line.run, choices, sentence)

    def _of_network(self, figure: Figure, line: RunLine) -> Figure:
        """What a network says is said to be of which one."""
        if line.kind == "train" and figure.name in OF_A_TRAINING:
            title = f"{human_name(line)}: {figure.title} · 3: Evaluate"
            return replace(figure, title=title, note=f"{NOT_EVALUATED} {figure.note}".rstrip())
        network = line.record.params.get("run") if line.record and line.kind == "evaluate" else None
        return replace(figure, title=f"{self.lab.name_of(str(network))}: {figure.title}") if network else figure

    def _deliver(self, name: str, run: RunFolder, choices: Sequence[Shown], sentence: str) -> None:
        if self._wanted.get(name) is run and choices:
            self._grid.panel(name).show(choices)
        elif self._wanted.get(name) is run and sentence:
            self._grid.panel(name).say(sentence)

    @on(FigureView.Pointed)
    def _point(self, event: FigureView.Pointed) -> None:
        if event.view.figure.name == "story" and event.position != self._chapter:
            self._chapter = event.position
            self._show_chapter()

    @on(FigureView.Chosen)
    def _open(self, event: FigureView.Chosen) -> None:
        if event.view.figure.name == "runs":
            self.lab.open_run(self._shown[event.position].run.reference)
        elif event.view.figure.name == "story":
            self.app.switch_mode(mode_of(CHAPTERS[event.position].kind, otherwise="home"))


def story(lines: Sequence[RunLine]) -> Table:
    """Each chapter with its screen, how it stands, and what it found."""
    newest = [newest_of(chapter, lines) for chapter in CHAPTERS]
    all_bundled = all(line in shipped_lines() for line in newest)
    return Table(
        name="story",
        title="Story: an example, s runs yours" if all_bundled else "Story",
        note="The ten chapters of the story, each with the newest run of its kind here, or else a bundled one, called "
        "an example. Enter goes to its screen; s runs the whole story.",
        columns=tuple(Column(name=name) for name in ("screen", "found")),
        rows=tuple(
            _chapter_row(chapter, line, is_example=line in shipped_lines() and not all_bundled)
            for chapter, line in zip(CHAPTERS, newest, strict=True)
        ),
    )


def _chapter_row(chapter: Chapter, line: RunLine | None, *, is_example: bool) -> tuple[str, ...]:
    """Its screen, and what it found: of a chapter on the screen of an earlier one after its own name."""
    entry = next(entry for entry in SCREENS if chapter.kind in entry.kinds)
    before = CHAPTERS[: CHAPTERS.index(chapter)]
    name = chapter.name if any(other.kind in entry.kinds for other in before) else ""
    prefix = ", ".join(filter(None, (name, "example" if is_example else "")))
    state = "not run yet" if line is None else finding(line) or line.state
    sign = _SIGNS.get(line.status.state, "✗") if line else "○"
    return f"{sign} {entry.key} {entry.name}", f"{prefix}: {state}" if prefix else state


def newest_of(chapter: Chapter, lines: Sequence[RunLine]) -> RunLine | None:
    """The newest run that a chapter is about, or else a bundled one."""
    return next(reversed(list(_belonging(chapter, (*shipped_lines(), *lines)))), None)


def _belonging(chapter: Chapter, lines: Sequence[RunLine]) -> Iterator[RunLine]:
    for line in lines:
        if line.record is None or line.kind != chapter.kind or not chapter.own(params := line.record.params):
            continue
        if "run" not in params or is_on_data(params, {}):
            yield line


def runs(lines: Sequence[RunLine]) -> Table:
    """The newest runs, the newest first."""
    own = not lines or lines[0] not in shipped_lines()
    return Table(
        name="runs",
        title="Runs" if own else "Bundled runs",
        note="The newest runs of this workspace, or the bundled ones where there is none. Enter opens a run.",
        columns=tuple(Column(name=name) for name in ("run", "found", *(["age"] if own else []))),
        rows=tuple(
            (
                f"{_SIGNS.get(line.status.state, '✗')} {human_name(line)}",
                finding(line) or "done" if line.status.state == "done" else _progress(line),
                *([age_text(line.created)] if own else []),
            )
            for line in lines
        ),
    )


def _progress(line: RunLine) -> str:
    """`███████░░░ running 71%`; the state alone where nothing is known of how far it is."""
    progress = line.status.progress
    if not (line.is_active and progress and progress.total):
        return line.state
    return f"{progress_bar(progress.done / progress.total, 10)} {line.state}"
