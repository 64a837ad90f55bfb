"""Home: the story's chapters with what this workspace has of each, what is going on, and what came along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from lazytui.analyses.story.chapters import CHAPTERS, Chapter
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.dialogs import Ask
from lazytui.app.workers.run_follower import AGES_EVERY
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import age_text, without_middle
from lazytui.runs.workspace_watch import RunLine, shipped_lines

WELCOME = (
    "Networks are lazy: trained on digits of which 95 % wear their own color, they read the color. "
    "1: make such data. 2: watch a network learn the color. 3: see which cue it uses. Enter opens a run."
)
STORY = (
    "Run the whole story? It makes the data, trains a network, evaluates, explains, cures and attacks it, and writes "
    "a report: a few minutes, in the background. You can stop and resume it in Runs (9)."
)


_NEWEST = 4
"""Runs that a chapter shows."""
_NAME = 30
"""Characters of a name or id: with what is told of a run, a row fits into 80 columns."""


class Home(LabScreen):
    screen_name = "home"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "story", "Run the story")]

    def __init__(self) -> None:
        super().__init__()
        self._first: str | None = None

    def compose_body(self) -> ComposeResult:
        with Vertical(id="home"):
            yield Static(WELCOME, id="welcome", markup=False)
            yield OptionList(id="chapters", markup=False)

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._show)
        self.set_interval(AGES_EVERY, lambda: self._show(self.lab.lines))
        self.query_one(OptionList).focus()

    def action_story(self) -> None:
        """Start the whole story in the background, if that is meant."""

        def start(yes: bool | None) -> None:
            if yes:
                self.lab.start("story", {})

        self.app.push_screen(Ask(STORY), start)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.lab.open_run(event.option_id)

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        options = self.query_one(OptionList)
        chosen = options.highlighted_option.id if options.highlighted_option else None
        now = list(_options(lines))
        if [(option.id, option.prompt) for option in now] == [(option.id, option.prompt) for option in options.options]:
            return
        options.set_options(now)
        indices = {option.id: index for index, option in enumerate(now) if not option.disabled}
        moved = chosen in indices and chosen != self._first
        self._first = next(iter(indices), None)
        options.highlighted = indices.get(chosen if moved else self._first)


def _options(lines: tuple[RunLine, ...]) -> Iterable[Option]:
    """What is going on, how the story went the last time, and each chapter with its newest runs and what came along."""
    ended: defaultdict[str, list[RunLine]] = defaultdict(list)
    active = []
    for line in reversed(lines):
        if line.is_active:
            active.append(line)
        else:
            ended[line.kind].append(line)
    if active:
        yield _heading("Running")
        yield from _runs(active)
    if ended["story"]:
        yield _heading("The whole story")
        yield from _runs(ended["story"][:1])
    for number, chapter in enumerate(CHAPTERS, start=1):
        yield _heading(f"{number}. {chapter.title}")
        yield Option(Content.styled(chapter.introduction, "$text-muted"), disabled=True)
        newest = list(islice((line for line in ended[chapter.kind] if _belongs_to(chapter, line)), _NEWEST))
        shipped = [line for line in shipped_lines() if _belongs_to(chapter, line)]
        yield from _runs([*newest, *shipped])
        if not newest and not shipped:
            yield Option("not run yet; s runs the whole story", disabled=True)


def _belongs_to(chapter: Chapter, line: RunLine) -> bool:
    return line.record is not None and line.kind == chapter.kind and chapter.own(line.record.params)


def _heading(text: str) -> Option:
    return Option(Content.styled(text, "bold $primary"), disabled=True)


def _runs(lines: Sequence[RunLine]) -> Iterable[Option]:
    """A row each, in columns: what it is called, how it is, how old, and what came of it."""
    rows = [_columns(line) for line in lines]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for line, row in zip(lines, rows, strict=True):
        cells = [word.ljust(width) for word, width in zip(row, widths, strict=True)]
        yield Option(Content("  ".join(cells).rstrip()), id=line.run.reference)


def _columns(line: RunLine) -> tuple[str, ...]:
    easy, hard = (line.metrics.get(name) for name in ("easy_accuracy", "hard_accuracy"))
    found = f"easy {easy:.1%}, hard {hard:.1%}" if easy is not None and hard is not None else ""
    is_bundled = line.run.reference.startswith("shipped/")
    name, state = without_middle(line.name or line.run.reference, _NAME), line.state
    return tuple(
        map(plain_text, (name, "bundled" if is_bundled else state, "" if is_bundled else age_text(line.created), found))
    )
