"""A screen with the panels of the newest run of an analysis, and the form that asks for the next in a drawer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult

from lazytui.app.form import ParamsForm
from lazytui.app.panels.arrangement import Arrangements
from lazytui.app.screens.common.form_screen import FormScreen, agrees
from lazytui.app.screens.common.panel_screen import PanelScreen
from lazytui.app.screens.common.run_panels import PanelSpec, RunPanels
from lazytui.app.workers.run_follower import AGES_EVERY
from lazytui.figures.kinds import Figure
from lazytui.runs.formatting import ago_text
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, shipped_lines

BUNDLED = "Bundled example; g runs yours."


class FormAndPanels(FormScreen, PanelScreen):
    """empty: what to say where nothing was run yet of what the form asks for.

    matched_fields: the fields that say what figures are of: a run that was asked otherwise in one that is given isn't
    shown.
    """

    empty: str
    arrangements: Arrangements
    panels: Sequence[PanelSpec]
    matched_fields: Sequence[str] = ()

    def compose_body(self) -> ComposeResult:
        yield RunPanels(self.arrangements, self.panels, id="found")
        yield from self.compose_command()
        yield from self.compose_form(self.first_values())

    def first_values(self) -> Mapping[str, object]:
        """What the form asks from the beginning."""
        return {}

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._show)
        self.set_interval(AGES_EVERY, self._say_age)

    def _say_age(self) -> None:
        """How long ago the run was, anew, where one is shown."""
        if age := _about(self._line_to_show(self.lab.lines)):
            self.say(age)

    @property
    def followed(self) -> RunFolder | None:
        line = self._line_to_show(self.lab.lines)
        return line.run if line else self._run

    def figures_before_a_run(self) -> Sequence[Figure]:
        """What there is to see before anything was run."""
        return ()

    def shown_figures(self) -> Sequence[Figure]:
        return self.query_one(RunPanels).figures

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
        line, panels = self._line_to_show(lines), self.query_one(RunPanels)
        if line is None and (figures := self.figures_before_a_run()):
            panels.show_alone(figures)
            self.say("Nothing was run yet; g runs it.")
        else:
            panels.show_line(line, self.empty)
            self.say(_about(line))

    def _line_to_show(self, lines: tuple[RunLine, ...]) -> RunLine | None:
        """The run that was chosen, as long as it is what the form asks for, or else the newest that is; a bundled one
        where there is none."""
        return self._newest(lines, self.matched_fields)

    def _newest(self, lines: tuple[RunLine, ...], fields: Sequence[str]) -> RunLine | None:
        """The same of the runs that were asked the same in these fields."""
        form_values = self.form_values(fields)
        every = [line for line in (*shipped_lines(), *lines) if line.kind == self.kind and line.record]
        if self.does_without_network:
            every = [line for line in every if not line.run.record.params.get("run")]
        agreeing = [line for line in every if agrees(line.run.record.params, form_values)]
        mine = [line for line in agreeing if self.asks_of_data_of(line.run.record.params)]
        chosen = [line for line in mine if self._run and line.run.reference == self._run.reference]
        return next(reversed(chosen or mine), None)


def _about(line: RunLine | None) -> str:
    """Which run is shown, and what went wrong in it."""
    if line is None or line.status.state not in {"done", "failed"}:
        return ""
    if line in shipped_lines():
        return BUNDLED
    return " ".join(filter(None, (f"Run {ago_text(line.created)}.", line.status.error)))
