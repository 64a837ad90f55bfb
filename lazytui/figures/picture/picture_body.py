"""The part of a picture between title and note: how big it is, and how it is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from lazytui.figures.picture.ink import NORMAL, Ink, line_height


@dataclass(frozen=True)
class Box:
    """A rectangle on a canvas, in inches from its lower left corner."""

    left: float
    bottom: float
    width: float
    height: float

    def in_parts_of(self, canvas: Canvas) -> tuple[float, float, float, float]:
        """Left, bottom, width and height as parts of the canvas, as matplotlib wants them."""
        width, height = canvas.get_size_inches()
        return self.left / width, self.bottom / height, self.width / width, self.height / height


@dataclass(frozen=True)
class Body:
    """Width and height in inches, and the painter that fills a box of at least that size."""

    width: float
    height: float
    paint: Callable[[Canvas, Box], None]


def sheet(canvas: Canvas, box: Box) -> Axes:
    """Bare axes over the box whose coordinates are inches from its upper left corner, down and to the right."""
    axes = canvas.add_axes(box.in_parts_of(canvas))
    axes.set_xlim(0, box.width)
    axes.set_ylim(box.height, 0)
    axes.axis("off")
    return axes


def write_lines(
    axes: Axes,
    lines: list[str],
    x: float,
    y: float,
    size: float,
    *,
    color: str,
    align: str = "left",
    bold: bool = False,
) -> float:
    """Write lines on a sheet below each other, the first one's top at y; returns where the next would begin."""
    for line in lines:
        axes.text(
            x,
            y + line_height(size) / 2,
            line,
            fontsize=size,
            color=color,
            ha=align,
            va="center_baseline",
            weight="bold" if bold else "normal",
        )
        y += line_height(size)
    return y


def note_in_place(text: str, ink: Ink) -> Callable[[Canvas, Box], None]:
    """A painter that only says why there is nothing to see."""

    def paint(canvas: Canvas, box: Box) -> None:
        write_lines(sheet(canvas, box), [text], 0, 0, NORMAL, color=ink.muted)

    return paint
