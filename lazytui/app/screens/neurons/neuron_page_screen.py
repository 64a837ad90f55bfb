"""The page of one neuron."""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.analyses.core.content_words import in_or_with
from lazytui.analyses.neurons.neuron_page import neuron_page
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.screens.common.row_page import RowPage, renamed
from lazytui.app.screens.common.run_panels import PanelSpec
from lazytui.figures.kinds import Figure
from lazytui.runs.run_folder import RunFolder


class NeuronPage(RowPage):
    screen_name = "neurons"
    purpose_name = "row-page"
    arrangements = Arrangements(
        narrow=Arrangement("exemplars | 16", "maps | 16", "preferred | 14", "colors | 12", "heat | 16", "logits | 14"),
        medium=Arrangement(
            " ".join(["exemplars"] * 15) + " | 1fr",
            " ".join([*["colors"] * 4, *["heat"] * 5, *["logits"] * 6]) + " | 15",
        ),
        wide=Arrangement(
            "preferred preferred exemplars exemplars exemplars exemplars | 1fr",
            "colors    colors    heat      heat      logits    logits    | 15",
            "maps      maps      stimuli   stimuli   stimuli   stimuli   | 1fr",
        ),
    )
    panels: Sequence[PanelSpec] = (
        PanelSpec("exemplars", "Dataset exemplars", ("evidence", "maps", "image", "preferred", "snippets")),
        PanelSpec("maps", "Where it is active, and Grad-CAM", ("maps", "image")),
        PanelSpec("preferred", "Feature visualization", ("preferred",)),
        PanelSpec("colors", "Mean activation with each value", ("colors", "patched")),
        PanelSpec("heat", "Mean activation by label and attribute", ("heat",)),
        PanelSpec("logits", "Effect on the logits", ("says", "training")),
        PanelSpec("stimuli", "Simple stimuli", ("snippets",)),
    )
    missing = (
        "There are no results on this. Pictures are kept for the layer's strongest 256 neurons; results of early "
        "versions have fewer, and not every layer has a map."
    )

    def __init__(self, run: RunFolder, result: NeuronsResult, order: Sequence[int], neuron: int) -> None:
        super().__init__(run, order, neuron)
        self._result = result
        if (content := result.content).values:
            titles = {
                "colors": f"Mean activation {in_or_with(content)} each {content.attribute}",
                "heat": f"Mean activation by {content.label} and {content.attribute}",
            }
            self.panels = renamed(self.panels, titles)

    def figures(self) -> list[Figure]:
        return neuron_page(self._result, self.number)

    def heading(self) -> str:
        return f"Neuron {self.number} ({self._result.role_of(self.number)})"
