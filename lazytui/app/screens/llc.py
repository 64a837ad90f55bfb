"""LLC: how complex a solution a network has found, asked and shown over the screen of its neurons."""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.analyses.llc.params import LlcParams
from lazytui.app.screens.common.overlay_screen import OverlayScreen
from lazytui.runs.run_folder import RunFolder


class LlcScreen(OverlayScreen):
    screen_name = "llc"
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

    @property
    def of(self) -> Sequence[str]:
        """The number of one network says nothing of another."""
        return ("run",)
