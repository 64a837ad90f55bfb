"""Marking neurons of the table, and the bars below it: what the network is without them, or with patched ones."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.binding import Binding, BindingType

from lazytui.analyses.networks.image_choice import NamedImage, group_name, read_named_image
from lazytui.analyses.neurons.image_lookup import require_drawings
from lazytui.analyses.neurons.live import AblationAnswer, AblationQuestion, AblationSession, answer_figures
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.patch_request import (
    Patch,
    patch_examples,
    read_patch,
)
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.live_screen import LiveScreen
from lazytui.app.screens.common.table_browser import TableBrowser
from lazytui.app.screens.neurons.network_neurons import NetworkNeurons, NeuronAnalysis
from lazytui.figures.kinds import Figure

NONE_MARKED = "Mark neurons first: space marks the one under the cursor, * all that are shown."


def maps_question(result: NeuronsResult) -> tuple[str, str]:
    """An image that can be named, and the question which one it shall be."""
    content = result.content
    if not result.repaintable:
        named = f"hard {group_name(content, 0, 0)}"
        return named, f"Feature maps of which image? {named}, easy 17, or drawn 0."
    named = group_name(content, min(7, len(content.classes) - 1), 0)
    grid = f"each {content.label} with each {content.attribute}"
    if content.label == "digit" and content.attribute == "color":
        grid = "the ten shapes in ten colors"
    return named, f"Feature maps of which image? {named} of {grid}, hard {named}, easy 17, or drawn 0."


class AblationScreen(TableBrowser, LiveScreen[AblationQuestion, AblationAnswer]):
    """marked: the neurons that are ablated or patched together. found: whose they are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", id="mark"),
        Binding("asterisk", "mark_shown", "Mark all that are shown", id="mark-all", show=False),
        Binding("minus", "unmark", "Unmark all", id="less", show=False),
        Binding("b", "ablate", "Ablate", id="ablate"),
        Binding("z", "stand_in", "Mean or zero", id="stand-in"),
        Binding("W", "patch", "Patch from another image", id="swap", show=False),
        Binding("F", "maps", "Feature maps of an image", id="maps", show=False),
    ]

    nothing_to_keep = "Ablate neurons first: space marks the one under the cursor, b ablates what is marked."

    def __init__(self) -> None:
        super().__init__(AblationSession(self.lab.workspace))
        self.network_neurons = NetworkNeurons()
        self.marked: frozenset[int] = frozenset()
        self._is_ablating = False
        self._patch: Patch | None = None
        self._mapped: NamedImage | None = None

    @property
    def _stand_in(self) -> Literal["mean", "zero"]:
        """What stands in for ablated neurons, as the form says."""
        params = self.form.params
        return params.ablate if isinstance(params, NeuronsParams) else "mean"

    @property
    def analysis(self) -> NeuronAnalysis | None:
        return self.network_neurons.analysis

    def forget_ablation(self) -> None:
        """Other neurons are shown: nothing is marked."""
        self.marked, self._is_ablating, self.last_question, self.answer = frozenset(), False, None, None
        self._patch = self._mapped = None

    @property
    def question_to_keep(self) -> AblationQuestion | None:
        """Not feature maps: those are kept by a run of `neurons`."""
        return self.last_question if self.ablation_figures() and not self._mapped else None

    # Drawing

    def show_answer(self, before: AblationAnswer | None) -> None:  # noqa: ARG002
        self.draw()

    def ablation_figures(self) -> list[Figure]:
        """What the network is without the marked neurons, where that was asked for."""
        if self._is_ablating and self.analysis and self.answer and self.answer.has_figures:
            return answer_figures(self.answer, self.analysis.result)
        return []

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
        self._is_ablating &= bool(marked or self._mapped)
        self._ask_without()

    # Ablating

    def action_ablate(self) -> None:
        """Ablate the marked neurons, or restore them."""
        if not self.marked:
            self.notify(NONE_MARKED)
            return
        self._is_ablating = not self._is_ablating or bool(self._patch or self._mapped)
        self._patch = self._mapped = None
        self._ask_and_show()

    def action_patch(self) -> None:
        """Ask for two images: what marked neurons do in the first is put into the second."""
        if not self.marked or self.analysis is None:
            self.notify(NONE_MARKED)
            return
        content = self.analysis.result.content
        example, of_splits = patch_examples(content)
        initial = self._patch.description if self._patch else example

        def take(text: str) -> None:
            patch = read_patch(text, content)
            require_drawings(patch.named_images, self.lab.workspace)
            self._patch, self._mapped = patch, None
            self._is_ablating = True
            self._ask_and_show()

        question = (
            "What marked neurons do in one image is put into another, and the logits shift. Which into which? "
            f"Of other splits: {of_splits}; a picture that you drew: drawn 0."
        )
        ask_text(self, question, initial, take)

    def action_maps(self) -> None:
        """Ask for an image: what each channel of the layer is at each of its positions."""
        if self.analysis is None:
            return
        content, example, question = self.analysis.result.content, *maps_question(self.analysis.result)

        def take(text: str) -> None:
            named = read_named_image(text, content)
            require_drawings([named], self.lab.workspace)
            self._mapped, self._is_ablating = named, True
            self._ask_and_show()

        ask_text(self, question, self._mapped.description if self._mapped else example, take)

    def action_stand_in(self) -> None:
        """Hold what is ablated at its mean, or at zero, in the form as well."""
        other = "zero" if self._stand_in == "mean" else "mean"
        self.form.set_values({**self.form.touched, "ablate": other})
        if self._is_ablating:
            self._ask_without()
        else:
            held = "held at their mean" if self._stand_in == "mean" else "set to zero"
            self.notify(f"Marked neurons will be {held}.")

    def _ask_and_show(self) -> None:
        """Where panels stand below each other, the one with the answer is brought into view."""
        self._ask_without()
        if self._is_ablating:
            self.panel("curves").scroll_visible(animate=False)

    def _ask_without(self) -> None:
        """Ask what the network is without the marked neurons, if that is wanted."""
        if self._is_ablating and self.analysis:
            params = self.analysis.params.model_copy(update=self.local_values)
            active, marked = tuple(self.analysis.result.active.tolist()), tuple(sorted(self.marked))
            run = self.analysis.run.reference
            self.ask(AblationQuestion(params, active, marked, self._stand_in, self._patch, run, self._mapped))
        self.draw()
