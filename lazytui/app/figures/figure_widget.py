"""What all figure widgets share: a cursor over the drawing, its readout, scrolling and messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region, Size, Spacing
from textual.message import Message
from textual.strip import Strip
from textual.theme import Theme as AppTheme
from textual.widget import Widget

from lazytui.app.figures.drawing_widget import AnyFigure, DrawingView
from lazytui.app.figures.figure_strips import Patch, one_a_line, over_ground
from lazytui.figures.plain_figures import clean_figure
from lazytui.figures.terminal.text_cells import shorten

Position = Any
"""Where a cursor can stand: (row, column) of a matrix, the index of an image, row, bar or bin, an x of lines."""


class FigureView(DrawingView[AnyFigure], can_focus=True):
    """A figure as the command line draws it, with a cursor.

    The last line of the widget is its readout: what the cursor is on, in words. There is no cursor until the widget
    is first focused or pointed at.
    """

    HAS_CURSOR: ClassVar[bool] = True
    ACROSS: ClassVar[bool] = False
    """Whether the positions follow each other from left to right, and not downward."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "figure--cursor",
        "figure--resting",
        "figure--label",
        "figure--readout",
        "figure--title",
    }
    DEFAULT_CSS = """
    FigureView {
        height: auto;
        width: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size: 0 1;
        & > .figure--cursor { background: $warning; color: black; text-style: bold; }
        & > .figure--resting { background: $warning-muted; color: $text-warning; }
        & > .figure--label { color: $text-warning; text-style: bold; }
        & > .figure--readout { color: $text-muted; }
        &:focus > .figure--readout { color: $foreground; text-style: bold; }
        & > .figure--title { color: $text-primary; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(0, -1)", "Up", show=False, id="up"),
        Binding("down", "move(0, 1)", "Down", show=False, id="down"),
        Binding("left", "move(-1, 0)", "Left", show=False, id="left"),
        Binding("right", "move(1, 0)", "Right", show=False, id="right"),
        Binding("home", "first", "First", show=False, id="first"),
        Binding("end", "last", "Last", show=False, id="last"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="page-down"),
        Binding("enter", "choose", "Choose", show=False, id="open"),
    ]

    class _AtPosition(Message):
        def __init__(self, view: FigureView[Any], position: Position) -> None:
            super().__init__()
            self.view = view
            self.position = position

        @property
        def control(self) -> FigureView[Any]:
            return self.view

    class Pointed(_AtPosition):
        """The cursor of `view` came to `position`."""

    class Chosen(_AtPosition):
        """`position` of `view` was chosen: by Enter or a double click."""

    class ReadOut(Message):
        """What the cursor of `view` is on, in `text`, changed."""

        def __init__(self, view: FigureView[Any], text: str) -> None:
            super().__init__()
            self.view = view
            self.text = text

    def __init__(self, figure: AnyFigure, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(clean_figure(figure), id=id, classes=classes)
        self._position: Position | None = None
        self._cursor_text = ""
        self._ground: Style | None = None
        self._is_of_new_size = False

    # The figure and the cursor

    @property
    def figure(self) -> AnyFigure:
        """What is shown, its text made plain. Setting another figure of the same kind keeps cursor and scrolling."""
        return self._figure

    @figure.setter
    def figure(self, figure: AnyFigure) -> None:
        self._figure = clean_figure(figure)
        self.reconsider()

    def reconsider(self) -> None:
        """Find the cursor's position and draw again, after the figure or the choice of what is shown of it changed."""
        before = self._position
        self.figure_changed()
        if before is not None:
            self._position = self.nearest(before)
        self.redraw()
        if self._position is not None and self._position != before:
            self.post_message(self.Pointed(self, self._position))

    @property
    def position(self) -> Position | None:
        """Where the cursor is; None before there is one."""
        return self._position

    def point(self, position: Position | None) -> None:
        """Put the cursor at the nearest position that exists; announce it and scroll there; None removes it."""
        position = None if position is None else self.nearest(position)
        if position == self._position:
            return
        self._position = position
        self.update()
        if position is not None and self.can_be_drawn:
            self._reveal(position)
            self.post_message(self.Pointed(self, position))

    @property
    def cursor_text(self) -> str:
        """The readout: what the cursor is on; empty while there is none."""
        return self._cursor_text

    # What a kind of figure says of itself

    def figure_changed(self) -> None:
        """Take note of another figure, before the cursor finds its position in it."""

    def positions(self) -> Sequence[Position]:
        """Where the cursor can be, in the order in which it goes there."""
        return ()

    def first(self) -> Position | None:
        """Where the cursor starts; None where the figure has no position."""
        return next(iter(self.positions()), None)

    def last(self) -> Position | None:
        return next(reversed(self.positions()), None)

    def nearest(self, position: Position) -> Position | None:
        """The position itself, or the nearest that there is after the figure changed."""
        return self.positions()[min(max(position, 0), len(self.positions()) - 1)] if self.positions() else None

    def moved(self, position: Position, step: Offset) -> Position | None:
        """One step from a position; None where there is nothing in that direction."""
        along = step.x if self.ACROSS else step.y
        target = self.positions().index(position) + along
        return self.positions()[target] if along and 0 <= target < len(self.positions()) else None

    def position_at(self, at: Offset) -> Position | None:
        """What was drawn at an offset."""
        raise NotImplementedError

    def region_of(self, position: Position) -> Region | None:
        """Where a position was drawn."""
        return self.drawing.region_of(position)

    def patches(self, position: Position, cursor: Style) -> list[Patch]:
        """How the cursor on a position is shown."""
        region = self.region_of(position)
        return [Patch(region, cursor)] if region else []

    def readout(self, position: Position) -> str:
        """What is there, in words."""
        raise NotImplementedError

    # Drawing

    @property
    def lines_below(self) -> int:
        return int(self.HAS_CURSOR and not self._is_framed)

    def update(self) -> None:
        """Lay the cursor over the drawing, and refresh the parts that differ from what was shown."""
        if not self.can_be_drawn:
            return
        text_before = self._cursor_text
        changed = self.lay_over(self._all_patches())
        self._cursor_text = "" if self._position is None else self.readout(self._position)
        self.virtual_size = Size(self.size.width, len(self._shown) + self.lines_below)
        if text_before != self._cursor_text:
            self.post_message(self.ReadOut(self, self._cursor_text))
            changed.append(Region(0, self.scroll_offset.y + self.size.height - 1, self.size.width, 1))
        if dirty := [
            part
            for region in one_a_line(changed)
            if (part := region.translate(-self.scroll_offset).intersection(self.size.region))
        ]:
            self.refresh(*dirty)

    def _all_patches(self) -> list[Patch]:
        patches = []
        if self.has_focus:
            title = self.drawing.strips[: self.drawing.title_lines]
            style = self.component("figure--title")
            patches += [Patch(Region(0, y, strip.cell_length, 1), style) for y, strip in enumerate(title)]
        if self._position is not None:
            name = "figure--cursor" if self.has_focus else "figure--resting"
            patches += self.patches(self._position, self.component(name))
        return patches

    def component(self, name: str) -> Style:
        """The style of a part; without color, what has a background is reversed, and what has none is underlined."""
        style = self.get_component_rich_style(name, partial=True)
        if self.app.no_color:
            return Style(bold=style.bold, reverse=bool(style.bgcolor), underline=not style.bgcolor)
        return style

    def render_line(self, y: int) -> Strip:
        if self._shown_drawing is None:
            self.update()  # Textual sends no Resize if a region is asked for before it lays it out
        width, height = self.size
        if self.lines_below and y == height - 1:
            return self._readout_strip(width)
        line = y + self.scroll_offset.y
        strip = self._shown[line] if line < len(self._shown) else Strip.blank(width)
        x = self.scroll_offset.x
        return over_ground(strip if not x else strip.crop(x, x + width), width, self._ground or self.rich_style)

    def render_lines(self, crop: Region) -> list[Strip]:
        self._ground = self.rich_style  # once for all lines: to find it takes as long as to render one
        return super().render_lines(crop)

    def _readout_strip(self, width: int) -> Strip:
        text = set_cell_size(shorten(self._cursor_text, self.scrollable_content_region.width), width)
        return Strip([Segment(text, self.get_component_rich_style("figure--readout"))], width)

    # What happens to it

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, _theme: AppTheme) -> None:
        self.call_after_refresh(self.update)

    def on_resize(self) -> None:
        self._is_of_new_size = True
        self.update()

    def watch_show_vertical_scrollbar(self, shown_before: bool, shown: bool) -> None:
        """The bar takes a column from the drawing, or gives it back, of which no Resize tells. It is given back once
        a size: what fits only beside a bar would come and go with it."""
        if shown != shown_before and (shown or self._is_of_new_size):
            self._is_of_new_size = False
            self.call_after_refresh(self.update)

    def on_focus(self) -> None:
        if self._position is None and (first := self._first()) is not None:
            self._position = first
            self.post_message(self.Pointed(self, first))
            self.update()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor and the title show it. It may change before or after the event is handled here."""
        super().watch_has_focus(has_focus)
        self.update()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None or not self.HAS_CURSOR or (self.lines_below and at.y >= self.size.height - 1):
            return
        position = self.position_at(at + self.scroll_offset)
        if position is None:
            return
        event.stop()
        self.point(position)
        if event.chain == 2:
            self.action_choose()

    def action_move(self, right: int, down: int) -> None:
        """A step with the cursor; at the edge the view scrolls, and after that what holds it."""
        target = self._first() if self._position is None else self.moved(self._position, Offset(right, down))
        if target is not None:
            self.point(target)
        elif down < 0 and self.scroll_offset.y > 0:
            self.scroll_up(animate=False)
        elif down > 0 and self.scroll_offset.y < self.max_scroll_y:
            self.scroll_down(animate=False)
        elif down:
            raise SkipAction

    def _first(self) -> Position | None:
        return self.first() if self.HAS_CURSOR else None

    def action_page(self, down: int) -> None:
        """As many steps as the view has lines."""
        start = self._position
        step = Offset(0, down)
        if start is None or self.moved(start, step) is None:
            if down > 0 and self.scroll_offset.y < self.max_scroll_y:
                self.scroll_page_down(animate=False)
            elif down < 0 and self.scroll_offset.y > 0:
                self.scroll_page_up(animate=False)
            else:
                raise SkipAction
            return
        begin = self.region_of(start)
        target = start
        while (further := self.moved(target, step)) is not None:
            here = self.region_of(further)
            target = further
            if begin and here and abs(here.y - begin.y) >= self._page_lines:
                break
        self.point(target)

    @property
    def _page_lines(self) -> int:
        return max(min(self.size.height, self.screen.size.height) - 2, 1)

    def action_first(self) -> None:
        self.point(self.first()) if self.HAS_CURSOR else self.scroll_home(animate=False)

    def action_last(self) -> None:
        self.point(self.last()) if self.HAS_CURSOR else self.scroll_end(animate=False)

    def action_choose(self) -> None:
        if self._position is not None:
            self.post_message(self.Chosen(self, self._position))

    def _reveal(self, position: Position) -> None:
        """Scroll to a position: the view itself, and what holds it where the keyboard is here."""
        region = self.region_of(position)
        if region is None:
            return
        if self.max_scroll_y:
            if self.moved(position, Offset(0, -1)) is None:  # with the first line of positions, what stands above it
                region = Region(region.x, 0, region.width, region.bottom)
            self.scroll_to_region(region, spacing=Spacing(bottom=self.lines_below), animate=False)
        if not self.has_focus:
            return  # a screen isn't scrolled away from what a person looks at
        inside: Widget = self
        region = region.translate(self.content_offset)
        while isinstance(holder := inside.parent, Widget):
            region = region.translate(inside.virtual_region.offset - inside.scroll_offset)
            if holder.is_scrollable:
                holder.scroll_to_region(region, animate=False)
            inside = holder
