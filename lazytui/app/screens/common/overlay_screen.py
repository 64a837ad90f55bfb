"""A small analysis over the screen of another one, with a form and figures of its own, until Escape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel
from textual.binding import Binding, BindingType

from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.form_and_panels import FormAndPanels
from lazytui.app.screens.common.run_panels import PanelSpec, RunPanels
from lazytui.figures.kinds import Figure
from lazytui.runs.run_folder import RunFolder

VERDICT_AND_THREE = Arrangements(
    narrow=Arrangement("verdict | 8", "main | 16", "beside | 14", "more | 14"),
    medium=Arrangement("verdict verdict | 7", "main main | 1fr", "beside more | 14"),
    wide=Arrangement("verdict verdict | 7", "main beside | 1fr", "main more | 1fr"),
)


@dataclass(frozen=True)
class Overlay:
    """params: of the analysis. first: the fields that matter most. empty: what to say before the first run.

    panels: what each of the four panels of VERDICT_AND_THREE can show. compared_by: the fields in which a run has to
    agree with the form to be shown beside it. before: what there is to see before any run, by the params that
    the form asks for; None where they aren't whole. missing: of `RunPanels`.
    """

    params: type[BaseModel]
    first: Sequence[str]
    empty: str
    panels: Sequence[PanelSpec]
    compared_by: Sequence[str] = ()
    before: Callable[[Any], Sequence[Figure]] = lambda _params: ()
    arrangements: Arrangements = VERDICT_AND_THREE
    missing: Mapping[str, str] = field(default_factory=dict)


class OverlayScreen(FormAndPanels):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="back")]

    def __init__(
        self, kind: str, overlay: Overlay, *, run: RunFolder | None = None, values: Mapping[str, object] | None = None
    ) -> None:
        """run: the one whose figures are shown instead of the newest's. values: for the form to begin with."""
        self.screen_name = self.kind = kind
        self.params, self.first, self.empty = overlay.params, overlay.first, overlay.empty
        self.panels, self.matched_fields = overlay.panels, overlay.compared_by
        self.arrangements = overlay.arrangements
        super().__init__()
        self._before, self._missing = overlay.before, overlay.missing
        self._run = run
        self._values = values or {}

    def on_mount(self) -> None:
        self.query_one(RunPanels).missing = dict(self._missing)
        self.call_after_refresh(self._fill_form)  # after the values of the last visit have come back

    def figures_before_a_run(self) -> Sequence[Figure]:
        return self._before(self.form.params)

    def _fill_form(self) -> None:
        if self._run:
            self.form.set_values(self._run.record.params)
        elif self._values:
            kept = {} if self.does_without_network and "run" in self._values else self.form.touched
            self.form.set_values({**kept, **self._values})

    def action_back(self) -> None:
        """Close the form where it is open, and else the screen."""
        if self.query_one("#side").display:
            self.action_close_form()
        else:
            self.dismiss()
