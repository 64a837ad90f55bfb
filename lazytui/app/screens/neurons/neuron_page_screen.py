"""The page of one neuron: what it prefers, responds to, tells and says."""

from __future__ import annotations

from lazytui.analyses.neurons.neuron_page import page
from lazytui.app.screens.common.row_page import TurnedPage
from lazytui.figures.kinds import Figure


class NeuronPage(TurnedPage):
    screen_name = "neurons"

    def figures(self) -> list[Figure]:
        return page(self._result, self.number)

    def words(self) -> str:
        return f"Neuron {self.number}"

    def keys(self) -> str:
        return "n the next, p the one before, Esc goes back"
