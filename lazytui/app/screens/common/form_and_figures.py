"""A screen with a form on the left and, beside it, the figures of the newest run that came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from lazytui.app.form import ParamsForm
from lazytui.app.screens.common.form_screen import FormScreen, agrees, chosen_or_newest
from lazytui.app.screens.common.run_figures import RunFigures
from lazytui.figures.kinds import Figure
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine


class FormAndFigures(FormScreen):
    """empty: what to say where nothing was run yet of what the form asks for."""

    empty: str
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "scroll_figures('page_down')", "Next page", show=False),
        Binding("pageup", "scroll_figures('page_up')", "Previous page", show=False),
        Binding("home", "scroll_figures('scroll_home')", "Top", show=False),
        Binding("end", "scroll_figures('scroll_end')", "Bottom", show=False),
        Binding("down", "scroll_figures('scroll_down')", "Scroll down", show=False),
        Binding("up", "scroll_figures('scroll_up')", "Scroll up", show=False),
    ]

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield from self.compose_form(self.first_values())
            yield RunFigures(id="found")

    def first_values(self) -> Mapping[str, object]:
        """What the form asks from the beginning."""
        return {}

    @property
    def matched_fields(self) -> Sequence[str]:
        """The fields that say what figures are of: a run that was asked otherwise in one that is given isn't shown."""
        return ()

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._show)

    @property
    def followed(self) -> RunFolder | None:
        line = self._line_to_show(self.lab.lines)
        return line.run if line else self._run

    def shown_figures(self) -> Sequence[Figure]:
        return self.query_one(RunFigures).figures

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Scrolling keys are there where there is something to scroll."""
        if action.startswith("scroll_figures"):
            return any(found.max_scroll_y for found in self.query(RunFigures))
        return super().check_action(action, parameters)

    def action_scroll_figures(self, how: str) -> None:
        """Also where no figure has the keyboard."""
        getattr(self.query_one(RunFigures), f"action_{how}")()

    def show_run(self, run: RunFolder) -> None:
        """A run's figures, with what it asked in the form."""
        self._run = run
        self.form.set_values(self.values_of(run))
        self._show(self.lab.lines)

    def values_of(self, run: RunFolder) -> Mapping[str, object]:
        """What the form is to ask for the run to be what it asks for."""
        return run.record.params

    @on(ParamsForm.Changed)
    def _asked_otherwise(self) -> None:
        self._show(self.lab.lines)

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        self.query_one(RunFigures).show_line(self._line_to_show(lines), self.empty, lines)

    def _line_to_show(self, lines: tuple[RunLine, ...]) -> RunLine | None:
        """The run that was chosen, as long as it is what the form asks for, or else the newest that is."""
        form_values = self.form_values(self.matched_fields)
        every = [line for line in lines if line.kind == self.kind and line.record]
        return chosen_or_newest([line for line in every if agrees(line.run.record.params, form_values)], self._run)
