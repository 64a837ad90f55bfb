"""Marking neurons of the table, and the bars below it: what the network is without them, or with patched ones."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from lazytui.analyses.neurons.live import AblationAnswer, AblationQuestion, AblationSession, answer_bars
from lazytui.analyses.neurons.patch_request import EXAMPLE, Patch, read_patch
from lazytui.app.figures import swap
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.live_screen import LiveScreen
from lazytui.app.screens.common.table_browser import TableBrowser
from lazytui.app.screens.neurons.network_neurons import NetworkNeurons, NeuronAnalysis

NONE_MARKED = "Mark neurons first: space marks the one under the cursor, m all that are shown."
PATCH_QUESTION = "What marked neurons do in one image is put into another, and the logits shift. Which into which?"


class AblationScreen(TableBrowser, LiveScreen[AblationQuestion, AblationAnswer]):
    """marked: the neurons that are ablated or patched together. found: whose they are."""

    DEFAULT_CSS = """
    AblationScreen #ablation { height: auto; max-height: 60%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark"),
        Binding("a", "ablate", "Ablate"),
        Binding("z", "stand_in", "Mean or zero"),
        Binding("p", "patch", "Patch from another image", show=False),
        Binding("m", "mark_shown", "Mark all that are shown", show=False),
        Binding("u", "unmark", "Unmark all", show=False),
        Binding("slash", "filter", "Find"),
    ]

    def __init__(self) -> None:
        super().__init__(AblationSession(self.lab.workspace))
        self.found = NetworkNeurons()
        self.marked: frozenset[int] = frozenset()
        self._stand_in: Literal["mean", "zero"] = "mean"
        self._is_ablating = False
        self._patch: Patch | None = None

    def compose_below_table(self) -> ComposeResult:
        yield VerticalScroll(id="ablation", can_focus=False)

    @property
    def analysis(self) -> NeuronAnalysis | None:
        return self.found.analysis

    def forget_ablation(self) -> None:
        """Other neurons are shown: nothing is marked."""
        self.marked, self._is_ablating, self._patch, self.asked, self.answer = frozenset(), False, None, None, None
        self._draw_ablation()

    # Drawing

    def show_answer(self, before: AblationAnswer | None) -> None:  # noqa: ARG002
        self._draw_ablation()
        self.show_sentence()

    def _draw_ablation(self) -> None:
        figures = []
        if self._is_ablating and self.analysis and self.answer and self.answer.has_figures:
            figure = answer_bars(self.answer, self.analysis.result)
            figures = [figure if self.has_room_for_notes else replace(figure, note="", references=())]
        swap(self.query_one("#ablation"), figures)

    def draw(self) -> None:
        super().draw()
        self._draw_ablation()

    def sentences(self) -> list[str]:
        ablation = self.sentence() if self._is_ablating else ""
        return [ablation] if ablation else []

    # Marking

    def action_mark(self) -> None:
        """Mark the neuron under the cursor, or unmark it."""
        if (neuron := self.number_at_cursor) is not None:
            self._set_marked(self.marked ^ {neuron})

    def action_mark_shown(self) -> None:
        """Mark all neurons that the filter leaves; or unmark them, where all of them are."""
        shown = frozenset(self.numbers)
        self._set_marked(self.marked - shown if shown <= self.marked else self.marked | shown)

    def action_unmark(self) -> None:
        self._set_marked(frozenset())

    def _set_marked(self, marked: frozenset[int]) -> None:
        self.marked = marked
        self._is_ablating &= bool(marked)
        self._ask_without()

    # Ablating

    def action_ablate(self) -> None:
        """Ablate the marked neurons, or restore them."""
        if not self.marked:
            self.notify(NONE_MARKED)
            return
        self._is_ablating, self._patch = not self._is_ablating or self._patch is not None, None
        self._ask_without()

    def action_patch(self) -> None:
        """Ask for two images: what marked neurons do in the first is put into the second."""
        if not self.marked or self.analysis is None:
            self.notify(NONE_MARKED)
            return
        palette, patch = self.analysis.result.palette, self._patch
        words = f"{patch.source.description(palette)} into {patch.into.description(palette)}" if patch else EXAMPLE

        def take(text: str) -> None:
            self._patch = read_patch(text, palette)
            self._is_ablating = True
            self._ask_without()

        ask_text(self, PATCH_QUESTION, words, take)

    def action_stand_in(self) -> None:
        """Hold what is ablated at its mean, or at zero."""
        self._stand_in = "zero" if self._stand_in == "mean" else "mean"
        if self._is_ablating:
            self._ask_without()
        else:
            held = "held at their mean" if self._stand_in == "mean" else "set to zero"
            self.notify(f"Marked neurons will be {held}.")

    def _ask_without(self) -> None:
        """Ask what the network is without the marked neurons, if that is wanted."""
        if self._is_ablating and self.analysis:
            params = self.analysis.params.model_copy(update=self.local_values)
            active, marked = tuple(self.analysis.result.active.tolist()), tuple(sorted(self.marked))
            self.ask(AblationQuestion(params, active, marked, self._stand_in, self._patch))
        self.draw()
