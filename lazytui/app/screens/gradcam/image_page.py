"""The small images around the one that is shown, as many as there is room for, with the cursor on that one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam import live_figures
from lazytui.analyses.gradcam.answer_sort import AnswerCategories
from lazytui.analyses.gradcam.image_filter import ImageFilter
from lazytui.analyses.gradcam.live import MOST, BrowsedSplit, SaliencyAnswer
from lazytui.app.figures import FigureView, PixelsView
from lazytui.app.panels.panel import Panel

CELLS, LINES = 15, 8
"""What a small image takes with its caption."""


@dataclass(frozen=True)
class Page:
    """Which small images there are: of the items of an album those from `first` on, `size` of them."""

    browsed: BrowsedSplit
    sorting: AnswerCategories | None
    image_filter: ImageFilter
    first: int
    size: int
    split: str


class ImagePage(Panel):
    """A panel of them."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__(name, title)
        self._page: Page | None = None

    @property
    def columns(self) -> int:
        return max((self.content_size.width - 3) // CELLS, 1)

    @property
    def capacity(self) -> int:
        """How many images there is room for."""
        return self.columns * max((self.content_size.height) // LINES, 0)

    @property
    def first(self) -> int:
        """The position of the first of them among the items."""
        return self._page.first if self._page else 0

    def show_page(
        self, answer: SaliencyAnswer, image_filter: ImageFilter, items: NDArray[np.intp], position: int
    ) -> None:
        """The page of items that a position is on, with the cursor there. The album must be there."""
        assert answer.browsed is not None
        size = self.capacity
        first = position - position % size if size else 0
        page = Page(answer.browsed, answer.categories, image_filter, first, size, answer.question.params.split)
        if page == self._page:
            self._point(position - first)
            return
        self._page = page
        if size and len(items):
            part, title = slice(first, first + size), _title(answer, image_filter)
            with self.prevent(FigureView.Pointed):
                self.show(
                    [(live_figures.image_page(answer.browsed, answer.categories, items, part, self.columns, title),)]
                )
            self.call_after_refresh(self._point, position - first)
        else:
            self.say("")

    def _point(self, index: int) -> None:
        """Put the cursor on an image; that isn't a person's pointing at it."""
        with self.prevent(FigureView.Pointed):
            for view in self.query(PixelsView):
                view.point(index)


def _title(answer: SaliencyAnswer, image_filter: ImageFilter) -> str:
    """`hard split (first 1,000 of 10,000), digit 7, wrong`"""
    assert answer.browsed is not None
    of = f" (first {MOST:,} of {answer.browsed.whole:,})" if answer.browsed.whole > MOST else ""
    filtered = image_filter.description(answer.browsed.split.content)
    by = f" (by {answer.categories.map_title})" if "evidence" in filtered and answer.categories else ""
    return f"{answer.question.params.split} split{of}" + (f", {filtered}{by}" if filtered else "")
