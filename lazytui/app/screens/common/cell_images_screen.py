"""The images behind one cell of a matrix, a screenful at a time; painted again from what the run recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Static

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.evaluate.analysis import predictions_behind
from lazytui.analyses.evaluate.cell_images import MATRICES, Cell, Chosen, cell_figure, images_behind, painted_again
from lazytui.analyses.networks.model_under_study import require_at_hand
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.app.figures import FigureView, view_of
from lazytui.app.screens.common.browser_screen import BrowserScreen
from lazytui.app.workers.newest_only import Newest, newest_answers
from lazytui.data.content import Content
from lazytui.data.splits import build_dataset
from lazytui.errors import LazytuiError
from lazytui.evaluation.predictions import Predictions
from lazytui.figures.kinds import Figure
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import RunFolder

_LAYOUTS = ((28, 15), (14, 8))
"""Cells across an image, and lines down it with its caption: large where all images fit on a screen, else small."""

_painting = threading.Lock()
_dataset = lru_cache(maxsize=1)(build_dataset)
"""The data set of the cell before stays painted, for the next cell; one thread paints, the others find it done."""


@dataclass(frozen=True)
class ImagesOfCell:
    """A cell, all of its images (n, 28, 28, 3) uint8, and which of their split these are.

    network: which one, where there are two.
    """

    network: str
    cell: Cell
    predictions: Predictions
    content: Content
    indices: Chosen
    images: NDArray[np.uint8]

    def figure(self, part: slice, columns: int) -> Figure:
        """Some of the images."""
        shown, images = self.indices[part], self.images[part]
        return cell_figure(
            self.cell, self.predictions, self.content, shown, images, network=self.network, columns=columns
        )


def load_images(run: RunFolder, matrix: str, row: int, column: int) -> ImagesOfCell:
    """The images behind a cell of a matrix of an evaluation, by the figure's name. Needs no torch.

    Raises BadInput when the result is damaged or too old, or the data can't be painted again.
    """
    result = recorded_result(run)
    cell = Cell(matrix.removeprefix(f"{AGAINST}-"), row, column)
    data, (network, _) = result.first.trained, result.network_behind(matrix)
    predictions = predictions_behind(result, matrix)
    indices = images_behind(cell, predictions)
    images = np.empty((0, data.content.height, data.content.width, 3), np.uint8)
    if len(indices):
        require_at_hand(data.source, f"fetch them with lazytui run dataset --source {data.source}")
        with _painting:
            images = painted_again(_dataset(data), cell, predictions)[indices]
    return ImagesOfCell(network, cell, predictions, data.content, indices, images)


def has_images(figure: str) -> bool:
    """Whether a figure, by its name, is a matrix of an evaluation with images behind its cells."""
    return figure.removeprefix(f"{AGAINST}-") in MATRICES


CellOfRun = tuple[RunFolder, str, int, int]


def cell_loader(
    screen: Screen[Any], show: Callable[[ImagesOfCell | str], None]
) -> Newest[CellOfRun, ImagesOfCell | str]:
    """Loads the newest cell that is asked for in a thread, and shows its images, or why there are none."""
    return newest_answers(screen, _loaded_or_refused, show, group="cell")


def _loaded_or_refused(cell: CellOfRun) -> Iterator[ImagesOfCell | str]:
    try:
        yield load_images(*cell)
    except LazytuiError as error:
        yield plain_text(str(error))


def open_images(app: App[Any], run: RunFolder, matrix: str, cell: tuple[int, int]) -> None:
    """Show all images behind a cell, over whatever is open."""
    app.push_screen(CellImages(run, matrix, cell))


class CellImages(BrowserScreen):
    """Lies over the screen that it was opened from, until Escape. Its items are the first images of its pages."""

    screen_name = "evaluate"
    purpose_name = "cell-images"
    DEFAULT_CSS = """
    CellImages FigureView { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="back"),
        Binding("n", "step(1)", "Next images", id="next-item"),
        Binding("pagedown", "step(1)", "Next images", show=False, id="page-down"),
        Binding("N", "step(-1)", "Previous images", id="previous-item"),
        Binding("pageup", "step(-1)", "Previous images", show=False, id="page-up"),
        Binding("e", "export", "Export", id="export"),
    ]

    def __init__(self, run: RunFolder, matrix: str, cell: tuple[int, int]) -> None:
        super().__init__()
        self._cell = run, matrix, *cell
        self._loaded: ImagesOfCell | None = None
        self._view: FigureView[Any] | None = None
        self._first = 0

    def compose_body(self) -> ComposeResult:
        yield Static("Painting the images ... Esc: back.", id="said", markup=False)
        yield Vertical(id="images")

    def on_mount(self) -> None:
        self._paint()

    def shown_figures(self) -> Sequence[Figure]:
        return [self._view.figure] if self._view else []

    @work(thread=True, exit_on_error=False)
    def _paint(self) -> None:
        try:
            loaded = load_images(*self._cell)
        except LazytuiError as error:
            self.app.call_from_thread(self._set_sentence, f"{plain_text(str(error))} Esc: back.")
        else:
            self.app.call_from_thread(self._show_images, loaded)

    def _set_sentence(self, sentence: str) -> None:
        for line in self.query("#said").results(Static):
            line.update(sentence)

    def _show_images(self, loaded: ImagesOfCell) -> None:
        self._loaded = loaded
        if self.is_attached:
            self._show()

    def on_resize(self, _event: Resize) -> None:
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        """The part of the images that fits."""
        if self._loaded is None:
            return
        columns, size = self._grid_that_fits(len(self._loaded.indices))
        self._first -= self._first % size
        figure = self._loaded.figure(slice(self._first, self._first + size), columns)
        if self._view is None:
            self._view = view_of(figure)
            self.query_one("#images").mount(self._view)
            self._view.focus()
        else:
            self._view.figure = figure
        pages = len(self.items)
        turning = f"Page {self.position + 1} of {pages}: n: next, N: previous, " if pages > 1 else ""
        self._set_sentence(f"{turning}Esc: back.")

    @property
    def items(self) -> range:
        images = len(self._loaded.indices) if self._loaded else 0
        return range(0, images, self._grid_that_fits(images)[1])

    @property
    def item(self) -> int:
        return self._first

    def show_item(self, item: int) -> None:
        self._first = item
        self._show()
        if self._view:
            self._view.point(0)

    def _grid_that_fits(self, images: int) -> tuple[int, int]:
        """How many images stand side by side, and how many fit on the screen."""
        room = self.query_one("#images").size
        columns = page = 1
        for across, down in _LAYOUTS:
            columns = max((room.width - 3) // (across + 1), 1)
            page = columns * max((room.height - 4) // down, 1)
            if images <= page:
                break
        return columns, page
