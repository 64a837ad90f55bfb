"""Grad-CAM: browse the images of a split, and see at once where one network looks, or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from lazytui.analyses.gradcam import live_figures
from lazytui.analyses.gradcam.image_filter import ANSWERS, ImageFilter, read_filter
from lazytui.analyses.gradcam.live import MOST, Album, SaliencyAnswer, SaliencyQuestion, SaliencySession, Sorting
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.app.figures import FigureView, PixelsView, swap
from lazytui.app.form import ParamsForm
from lazytui.app.form.pick_list import Pickable, PickList
from lazytui.app.screens.common.form_screen import NOT_RIGHT, SHIPPED, FormScreen
from lazytui.app.screens.common.run_figures import RunFigures
from lazytui.app.shell.dialogs import AskText
from lazytui.app.workers.newest_only import answering
from lazytui.data.palettes import NO_COLOR, Palette, palette
from lazytui.errors import LazytuiError, UsageError
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine
from lazytui.saliency.map_names import METHODS

PRESS = "Press n: next image  /: filter  o: network  v: whole split"
NO_FIGURES = (
    "No figures of the whole split yet for this network. g: run them on all images, with every null, "
    "faithfulness and repainting. v: back to the images."
)
NONE = "none"

BESIDE_THE_FORM = 118
"""Columns below which the images need the width of the form; two networks side by side need more."""
TWO_BESIDE_THE_FORM = 150
ROOM_FOR_THREE = 110
"""Columns below which the maps of two networks take the place of the image itself."""

MAP_LINES = 18
"""What the image and its map take with title, caption and readout."""
IMAGE_CELLS, IMAGE_LINES = 15, 8
"""What a small image takes with its caption."""


class Page(NamedTuple):
    """What the small images show: those of the chosen ones from `first` on, `size` of them."""

    album: Album
    sorting: Sorting | None
    filter: ImageFilter
    first: int
    size: int
    split: str


class GradcamScreen(FormScreen):
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
    GradcamScreen #images { height: 1fr; padding: 0 0 0 1; }
    GradcamScreen #images > FigureView { height: auto; }
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
        super().__init__()
        self._answer: SaliencyAnswer | None = None
        self._filter = ImageFilter()
        self._place = 0
        self._page: Page | None = None

    def compose_body(self) -> ComposeResult:
        with Horizontal():
            yield from self.compose_form({"run": self.newest_training() or SHIPPED, "split": "hard"})
            with Vertical(id="browse"):
                yield Static(id="doing", markup=False)
                with VerticalScroll(id="looking", can_focus=False):
                    yield Container(id="look")
                    yield Container(id="worth")
                yield Container(id="images")
                yield RunFigures(id="found")

    def on_mount(self) -> None:
        gaze = SaliencySession(self.lab.workspace)
        self._newest = answering(self, gaze.answers, self._told, group="gaze")
        self.query_one(RunFigures).display = False
        self.show_form(self.app.size.width >= BESIDE_THE_FORM)
        self.watch(self.lab, "lines", self._show_found)
        self.call_after_refresh(self._ask)

    # Asking and being answered

    @property
    def answered(self) -> GradcamParams | None:
        """What was asked that the maps on the screen answer."""
        return self._answer.question.params if self._answer and self._answer.explanations else None

    @on(ParamsForm.Changed)
    def _ask(self) -> None:
        params = self.form.params
        if isinstance(params, GradcamParams):
            self._newest.ask(SaliencyQuestion(params, self._place))
        else:
            self._say(NOT_RIGHT)

    def _told(self, answer: SaliencyAnswer) -> None:
        """Show what has come; what hasn't yet stays as it was."""
        before = self._answer
        if (
            before
            and before.explanations
            and not answer.explanations
            and not answer.refused
            and answer.album in (None, before.album)
        ):
            # What is seen stays what it says it is until there is something else to see.
            answer = replace(before, doing=answer.doing, refused="")
        self._answer = answer
        if answer.album and self._place >= len(answer.album.split):
            self._place = 0
        if before is None or before.network != answer.network:
            self._show_found(self.lab.lines)
        if (len(before.explanations) if before else 0) < len(
            answer.explanations
        ) == 2 and self.size.width < TWO_BESIDE_THE_FORM:
            self.make_room()
        self._show()

    # Drawing

    def _say(self, sentence: str) -> None:
        self.query_one("#doing", Static).update(plain_text(sentence))

    def _show(self) -> None:
        answer = self._answer
        if answer is None:
            return
        asked = answer.question.params
        of_two = f" and {asked.against}" if asked.against else ""
        resting = f"{asked.run}{of_two}, {self._explained()}. {PRESS}"
        not_right = "" if self.form.params else NOT_RIGHT
        self._say(not_right or answer.refused or answer.doing or self._empty() or resting)
        whole = self.query_one(RunFigures).display
        self.query_one("#images").display = not whole
        self.query_one("#looking").display = bool(answer.explanations) and not whole
        if answer.album is None:
            return
        if answer.explanations:
            shown = min(answer.question.place, len(answer.album.split) - 1)
            self.query_one("#look").set_class(len(answer.explanations) > 1, "-of-two")
            swap(self.query_one("#look"), live_figures.of_one_image(answer, shown))
            swap(self.query_one("#worth"), [live_figures.worth(answer)])
        self.call_after_refresh(self._share_room)

    def _share_room(self) -> None:
        """Leave the small images a line of theirs, where there is room for the map and for them."""
        left = self.query_one("#browse").size.height - self.query_one("#doing").size.height - IMAGE_LINES - 2
        self.query_one("#looking").styles.max_height = left if left >= MAP_LINES else "100%"
        self.call_after_refresh(self._show_page)

    def _empty(self) -> str:
        """That the filter leaves nothing, if so."""
        told = self._filter.told(self._palette)
        if not told or len(self._chosen()):
            return ""
        return f"No image of this split is {told}. Press x for all images, / for another choice."

    def _explained(self) -> str:
        target = self._answer.question.params.target if self._answer else "predicted"
        words = {"predicted": "class predicted", "digit": "the digit", "color": "the color's digit"}
        return words.get(target, f"class {target}")

    def _show_page(self) -> None:
        """The small images around the one that is shown, as many as there is room for."""
        answer, images = self._answer, self.query_one("#images")
        if answer is None or answer.album is None:
            return
        chosen = self._chosen()
        columns, rows = self._fitting()
        size = columns * rows
        at = self._index(chosen)
        first = at - at % size if size else 0
        page = Page(answer.album, answer.sorting, self._filter, first, size, answer.question.params.split)
        if page == self._page:
            self._point(at - first)
            return
        self._page = page
        told = self._which(answer)
        if size and len(chosen):
            part = slice(first, first + size)
            with self.prevent(FigureView.Pointed):
                swap(images, [live_figures.page(answer.album, answer.sorting, chosen, part, columns, told)])
            self.call_after_refresh(self._point, at - first)
        else:
            swap(images, [])

    def _which(self, answer: SaliencyAnswer) -> str:
        """`hard split (first 1,000 of 10,000), digit 7, wrong`"""
        assert answer.album is not None
        of = f" (first {MOST:,} of {answer.album.whole:,})" if answer.album.whole > MOST else ""
        told = self._filter.told(self._palette)
        by = f" (by {answer.sorting.told})" if "evidence" in told and answer.sorting else ""
        return f"{answer.question.params.split} split{of}" + (f", {told}{by}" if told else "")

    def _fitting(self) -> tuple[int, int]:
        room = self.query_one("#images").size
        return max((room.width - 3) // IMAGE_CELLS, 1), max((room.height - 2) // IMAGE_LINES, 0)

    def _point(self, index: int) -> None:
        """Put the cursor on the image that is shown; that isn't a person's pointing at another one."""
        with self.prevent(FigureView.Pointed):
            for view in self.query_one("#images").query(PixelsView):
                view.point(index)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < ROOM_FOR_THREE, "-narrow")
        self.call_after_refresh(self._share_room)

    # Choosing an image

    @property
    def _palette(self) -> Palette:
        album = self._answer.album if self._answer else None
        return palette(album.trained.palette if album else "distinct")

    def _chosen(self) -> NDArray[np.intp]:
        answer = self._answer
        if answer is None or answer.album is None:
            return np.empty(0, np.intp)
        return self._filter.chosen(answer.album, answer.sorting)

    def _index(self, chosen: NDArray[np.intp]) -> int:
        """Where the image that is shown stands among the chosen ones, or would stand."""
        return min(int(np.searchsorted(chosen, self._place)), max(len(chosen) - 1, 0))

    def _go_to(self, index: int) -> None:
        """Show one of the chosen images, by its number among them."""
        chosen = self._chosen()
        if 0 <= index < len(chosen) and chosen[index] != self._place:
            self._place = int(chosen[index])
            self._ask()
            self._show_page()

    def action_step(self, by: int) -> None:
        """The next image, or the one before."""
        self._go_to(self._index(self._chosen()) + by)

    def action_turn(self, by: int) -> None:
        """The page after this one, or before."""
        columns, rows = self._fitting()
        last = len(self._chosen()) - 1
        self._go_to(min(max(self._index(self._chosen()) + by * max(columns * rows, 1), 0), last))

    @on(FigureView.Pointed)
    def _pointed(self, event: FigureView.Pointed) -> None:
        if event.view.figure.name == "images" and self._page:
            self._go_to(self._page.first + int(event.place))

    def action_filter_next(self, name: str) -> None:
        """Only images of the next digit, color or kind of answer; after the last all again."""
        colors = sorted(set(self._answer.album.split.colors.tolist())) if self._answer and self._answer.album else []
        values = {
            "digit": [None, *range(10)],
            "color": [None, *(color for color in colors if color != NO_COLOR)],
            "answers": ["", *ANSWERS],
        }[name]
        self._set_filter(replace(self._filter, **{name: _next(values, getattr(self._filter, name), 1)}))

    def action_unfilter(self) -> None:
        self._set_filter(ImageFilter())

    def action_filter(self) -> None:
        """Ask in words which images to show."""

        def take(text: str | None) -> None:
            if text is not None:
                try:
                    self._set_filter(read_filter(text, self._palette))
                except LazytuiError as error:
                    self.lab.say_error(error)

        question = (
            "Which images? A digit, a color, right, wrong, for which reason, or where the evidence is; empty: all."
        )
        self.app.push_screen(AskText(question, self._filter.told(self._palette)), take)

    def _set_filter(self, chosen: ImageFilter) -> None:
        self._filter = chosen
        places = self._chosen()
        if len(places) and self._place not in places:
            self._go_to(self._index(places))
        self._show()

    # Choosing what to ask

    def action_cycle(self, name: str, by: int = 1) -> None:
        """The next method, layer, target or split, in the form as well."""
        params = self.form.params
        if not isinstance(params, GradcamParams):
            return
        try:
            self._give(_cycled(params, name, by, self._answer))
        except UsageError as error:
            self.notify(str(error), severity="warning")

    def _give(self, values: dict[str, Any]) -> None:
        self.form.set_values({**self.form.touched, **values})

    def action_network(self, name: str) -> None:
        """Choose the network to look at, or a second one to set beside it."""
        offered = self.lab.runs_of(("train",))
        if name == "against":
            offered = [Pickable(NONE, "one network alone"), *offered]

        def take(picked: str | None) -> None:
            if picked is not None:
                self._give({name: None if picked == NONE else picked})

        current = str(self.form.touched.get(name) or "")
        self.app.push_screen(PickList(offered, current, self.query_one("#doing").region), take)

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
        self._show_view(whole=True)
        self._show_found(self.lab.lines)

    def action_view(self) -> None:
        """From the images to the figures of the whole split, and back."""
        self._show_view(whole=not self.query_one(RunFigures).display)

    def _show_view(self, *, whole: bool) -> None:
        self.query_one(RunFigures).display = whole
        self._show()

    def show_form(self, shown: bool) -> None:
        super().show_form(shown)
        self.call_after_refresh(self._show_page)

    def leave_form(self) -> None:
        """The keyboard to the screen itself, whose keys go through the images."""
        self.set_focus(None)

    def _show_found(self, lines: tuple[RunLine, ...]) -> None:
        """The run that was chosen, as long as it is of this network, or else the network's newest."""
        network = self._answer.network if self._answer else ""
        mine = [line for line in lines if line.kind == "gradcam" and line.run.record.params.get("run") == network]
        chosen = [line for line in mine if self._run and line.run.reference == self._run.reference]
        self.query_one(RunFigures).show_line(next(reversed(chosen or mine), None), NO_FIGURES, lines)


def _cycled(params: GradcamParams, name: str, by: int, answer: SaliencyAnswer | None) -> dict[str, Any]:
    """What to give so that the next method, layer, target or split holds. UsageError where there is none."""
    if name == "method":
        method = _next(list(answer.methods if answer and answer.methods else METHODS), params.method, by)
        keeps = METHODS[method].of_layer and method != "cam"
        return {"method": method, "layer": params.layer if keeps else None}
    if name == "layer":
        if not METHODS[params.method].of_layer:
            raise UsageError(
                f"{METHODS[params.method].title} shows the image's own pixels: there is no layer to choose."
            )
        if params.method == "cam":
            raise UsageError("CAM is the map of one layer, the one that is averaged into the head.")
        shown = answer.explanations[0].layer if answer and answer.explanations else None
        layers = [layer for layer, _ in answer.layers] if answer else []
        return {"layer": _next(layers, params.layer or shown, by)} if layers else {}
    values = [*GradcamParams.model_fields[name].annotation.__args__]  # type: ignore[union-attr]
    return {name: _next(values, getattr(params, name), by)}


def _next(values: Sequence[Any], current: Any, by: int) -> Any:
    """The value after the current one, going round; the first where the current isn't one of them."""
    return values[(values.index(current) + by) % len(values)] if current in values else values[0]
