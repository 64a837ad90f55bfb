"""A place with a form on the left and, beside it, the figures of the newest run that came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from lazytui.app.figures import FigureView
from lazytui.app.following import RunLine
from lazytui.app.form import ParamsForm
from lazytui.app.place import Place
from lazytui.app.run_figures import RunFigures
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain
from lazytui.runs.folder import RunFolder
from lazytui.runs.words import state_word


class FormAndFigures(Place):
    """params, kind: of the analysis. first: the fields that matter most. empty: what to say before its first run."""

    params: ClassVar[type[BaseModel]]
    kind: ClassVar[str]
    first: ClassVar[Sequence[str]] = ()
    empty: ClassVar[str]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "start", "Go"),
        Binding("f", "fold", "Form or figures"),
    ]

    def compose_place(self) -> ComposeResult:
        with Horizontal():
            with Vertical(id="side"):
                yield ParamsForm(self.params, kind=self.kind, first=self.first, runs=self.lab.runs_of)
                yield Button("Go", id="start", compact=True, variant="primary")
            yield RunFigures(id="found")

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._show)

    def shown_figures(self) -> Sequence[Figure]:
        return self.query_one(RunFigures).figures

    def show_run(self, run: RunFolder) -> None:
        self._run = run
        self._show(self.lab.lines)

    def on_button_pressed(self) -> None:
        self.action_start()

    def action_start(self) -> None:
        """Run it in the background, and show the figures when they are there."""
        form = self.query_one(ParamsForm)
        if form.params is None:
            self.notify("A field isn't right yet: see the form.", severity="error")
        else:
            self.lab.start(self.kind, form.touched)

    def action_fold(self) -> None:
        """Give the figures the whole width, and the keyboard; or bring the form back."""
        side = self.query_one("#side")
        side.display = not side.display
        if side.display:
            self.query_one(ParamsForm).query("Row LineControl, Row Input").first().focus()
        else:
            self._to_figures()

    def _to_figures(self) -> None:
        """The keyboard to the first figure with something to point at."""
        for view in self.query(FigureView):
            if view.HAS_CURSOR:
                view.focus(scroll_visible=False)
                return

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        """The run that was chosen, or the newest one until one is."""
        mine = {line.run.reference: line for line in lines if line.kind == self.kind}
        line = mine.get(self._run.reference) if self._run else next(reversed(mine.values()), None)
        found = self.query_one(RunFigures)
        if line is None:
            found.show(None, self.empty)
        elif line.status.state == "done":
            found.show(line.run)
        else:
            found.show(None, plain(f"{line.run.id} is {state_word(line.status)}. {line.status.error or ''}"))
