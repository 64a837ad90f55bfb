"""A small analysis over the screen of another one, with a form and figures of its own, until Escape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import BaseModel
from textual.binding import Binding, BindingType

from lazytui.app.screens.common.form_and_figures import FormAndFigures
from lazytui.runs.run_folder import RunFolder


@dataclass(frozen=True)
class Overlay:
    """params: of the analysis. first: the fields that matter most. empty: what to say before the first run.

    compared_by: the fields in which a run has to agree with the form to be shown beside it.
    """

    params: type[BaseModel]
    first: Sequence[str]
    empty: str
    compared_by: Sequence[str] = ()


class OverlayScreen(FormAndFigures):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back")]

    def __init__(
        self, kind: str, overlay: Overlay, *, run: RunFolder | None = None, values: Mapping[str, object] | None = None
    ) -> None:
        """run: the one whose figures are shown instead of the newest's. values: for the form to begin with."""
        self.screen_name = self.kind = kind
        self.params, self.first, self.empty = overlay.params, overlay.first, overlay.empty
        super().__init__()
        self._overlay = overlay
        self._run = run
        self._values = values or {}

    @property
    def matched_fields(self) -> Sequence[str]:
        return self._overlay.compared_by

    def on_mount(self) -> None:
        self.call_after_refresh(self._fill_form)  # after the values of the last visit have come back

    def _fill_form(self) -> None:
        if self._run:
            self.form.set_values(self._run.record.params)
        elif self._values:
            self.form.set_values({**self.form.touched, **self._values})
