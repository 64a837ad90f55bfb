"""Grad-CAM: browse the images of a split, and see at once where one network looks, or two."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from lazytui.analyses.gradcam import live_figures
from lazytui.analyses.gradcam.image_filter import read_filter
from lazytui.analyses.gradcam.live import SaliencyAnswer, SaliencyQuestion, SaliencySession
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.app.changing_text import ChangingText
from lazytui.app.figures import FigureView
from lazytui.app.form import ParamsForm
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.app.screens.ask.screen import open_canvas
from lazytui.app.screens.common.asking import ask_text
from lazytui.app.screens.common.form_screen import NOT_RIGHT, FormScreen, chosen_or_newest
from lazytui.app.screens.common.image_browser import ImageBrowser
from lazytui.app.screens.common.run_panels import PanelSpec, RunPanels
from lazytui.app.screens.gradcam.image_page import ImagePage
from lazytui.app.screens.gradcam.next_choice import next_choice, target_in_words, which_images
from lazytui.errors import UsageError
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, shipped_lines

NO_FIGURES = (
    "No figures of the whole split yet for this network. g: run them on all images, with every null, "
    "faithfulness and repainting. v: back to the images."
)
NO_SECOND = "none"

LIVE = Arrangements(
    narrow=Arrangement("image image | 12", "map map | 14", "chances worth | 14", "images images | 11"),
    medium=Arrangement("image map map chances | 18", "worth images images images | 1fr"),
    wide=Arrangement("image map map chances | 18", "worth images images images | 1fr"),
)
LIVE_PANELS = {
    "image": "Image",
    "map": "Where it looks",
    "chances": "Probability, %",
    "worth": "Evidence on the object?",
}
WHOLE = Arrangements(
    narrow=Arrangement("verdict | 8", "pictures | 20", "energy | 14", "more | 14"),
    medium=Arrangement("verdict verdict | 7", "pictures pictures | 1fr", "energy more | 11"),
    wide=Arrangement("verdict verdict | 6", "pictures energy | 1fr", "pictures more | 1fr"),
)
WHOLE_PANELS = (
    PanelSpec("verdict", "Does it look at the object?", ("verdict",)),
    PanelSpec("energy", "Energy in the mask", ("energy", "groups", "ways", "causes")),
    PanelSpec(
        "pictures",
        "Images and maps",
        (
            "matching",
            "methods",
            "correct-evidence-on-the-stroke",
            "correct-evidence-off-the-stroke",
            "incorrect-evidence-on-the-stroke",
            "incorrect-evidence-off-the-stroke",
            "correct",
            "incorrect",
        ),
    ),
    PanelSpec("more", "Checks", ("recoloring", "faithfulness", "randomization", "standing", "...")),
)


class GradcamScreen(FormScreen, ImageBrowser[SaliencyQuestion, SaliencyAnswer]):
    screen_name = "gradcam"
    params = GradcamParams
    kind = "gradcam"
    first = ("run", "against", "method", "layer", "target", "split")
    go = "Run on the whole split"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "step(1)", "Next image", id="right", show=False),
        Binding("left", "step(-1)", "Previous image", id="left", show=False),
        Binding("pagedown", "turn(1)", "Next images", id="page-down", show=False),
        Binding("pageup", "turn(-1)", "Previous images", id="page-up", show=False),
        Binding("m", "cycle('method')", "Method", id="next-method", key_display="m M"),
        Binding("M", "cycle('method', -1)", "Previous method", id="previous-method", show=False),
        Binding("k", "cycle('layer')", "Layer", id="next-layer", key_display="k K", show=False),
        Binding("K", "cycle('layer', -1)", "Previous layer", id="previous-layer", show=False),
        Binding("t", "cycle('target')", "Target", id="next-target", key_display="t T", show=False),
        Binding("T", "cycle('target', -1)", "Previous target", id="previous-target", show=False),
        Binding("v", "view", "Whole split", id="other-view"),
        Binding("slash", "filter", "Filter", id="filter"),
        Binding("d", "filter_next('label')", "Only one class (next)", id="next-digit", show=False),
        Binding("h", "filter_next('attribute')", "Only one value, such as a color (next)", id="next-color", show=False),
        Binding("w", "filter_next('answers')", "Only one kind of answer (next)", id="next-answer", show=False),
        Binding("backspace", "unfilter", "All images", id="default", show=False),
        Binding("H", "cycle('split')", "Hard or another split (next)", id="next-split", show=False),
    ]

    nothing_to_keep = "v shows the images: what is seen of one can be kept."

    def __init__(self) -> None:
        super().__init__(SaliencySession(self.lab.workspace))

    def compose_body(self) -> ComposeResult:
        live = [Panel(name, title) for name, title in LIVE_PANELS.items()]
        yield PanelGrid(LIVE, [*live, ImagePage("images", "Images")], id="live")
        yield RunPanels(WHOLE, WHOLE_PANELS, id="found")
        yield ChangingText(id="doing")
        yield from self.compose_command()
        yield from self.compose_form({"run": self.lab.network, "split": "hard"})

    def on_mount(self) -> None:
        self.query_one(RunPanels).display = False
        self.watch(self.lab, "lines", self._show_found)
        self.call_after_refresh(self._ask_about_form)

    # Asking and being answered

    @on(ParamsForm.Changed)
    def _ask_about_form(self) -> None:
        self.show_item(self.item)

    def show_item(self, item: int) -> None:
        if isinstance(self.form.params, GradcamParams):
            self.ask(SaliencyQuestion(self.form.params, item))
        self.show_sentence()
        self._show_grid()

    def is_complete(self, answer: SaliencyAnswer) -> bool:
        return bool(answer.explanations)

    def show_answer(self, before: SaliencyAnswer | None) -> None:
        answer = self.answer
        assert answer is not None
        if before is not None and _shows_the_same(before, answer):
            self.show_sentence()
            return
        if before is None or before.network != answer.network:
            self._show_found(self.lab.lines)
        self.draw()

    @property
    def question_to_keep(self) -> SaliencyQuestion | None:
        return self.answered_question if self._live.display else None

    # Drawing

    def sentence(self) -> str:
        if self.form.params is None:
            return NOT_RIGHT
        return super().sentence() or self._no_image() or self._explained()

    def _no_image(self) -> str:
        """That the filter leaves nothing, if so."""
        filtered = self.image_filter.description(self.content)
        if not filtered or len(self.items):
            return ""
        return f"No image of this split is {filtered}. Backspace: all images, /: another choice."

    def _explained(self) -> str:
        """`lazy-strokes, class predicted.`"""
        if self.answer is None:
            return ""
        params = self.answer.question.params
        of_two = f" and {self.lab.name_of(params.against)}" if params.against else ""
        target = target_in_words(params.target, self.content)
        return plain_text(f"{self.lab.name_of(params.run)}{of_two}, {target}.")

    def draw(self) -> None:
        answer = self.answer
        if answer is None:
            return
        self.show_sentence()
        if answer.browsed is None or not answer.explanations:
            self._show_nothing()
            return
        index = min(answer.question.image_index, len(answer.browsed.split) - 1)
        image, *maps, chances = live_figures.image_figures(answer, index)
        shown = {
            "image": (image,),
            "map": tuple(maps),
            "chances": (chances,),
            "worth": (live_figures.map_scores_text(answer),),
        }
        with self.app.batch_update():
            for name, figures in shown.items():
                self._live.panel(name).show([figures])
        self._show_grid()

    def _show_nothing(self) -> None:
        """Why there are no maps, where they will stand: those of another question don't stay under this one's name."""
        for name in LIVE_PANELS:
            self._live.panel(name).say(self.sentence() if name == "map" else "")

    @property
    def _live(self) -> PanelGrid:
        return self.query_one("#live", PanelGrid)

    def _show_grid(self) -> None:
        if self.answer and self.answer.browsed:
            self.query_one(ImagePage).show_page(self.answer, self.image_filter, self.items, self.position)

    @on(Panel.Resized)
    def _fit_again(self, event: Panel.Resized) -> None:
        """As many images as their panel has room for."""
        if event.panel.name == "images":
            self._show_grid()

    # Choosing an image

    @property
    def items(self) -> NDArray[np.intp]:
        if self.answer is None or self.answer.browsed is None:
            return np.empty(0, np.intp)
        return self.image_filter.matching(self.answer.browsed, self.answer.categories)

    def action_turn(self, by: int) -> None:
        """The page after this one, or before."""
        self.go_to(self.position + by * max(self.query_one(ImagePage).capacity, 1))

    @on(FigureView.Pointed)
    def _pointed(self, event: FigureView.Pointed) -> None:
        grid = self.query_one(ImagePage)
        if event.view.parent is grid:
            self.go_to(grid.first + int(event.position))

    def action_filter(self) -> None:
        """Ask in words which images to show."""
        filtered = self.image_filter.description(self.content)
        ask_text(
            self, which_images(self.content), filtered, lambda text: self.set_filter(read_filter(text, self.content))
        )

    # Choosing what to ask

    def action_cycle(self, name: str, by: int = 1) -> None:
        """The next method, layer, target or split, in the form as well."""
        if isinstance(self.form.params, GradcamParams):
            try:
                self._set_values(next_choice(self.form.params, name, by, self.answer))
            except UsageError as error:
                self.notify(str(error), severity="warning")

    def _set_values(self, values: dict[str, Any]) -> None:
        self.form.set_values({**self.form.touched, **values})

    # The form, and the whole split

    def shown_figures(self) -> Sequence[Figure]:
        whole = self.query_one(RunPanels)
        return whole.figures if whole.display else [one for panel in self._live.panels for one in panel.shown]

    def show_run(self, run: RunFolder) -> None:
        """The figures of a run, and what it asked in the form; what was drawn on a canvas."""
        if run.record.kind == "ask":
            open_canvas(self, run)
            return
        self._run = run
        self.form.set_values(run.record.params)
        self._show_whole_split(True)
        self._show_found(self.lab.lines)

    def open_analysis(self, kind: str) -> None:
        if kind == "ask":
            self.action_draw()

    def action_view(self) -> None:
        """From the images to the figures of the whole split, and back."""
        self._show_whole_split(not self.query_one(RunPanels).display)

    def _show_whole_split(self, whole: bool) -> None:
        self.query_one(RunPanels).display = whole
        self._live.display = not whole

    def leave_form(self) -> None:
        """The keyboard to the screen itself, whose keys go through the images."""
        self.set_focus(None)

    def _show_found(self, lines: tuple[RunLine, ...]) -> None:
        """The run that was chosen, as long as it is of this network, or else the network's newest."""
        network = self.answer.network if self.answer else ""
        every = [line for line in (*shipped_lines(), *lines) if line.kind == self.kind]
        recorded = [(line, line.run.record.params) for line in every]
        of_network = [
            line for line, params in recorded if params.get("run") == network and self.asks_of_data_of(params)
        ]
        line = chosen_or_newest(of_network, self._run)
        self.query_one(RunPanels).show_line(line, NO_FIGURES)


def _shows_the_same(before: SaliencyAnswer, answer: SaliencyAnswer) -> bool:
    """Whether two answers differ in what is being done at most."""
    shown, now = (
        (one.question, one.browsed, one.explanations, one.categories, one.refused) for one in (before, answer)
    )
    return bool(answer.explanations) and all(map(operator.is_, shown, now))
