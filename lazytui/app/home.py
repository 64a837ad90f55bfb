"""Home: the story's chapters with what this workspace has of each, what is going on, and what came along."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from lazytui.analyses.story import CHAPTERS
from lazytui.app.following import RunLine, run_line
from lazytui.app.place import Place
from lazytui.plain_text import plain
from lazytui.runs.words import age
from lazytui.runs.workspace import shipped_runs

WELCOME = (
    "Networks are lazy: trained on digits of which 95 % wear their own color, they read the color. "
    "Make such data (1), watch a network take the bait (2), catch it in the act (3)."
)


class Home(Place):
    name_of_place = "home"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "story", "Tell the story")]

    def compose_place(self) -> ComposeResult:
        with VerticalScroll(id="home"):
            yield Static(WELCOME, id="welcome", markup=False)
            yield OptionList(id="chapters", markup=False)

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._show)
        self.query_one(OptionList).focus()

    def action_story(self) -> None:
        """Start the whole story in the background."""
        self.lab.start("story", {})

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.lab.open_run(event.option_id)

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        options = self.query_one(OptionList)
        chosen = options.highlighted
        options.clear_options()
        options.add_options(self._options(lines))
        options.highlighted = chosen if chosen is not None else 1

    def _options(self, lines: tuple[RunLine, ...]) -> Iterable[Option | None]:
        going = [line for line in lines if line.going]
        if going:
            yield _heading("Going on")
            yield from map(_option, reversed(going))
        for number, chapter in enumerate(CHAPTERS, start=1):
            yield _heading(f"{number}. {chapter.title}")
            yield Option(Content.styled(f"  {chapter.before}", "$text-muted"), disabled=True)
            found = [line for line in lines if line.kind == chapter.kind and not line.going]
            shipped = [run_line(run) for run in shipped_runs() if run.record.kind == chapter.kind]
            yield from map(_option, [*reversed(found[-4:]), *shipped])
            if not found and not shipped:
                yield Option("  nothing of this yet: press s to have the whole story told", disabled=True)


def _heading(text: str) -> Option:
    return Option(Content.styled(text, "bold $primary"), disabled=True)


def _option(line: RunLine) -> Option:
    words = [line.name or line.run.reference, line.state, age(line.created)]
    hard = line.metrics.get("hard_accuracy")
    easy = line.metrics.get("easy_accuracy")
    if easy is not None and hard is not None:
        words.append(f"easy {easy:.1%}, hard {hard:.1%}")
    return Option(Content("  " + "   ".join(map(plain, words))), id=line.run.reference)
