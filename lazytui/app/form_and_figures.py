"""A place with a form on the left and, beside it, the figures of the newest run that came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal

from lazytui.app.form_place import FormPlace
from lazytui.app.run_figures import RunFigures
from lazytui.figures.kinds import Figure
from lazytui.runs.folder import RunFolder
from lazytui.runs.watch import RunLine


class FormAndFigures(FormPlace):
    """empty: what to say before its first run."""

    empty: ClassVar[str]

    def compose_place(self) -> ComposeResult:
        with Horizontal():
            yield from self.compose_form(self.given())
            yield RunFigures(id="found")

    def given(self) -> Mapping[str, object]:
        """What the form asks from the beginning."""
        return {}

    def on_mount(self) -> None:
        self.watch(self.lab, "lines", self._show)

    @property
    def followed(self) -> RunFolder | None:
        line = self._shown(self.lab.lines)
        return line.run if line else self._run

    def shown_figures(self) -> Sequence[Figure]:
        return self.query_one(RunFigures).figures

    def show_run(self, run: RunFolder) -> None:
        self._run = run
        self._show(self.lab.lines)

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        self.query_one(RunFigures).show_line(self._shown(lines), self.empty, lines)

    def _shown(self, lines: tuple[RunLine, ...]) -> RunLine | None:
        """The run that was chosen, or the newest one until one is."""
        mine = {line.run.reference: line for line in lines if line.kind == self.kind}
        return mine.get(self._run.reference) if self._run else next(reversed(mine.values()), None)
