"""The page of one feature: what it is active on, what it says, and what a person calls it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from lazytui.analyses.sae.feature_browser import describe
from lazytui.analyses.sae.feature_labels import Labels, read_labels, set_label
from lazytui.analyses.sae.feature_page import feature_page
from lazytui.analyses.sae.result import SaeResult
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.row_page import RowPage, renamed
from lazytui.app.screens.common.run_panels import PanelSpec
from lazytui.errors import LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.runs.run_folder import RunFolder


class FeaturePage(RowPage):
    screen_name = "features"
    purpose_name = "row-page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "dial", "Dose-response", id="other-view"),
        Binding("r", "label", "Label", id="rename"),
    ]
    arrangements = Arrangements(
        narrow=Arrangement(
            "exemplars | 16", "maps | 16", "preferred | 14", "heat | 16", "colors | 12", "logits | 12", "more | 14"
        ),
        medium=Arrangement(
            " ".join(["exemplars"] * 15) + " | 1fr",
            " ".join([*["colors"] * 4, *["heat"] * 5, *["logits"] * 6]) + " | 15",
        ),
        wide=Arrangement(
            "exemplars exemplars exemplars exemplars maps   maps   | 20",
            "preferred preferred heat      heat      logits logits | 17",
            "colors    colors    colors    more      more   more   | 1fr",
        ),
    )
    panels: Sequence[PanelSpec] = (
        PanelSpec("exemplars", "Dataset exemplars", ("evidence", "maps", "preferred")),
        PanelSpec("maps", "Where it is active, and Grad-CAM", ("maps",)),
        PanelSpec("preferred", "Feature visualization", ("preferred",)),
        PanelSpec("heat", "Mean activation by label and attribute", ("heat",)),
        PanelSpec("colors", "Mean activation for each class or value", ("colors", "digits")),
        PanelSpec("logits", "Effect on the logits", ("effect", "related", "activations")),
        PanelSpec("more", "Related features and neurons", ("related", "activations")),
    )
    missing = (
        "There are no results on this. Pictures are kept for the features that do most; results of early "
        "versions have fewer, and not every layer has a map."
    )

    def __init__(
        self, run: RunFolder, result: SaeResult, order: Sequence[int], feature: int, dial: Callable[[int], None]
    ) -> None:
        """order: the features to turn through. feature: to begin with. dial: opens the dial on one."""
        super().__init__(run, order, feature)
        self._result = result
        if (content := result.content).values:
            titles = {
                "colors": f"Mean activation for each {content.attribute}",
                "heat": f"Mean activation by {content.label} and {content.attribute}",
            }
            self.panels = renamed(self.panels, titles)
        self._sae_run = run
        self._dial = dial
        self._labels: Labels = {}

    def on_mount(self) -> None:
        self._read_labels()
        super().on_mount()

    def figures(self) -> list[Figure]:
        return feature_page(self._result, self.number)

    def heading(self) -> str:
        description = describe(self._result, self._labels, self.number)
        return description[:1].upper() + description[1:]

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
        question = f"What is feature {self.number}? A few words to find it by; empty removes the label."
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
