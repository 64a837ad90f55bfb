"""The canvas: an image that is drawn on by the mouse, or by keys, pixel by pixel."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Region
from textual.message import Message

from lazytui.app.figures.figure_strips import Patch
from lazytui.app.figures.figure_widget import FigureView
from lazytui.app.panels.panel import Panel
from lazytui.data.drawing import Point
from lazytui.figures.kinds import Figure, Pixels

Pixel = tuple[int, int]
"""(x, y) from the upper left corner."""

_LEFT_BUTTON = 1


class CanvasView(FigureView[Pixels]):
    """Positions are pixels of the figure's only image. While the pen is down, moving the cursor draws."""

    ALLOW_SELECT = False
    STRETCHES = True
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "pen", "Draw", id="mark", key_display="Space")]

    class Drawn(Message):
        """A stroke was drawn from `start` to `end`, or erased. begins: whether it isn't the going on of another."""

        def __init__(self, start: Point, end: Point, *, erases: bool, begins: bool) -> None:
            super().__init__()
            self.start, self.end = start, end
            self.erases, self.begins = erases, begins

    def __init__(self, figure: Pixels) -> None:
        super().__init__(figure)
        self.pen_is_down = False
        self._pressed_at: Point | None = None
        self._erases = False

    # Where things are

    @property
    def _image_size(self) -> tuple[int, int]:
        """Width and height of the image, in its pixels."""
        return self.figure.images.shape[2], self.figure.images.shape[1]

    def first(self) -> Pixel:
        width, height = self._image_size
        return width // 2, height // 2

    def last(self) -> Pixel:
        width, height = self._image_size
        return width - 1, height - 1

    def nearest(self, position: Pixel) -> Pixel:
        x, y = (min(max(at, 0), most) for at, most in zip(position, self.last(), strict=True))
        return x, y

    def moved(self, position: Pixel, step: Offset) -> Pixel | None:
        target = position[0] + step.x, position[1] + step.y
        return target if target == self.nearest(target) else None

    def region_of(self, position: Pixel) -> Region | None:
        image = self.drawing.region_of(0)
        if image is None:
            return None
        (x, y), (width, height), (across, down) = position, image.size, self._image_size
        left, right = (x * width // across, max((x + 1) * width // across, x * width // across + 1))
        top, bottom = y * height // down, max((y + 1) * height // down, y * height // down + 1)
        return Region(image.x + left, image.y + top, right - left, bottom - top)

    def patches(self, position: Pixel, cursor: Style) -> list[Patch]:
        region = self.region_of(position)
        return [Patch(region, cursor, ("●" if self.pen_is_down else "+") * region.width)] if region else []

    def readout(self, position: Pixel) -> str:
        return f"pen {'down' if self.pen_is_down else 'up'} at {position[0] + 1}, {position[1] + 1}"

    @property
    def _pixel(self) -> Pixel:
        """The one that the cursor is on, or where it begins."""
        return self.first() if self.position is None else self.position

    # Drawing by keys

    def action_move(self, right: int, down: int) -> None:
        before = self._pixel
        super().action_move(right, down)
        if self.pen_is_down and self._pixel != before:
            self.post_message(self.Drawn(_middle(before), _middle(self._pixel), erases=False, begins=False))

    def action_pen(self) -> None:
        """Put the pen down, which draws a dot, or lift it."""
        self.pen_is_down = not self.pen_is_down
        if self.position is None:
            self.point(self.first())
        if self.pen_is_down:
            at = _middle(self._pixel)
            self.post_message(self.Drawn(at, at, erases=False, begins=True))
        self.update()

    # Drawing by the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        at = self._point_at(event)
        if at is None:
            return
        event.stop()
        self.capture_mouse()
        self._pressed_at, self._erases = at, event.button != _LEFT_BUTTON
        self.post_message(self.Drawn(at, at, erases=self._erases, begins=True))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._pressed_at is None:
            return
        at = self._point_at(event)
        if at is not None and at != self._pressed_at:
            self.post_message(self.Drawn(self._pressed_at, at, erases=self._erases, begins=False))
            self._pressed_at = at

    def on_mouse_up(self) -> None:
        self.release_mouse()
        self._pressed_at = None

    def on_click(self, event: events.Click) -> None:
        event.stop()  # it was drawn already

    def _point_at(self, event: events.MouseEvent) -> Point | None:
        """Where on the image the mouse is; also beside it, so that strokes may leave it."""
        image = self.drawing.region_of(0)
        if image is None:
            return None
        at = event.get_content_offset_capture(self) + self.scroll_offset
        across, down = self._image_size
        return (at.x + 0.5 - image.x) * across / image.width, (at.y + 0.5 - image.y) * down / image.height


def _middle(pixel: Pixel) -> Point:
    return pixel[0] + 0.5, pixel[1] + 0.5


class CanvasPanel(Panel):
    """A panel in which the figure is drawn on."""

    def view_of(self, figure: Figure) -> FigureView[Any]:
        assert isinstance(figure, Pixels)
        return CanvasView(figure)
