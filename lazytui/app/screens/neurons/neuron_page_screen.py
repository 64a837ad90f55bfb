"""The page of one neuron."""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.analyses.neurons.neuron_page import neuron_page
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.app.screens.common.row_page import RowPage
from lazytui.figures.kinds import Figure
from lazytui.runs.run_folder import RunFolder


class NeuronPage(RowPage):
    screen_name = "neurons"
    purpose_name = "row-page"

    def __init__(self, run: RunFolder, result: NeuronsResult, order: Sequence[int], neuron: int) -> None:
        super().__init__(run, order, neuron)
        self._result = result

    def figures(self) -> list[Figure]:
        return neuron_page(self._result, self.number)

    def heading(self) -> str:
        return f"Neuron {self.number}"

    def keys(self) -> str:
        return "n the next, p the one before, Esc goes back"
