"""The page of one feature: what it is active on, what it says, and what a person calls it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from lazytui.analyses.sae.feature_browser import describe
from lazytui.analyses.sae.feature_labels import Labels, read_labels, set_label
from lazytui.analyses.sae.feature_page import feature_page
from lazytui.analyses.sae.result import SaeResult
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.row_page import RowPage
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.runs.run_folder import RunFolder


class FeaturePage(RowPage):
    screen_name = "features"
    purpose_name = "row-page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "label", "Label"),
        Binding("d", "dial", "Dial"),
    ]

    def __init__(
        self, run: RunFolder, result: SaeResult, order: Sequence[int], feature: int, dial: Callable[[int], None]
    ) -> None:
        """order: the features to turn through. feature: to begin with. dial: opens the dial on one."""
        super().__init__(run, order, feature)
        self._result = result
        self._sae_run = run
        self._dial = dial
        self._labels: Labels = {}

    def on_mount(self) -> None:
        self._read_labels()
        super().on_mount()

    def figures(self) -> list[Figure]:
        return feature_page(self._result, self.number)

    def heading(self) -> str:
        words = describe(self._result, self._labels, self.number)
        return words[:1].upper() + words[1:]

    def keys(self) -> str:
        return "l labels it, d turns it"

    def action_dial(self) -> None:
        """Turn this feature, on one image after the other."""
        self._dial(self.number)

    def action_label(self) -> None:
        """Call this feature something, to find it by."""
        try:
            self.lab.workspace.require_own(self._sae_run, "labelled")
        except LazytuiError as error:
            self.lab.say_error(error)
        else:
            self._ask_for_a_label()

    def _ask_for_a_label(self) -> None:
        question = f"What is feature {self.number}? A few words to find it by; empty takes the label away."
        ask_text(self, question, self._labels.get(self.number, ""), self._set_label)

    def _set_label(self, text: str) -> None:
        try:
            set_label(self._sae_run, self._result.features, self.number, text)
        finally:
            self._read_labels()
            self.show()

    def _read_labels(self) -> None:
        try:
            self._labels = read_labels(self._sae_run)
        except LazytuiError as error:
            self.lab.say_error(error)
