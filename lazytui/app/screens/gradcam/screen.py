"""Grad-CAM: browse the images of a split, and see at once where one network looks, or two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from lazytui.analyses.gradcam import live_figures
from lazytui.analyses.gradcam.image_filter import read_filter
from lazytui.analyses.gradcam.live import SaliencyAnswer, SaliencyQuestion, SaliencySession
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.app.figures import FigureView, swap
from lazytui.app.form import ParamsForm
from lazytui.app.form.pick_list import Pickable
from lazytui.app.screens.common.asking import ask_text, pick_run
from lazytui.app.screens.common.form_screen import BESIDE_THE_FORM, NOT_RIGHT, SHIPPED, FormScreen, chosen_or_newest
from lazytui.app.screens.common.image_browser import ImageBrowser
from lazytui.app.screens.common.run_figures import RunFigures
from lazytui.app.screens.gradcam.image_grid import LINES, ImageGrid
from lazytui.app.screens.gradcam.next_choice import next_choice
from lazytui.errors import UsageError
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine

PRESS = "Press n: next image  /: filter  o: network  v: whole split"
NO_FIGURES = (
    "No figures of the whole split yet for this network. g: run them on all images, with every null, "
    "faithfulness and repainting. v: back to the images."
)
WHICH_IMAGES = "Which images? A digit, a color, right, wrong, for which reason, or where the evidence is; empty: all."
NO_SECOND = "none"
TARGETS = {"predicted": "class predicted", "digit": "the digit", "color": "the color's digit"}

TWO_BESIDE_THE_FORM = 150
"""Columns below which two networks need the width of the form."""
ROOM_FOR_THREE = 110
"""Columns below which the maps of two networks take the place of the image itself."""
MAP_LINES = 18
"""What the image and its map take with title, caption and readout."""


class GradcamScreen(FormScreen, ImageBrowser[SaliencyQuestion, SaliencyAnswer]):
    screen_name = "gradcam"
    params = GradcamParams
    kind = "gradcam"
    first = ("run", "against", "method", "layer", "target", "split")
    go = "Run on the whole split"
    DEFAULT_CSS = """
    GradcamScreen #doing { height: auto; max-height: 4; padding: 0 1; color: $text-muted; }
    GradcamScreen #browse { width: 1fr; height: 1fr; }
    GradcamScreen #looking { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
    GradcamScreen #look { layout: horizontal; height: auto; padding: 0 0 0 1; }
    GradcamScreen #look > PixelsView { width: 31; }
    GradcamScreen #look > .probabilities { width: 1fr; min-width: 16; max-width: 60; }
    GradcamScreen.-narrow #look.-of-two > .image { display: none; }
    GradcamScreen #worth { height: auto; padding: 0 0 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "cycle('method')", "Method"),
        Binding("y", "cycle('layer')", "Layer"),
        Binding("t", "cycle('target')", "Target"),
        Binding("M", "cycle('method', -1)", "Previous method", show=False),
        Binding("Y", "cycle('layer', -1)", "Previous layer", show=False),
        Binding("T", "cycle('target', -1)", "Previous target", show=False),
        Binding("n,right", "step(1)", "Next image", key_display="n", show=False),
        Binding("p,left", "step(-1)", "Previous image", key_display="p", show=False),
        Binding("pagedown", "turn(1)", "Next images", show=False),
        Binding("pageup", "turn(-1)", "Previous images", show=False),
        Binding("s", "cycle('split')", "Next split", show=False),
        Binding("d", "filter_next('digit')", "Only one digit (next)", show=False),
        Binding("c", "filter_next('color')", "Only one color (next)", show=False),
        Binding("w", "filter_next('answers')", "Filter by correctness and reason", show=False),
        Binding("slash", "filter", "Find", show=False),
        Binding("x", "unfilter", "All images", show=False),
        Binding("o", "network('run')", "Network", show=False),
        Binding("a", "network('against')", "A second network", show=False),
        Binding("v", "view", "Images or whole split", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(SaliencySession(self.lab.workspace))

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield from self.compose_form({"run": self.newest_training() or SHIPPED, "split": "hard"})
            with Vertical(id="browse"):
                yield Static(id="doing", markup=False)
                with VerticalScroll(id="looking", can_focus=False):
                    yield Container(id="look")
                    yield Container(id="worth")
                yield ImageGrid(id="images")
                yield RunFigures(id="found")

    def on_mount(self) -> None:
        self.query_one(RunFigures).display = False
        self.show_form(self.app.size.width >= BESIDE_THE_FORM)
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
        if before is None or before.network != answer.network:
            self._show_found(self.lab.lines)
        has_second = len(answer.explanations) > 1 and (before is None or len(before.explanations) < 2)
        if has_second and self.size.width < TWO_BESIDE_THE_FORM:
            self.make_room()
        self.draw()

    # Drawing

    def sentence(self) -> str:
        if self.form.params is None:
            return NOT_RIGHT
        return super().sentence() or self._no_image() or self._explained()

    def _no_image(self) -> str:
        """That the filter leaves nothing, if so."""
        words = self.image_filter.description(self.palette)
        if not words or len(self.items):
            return ""
        return f"No image of this split is {words}. Press x for all images, / for another choice."

    def _explained(self) -> str:
        """`shipped/lazy-strokes, class predicted. Press ...`"""
        if self.answer is None:
            return ""
        params = self.answer.question.params
        of_two = f" and {params.against}" if params.against else ""
        target = TARGETS.get(params.target, f"class {params.target}")
        return plain_text(f"{params.run}{of_two}, {target}. {PRESS}")

    def draw(self) -> None:
        answer, whole = self.answer, self.query_one(RunFigures).display
        if answer is None:
            return
        self.show_sentence()
        self.query_one(ImageGrid).display = not whole
        self.query_one("#looking").display = bool(answer.explanations) and not whole
        if answer.browsed is None:
            return
        if answer.explanations:
            index = min(answer.question.image_index, len(answer.browsed.split) - 1)
            self.query_one("#look").set_class(len(answer.explanations) > 1, "-of-two")
            swap(self.query_one("#look"), live_figures.image_figures(answer, index))
            swap(self.query_one("#worth"), [live_figures.map_scores_text(answer)])
        self.call_after_refresh(self._share_room)

    def _share_room(self) -> None:
        """Leave the small images a line of theirs, where there is room for the map and for them."""
        lines = self.query_one("#browse").size.height - self.query_one("#doing").size.height - LINES - 2
        self.query_one("#looking").styles.max_height = lines if lines >= MAP_LINES else "100%"
        self.call_after_refresh(self._show_grid)

    def _show_grid(self) -> None:
        if self.answer and self.answer.browsed:
            self.query_one(ImageGrid).show(self.answer, self.image_filter, self.items, self.position)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < ROOM_FOR_THREE, "-narrow")
        self.call_after_refresh(self._share_room)

    # Choosing an image

    @property
    def items(self) -> NDArray[np.intp]:
        if self.answer is None or self.answer.browsed is None:
            return np.empty(0, np.intp)
        return self.image_filter.matching(self.answer.browsed, self.answer.categories)

    def action_turn(self, by: int) -> None:
        """The page after this one, or before."""
        self.go_to(self.position + by * max(self.query_one(ImageGrid).capacity, 1))

    @on(FigureView.Pointed)
    def _pointed(self, event: FigureView.Pointed) -> None:
        grid = self.query_one(ImageGrid)
        if event.view.parent is grid:
            self.go_to(grid.first + int(event.place))

    def action_filter(self) -> None:
        """Ask in words which images to show."""
        words = self.image_filter.description(self.palette)
        ask_text(self, WHICH_IMAGES, words, lambda text: self.set_filter(read_filter(text, self.palette)))

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

    def action_network(self, name: str) -> None:
        """Choose the network to look at, or a second one to set beside it."""
        others = [Pickable(NO_SECOND, "one network alone")] if name == "against" else []
        current = str(self.form.touched.get(name) or "")

        def take(picked: str) -> None:
            self._set_values({name: None if picked == NO_SECOND else picked})

        pick_run(self, "train", current, take, others=others)

    # The form, and the whole split

    def shown_figures(self) -> Sequence[Figure]:
        found = self.query_one(RunFigures)
        if found.display:
            return found.figures
        return [view.figure for view in self.query_one("#browse").query(FigureView) if view.parent is not found]

    def show_run(self, run: RunFolder) -> None:
        """The figures of a run, and what it asked in the form."""
        self._run = run
        self.form.set_values(run.record.params)
        self._show_whole_split(True)
        self._show_found(self.lab.lines)

    def action_view(self) -> None:
        """From the images to the figures of the whole split, and back."""
        self._show_whole_split(not self.query_one(RunFigures).display)

    def _show_whole_split(self, whole: bool) -> None:
        self.query_one(RunFigures).display = whole
        self.draw()

    def show_form(self, shown: bool) -> None:
        super().show_form(shown)
        self.call_after_refresh(self._show_grid)

    def leave_form(self) -> None:
        """The keyboard to the screen itself, whose keys go through the images."""
        self.set_focus(None)

    def _show_found(self, lines: tuple[RunLine, ...]) -> None:
        """The run that was chosen, as long as it is of this network, or else the network's newest."""
        network = self.answer.network if self.answer else ""
        of_network = [line for line in lines if line.kind == self.kind and line.run.record.params.get("run") == network]
        self.query_one(RunFigures).show_line(chosen_or_newest(of_network, self._run), NO_FIGURES, lines)
