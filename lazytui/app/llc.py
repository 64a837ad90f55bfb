"""LLC: how complex a solution a network has found, asked and shown over the place of its neurons."""

from __future__ import annotations

from textual import on

from lazytui.analyses.llc import LlcParams
from lazytui.app.form import ParamsForm
from lazytui.app.over_place import OverPlace
from lazytui.runs.folder import RunFolder
from lazytui.runs.watch import RunLine


class LlcPlace(OverPlace):
    name_of_place = "llc"
    params = LlcParams
    kind = "llc"
    first = ("run", "eps", "gamma", "chains", "steps", "seed")
    empty = (
        "The local learning coefficient tells how complex the solution is that a network has found. None was estimated "
        "of this one yet: press g. Esc goes back to the neurons."
    )

    def __init__(self, network: str = "", shown: RunFolder | None = None) -> None:
        """network: the one to ask for. shown: a run whose figures are shown instead of the newest's."""
        super().__init__(shown)
        self._network = network

    def _choose(self) -> None:
        super()._choose()
        if not self._run:
            self.form.set_values({**self.form.touched, "run": self._network})

    @on(ParamsForm.Changed)
    def _of_the_network(self) -> None:
        if self._run and not self._is_asked_for(self._run):
            self._run = None
        self._show(self.lab.lines)

    def _show(self, lines: tuple[RunLine, ...]) -> None:
        """The number of one network says nothing of another."""
        super()._show(tuple(line for line in lines if line.kind == "llc" and self._is_asked_for(line.run)))

    def _is_asked_for(self, run: RunFolder) -> bool:
        return bool(run.record.params.get("run") == self.form.touched.get("run"))
