"""A figure kept as strips: drawn when it must be, in a thread where that takes long, repainted where it differs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from functools import partial
from typing import ClassVar, Generic, Self, TypeVar

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from lazytui.app.figures.figure_strips import (
    BodyOfHeight,
    Drawing,
    Patch,
    changed_regions,
    console_like,
    draw_figure,
    painted,
)
from lazytui.figures.colors import Theme
from lazytui.figures.kinds import Figure
from lazytui.figures.terminal.draw import body
from lazytui.figures.terminal.text_cells import shorten

AnyFigure = TypeVar("AnyFigure", bound=Figure)

_LEAST_WIDTH = 8
"""Nothing is drawn narrower than this; a narrower widget shows its left part."""


class DrawingView(ScrollView, Generic[AnyFigure]):
    """A figure as the command line draws it, with lines below it that are the widget's own."""

    STRETCHES: ClassVar[bool] = False
    """Whether the drawing fills the widget's height, where that isn't automatic."""

    def __init__(self, figure: AnyFigure, *, id: str | None, classes: str | None) -> None:
        super().__init__(id=id, classes=classes)
        self._figure = figure
        self._is_framed = self._shows_title = False
        self._drawing = Drawing([])
        self._drawn_for: Hashable = None
        self._drawing_aside = False
        self._version = 0
        self._shown: list[Strip] = []
        self._shown_drawing: Drawing | None = None
        self._patches: list[Patch] = []

    def framed(self, *, title: bool) -> Self:
        """For a frame that has its note and its readout elsewhere; whether its title is drawn here."""
        self._is_framed, self._shows_title = True, title
        return self

    # What a kind of figure says of itself

    def body_of_height(self) -> BodyOfHeight:
        """The body between title and note. It is drawn in a thread, and so holds by value whatever may change."""
        figure, shade = self._figure, self.shade
        return lambda height: body(figure, height=height, theme=shade)

    def takes_long(self, width: int) -> bool:  # noqa: ARG002
        """Whether drawing takes longer than a frame, so that the event loop shouldn't wait for it."""
        return False

    def update(self) -> None:
        """Show the drawing, and refresh the parts that differ from what was shown."""
        raise NotImplementedError

    @property
    def lines_below(self) -> int:
        """How many lines below the drawing aren't part of it."""
        return 0

    # Drawing

    @property
    def shade(self) -> Theme:
        return "dark" if self.app.current_theme.dark else "light"

    @property
    def drawing(self) -> Drawing:
        """The figure drawn for the present width, height and theme; what was drawn before, until that is done."""
        width, height = self._room
        if not self.takes_long(width):
            self._draw(width, height)
        elif self._key(width, height) != self._drawn_for and not self._drawing_aside:
            self._drawing_aside = True
            self.run_worker(self._draw_aside(), group="drawing")
        return self._drawing

    @property
    def plot_area(self) -> Region | None:
        """Where the columns of a chart stand."""
        return self.drawing.region_of("plot")

    @property
    def can_be_drawn(self) -> bool:
        return self.is_attached and self.size.width > 0

    @property
    def _room(self) -> tuple[int, int | None]:
        """Width and height for the drawing; None where the height is as the drawing needs it."""
        width, height = self.scrollable_content_region.size
        automatic = self.styles.height is None or self.styles.height.is_auto
        return width, height if self.STRETCHES and not automatic else None

    def _key(self, width: int, height: int | None) -> Hashable:
        """Whatever a drawing depends on: another key, another drawing."""
        return self._version, width, height, self.shade, self.app.console.color_system, self.app.no_color

    def _work(self, width: int, height: int | None) -> Callable[[], Drawing]:
        """What draws the figure as it is now, in whatever thread."""
        if width <= 0:
            return partial(Drawing, [])
        lines = None if height is None else height - self.lines_below
        console = console_like(self.app.console, no_color=self.app.no_color)
        return partial(draw_figure, self._texts(width), self.body_of_height(), max(width, _LEAST_WIDTH), lines, console)

    def _texts(self, width: int) -> tuple[str, str]:
        """Title and note, as far as they are drawn here; in a frame the title has a line."""
        title, note = self._figure.title, self._figure.note
        if not self._is_framed:
            return title, note
        return (shorten(title, width) if self._shows_title else "", "")

    def _draw(self, width: int, height: int | None) -> None:
        key = self._key(width, height)
        if key != self._drawn_for:
            self._drawing, self._drawn_for = self._work(width, height)(), key

    async def _draw_aside(self) -> None:
        """Draw in a thread, until what is shown is what is wanted by then."""
        try:
            while (key := self._key(*self._room)) != self._drawn_for:
                drawing = await asyncio.to_thread(self._work(*self._room))
                if self._drawn_for != self._key(*self._room):
                    self._drawing, self._drawn_for = drawing, key
                    self.update()
        finally:
            self._drawing_aside = False

    def redraw(self) -> None:
        """Draw again, because the figure or how it is to be drawn changed, and refresh the parts that differ."""
        self._version += 1
        self.update()

    def lay_over(self, patches: list[Patch]) -> list[Region]:
        """Lay the patches over the drawing; where that differs from what was shown."""
        drawing, before, moved = self.drawing, self._shown, set(self._patches) ^ set(patches)
        same_drawing = drawing is self._shown_drawing
        self._shown, self._shown_drawing, self._patches = painted(drawing.strips, patches), drawing, patches
        if same_drawing:
            return [patch.region for patch in moved]
        top = self.scroll_offset.y
        return changed_regions(before, self._shown, range(top, top + self.size.height))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        self._draw(width - self.scrollbar_size_vertical, None)
        return len(self._drawing.strips) + self.lines_below
