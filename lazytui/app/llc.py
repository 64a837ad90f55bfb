"""LLC: how complex a solution a network has found, asked and shown over the place of its neurons."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from lazytui.analyses.llc import LlcParams
from lazytui.app.following import RunLine
from lazytui.app.form import ParamsForm
from lazytui.app.form_and_figures import FormAndFigures
from lazytui.runs.folder import RunFolder


class LlcPlace(FormAndFigures):
    """Lies over the neurons until Escape."""

    name_of_place = "llc"
    params = LlcParams
    kind = "llc"
    first = ("run", "eps", "gamma", "chains", "steps", "seed")
    empty = (
        "The local learning coefficient tells how complex the solution is that a network has found. None was estimated "
        "of this one yet: press g. Esc goes back to the neurons."
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back to the neurons")]

    def __init__(self, network: str = "", shown: RunFolder | None = None) -> None:
        """network: the one to ask for. shown: a run whose figures are shown instead of the newest's."""
        super().__init__()
        self._asked = shown.record.params if shown else {"run": network}
        self._run = shown

    def on_mount(self) -> None:
        self.call_after_refresh(self._choose)  # after what was given here the last time has come back

    def _choose(self) -> None:
        form = self.query_one(ParamsForm)
        form.set_values(self._asked if self._run else {**form.touched, **self._asked})

    @on(ParamsForm.Changed)
    def _of_the_network(self) -> None:
        if self._run and not self._is_asked_for(self._run):
            self._run = None
        self._show(self.lab.lines)

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        """The number of one network says nothing of another."""
        super()._show(tuple(line for line in lines if line.kind == "llc" and self._is_asked_for(line.run)))

    def _is_asked_for(self, run: RunFolder) -> bool:
        return bool(run.record.params.get("run") == self.query_one(ParamsForm).touched.get("run"))
