"""A small analysis that lies over the screen that it shares, with a form and figures of its own, until Escape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType

from lazytui.app.screens.common.form_and_figures import FormAndFigures
from lazytui.runs.run_folder import RunFolder


class OverlayScreen(FormAndFigures):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back")]

    def __init__(self, shown: RunFolder | None = None, given: Mapping[str, object] | None = None) -> None:
        """shown: a run whose figures are shown instead of the newest's. given: what the form is to ask."""
        super().__init__()
        self._run = shown
        self._given = given or {}

    def on_mount(self) -> None:
        self.call_after_refresh(self._choose)  # after what was given here the last time has come back

    def _choose(self) -> None:
        if self._run:
            self.form.set_values(self._run.record.params)
        elif self._given:
            self.form.set_values({**self.form.touched, **self._given})
