"""The tour: the app driven through its screens, as one animated SVG: `python -m docs.tour`."""

from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot

from docs.take_pictures import PICTURES, SIZE, until_still
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.screenshot import colors_of
from lazytui.runs.workspace import Workspace

FILE = PICTURES / "tour.svg"
SECONDS = 3.5
"""How long each picture stands."""

_WIDE, _HIGH = 8, 16
_FONT = 13.3
_BLOCKS = {"█": (0, 0, 1, 1), "▀": (0, 0, 1, 0.5), "▄": (0, 0.5, 1, 0.5), "▌": (0, 0, 0.5, 1), "▐": (0.5, 0, 0.5, 1)}
"""Left, top, width and height of characters that fill a part of their cell: fonts leave gaps between them."""

_BACKGROUND = "#121212"

Lines = Sequence[Iterable[Segment]]
Rectangles = dict[str, list[tuple[float, float, float, float]]]
"""Left, top, width and height in cells, by color."""


@dataclass(frozen=True)
class Stop:
    """keys: pressed one after the other. caption: what is to be seen then."""

    keys: tuple[str, ...]
    caption: str


STOPS = (
    Stop((), "Each digit in its own color, and in another digit's: the network reads the color"),
    Stop(("1",), "1 Dataset: 95 % of each digit have their color, and the table shows how well that predicts it"),
    Stop(("2",), "2 Train: the easy curve rises, the hard one falls below chance"),
    Stop(("3",), "3 Evaluate: prediction by color worn has a bright diagonal"),
    Stop(("4",), "4 Grad-CAM: where it looks, beside what that is worth"),
    Stop(("5",), "5 Neurons: information on digit and on color"),
    Stop(("6",), "6 Features: a sparse autoencoder's, sorted by what they stand for"),
    Stop(("7",), "7 Attack: the smallest change that makes a 7 a 3"),
    Stop(("8",), "8 Compare: recipes over seeds, beside plain training"),
    Stop(("I",), "I: draw. A red 1 is a 0 to it"),
    Stop(("B",), "The same 1 on green is a 1"),
)


async def record() -> list[tuple[Lines, str]]:
    """What the screen shows at each stop, in an empty workspace."""
    with tempfile.TemporaryDirectory() as folder:
        app = LazytuiApp(Workspace(Path(folder) / "runs"))
        app.animation_level = "none"
        async with app.run_test(size=SIZE) as pilot:
            return [(await _reach(pilot, stop), stop.caption) for stop in STOPS]


async def _reach(pilot: Pilot[None], stop: Stop) -> Lines:
    for key in stop.keys:
        await pilot.press(key)
    await until_still(pilot)
    return [list(strip) for strip in pilot.app.screen._compositor.render_strips()]


def animation(pictures: Sequence[tuple[Lines, str]]) -> str:
    """All pictures over each other, of which one at a time is visible."""
    columns, rows = SIZE
    width, height = columns * _WIDE, (rows + 2) * _HIGH
    share, seconds = 100 / len(pictures), SECONDS * len(pictures)
    frames = [
        f'<g class="frame" style="animation-delay:{number * SECONDS}s">{_picture(lines)}'
        f'<text class="caption" x="{width / 2}" y="{(rows + 1.25) * _HIGH}">{escape(caption)}</text></g>'
        for number, (lines, caption) in enumerate(pictures)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<style>text{{font:{_FONT}px Menlo,'DejaVu Sans Mono',Consolas,monospace;white-space:pre}}"
        f".b{{font-weight:bold}}.caption{{font:bold 15px sans-serif;fill:#e0e0e0;text-anchor:middle}}"
        f".frame{{visibility:hidden;animation:show {seconds}s step-end infinite}}"
        f"@keyframes show{{0%{{visibility:visible}}{share:.4f}%{{visibility:hidden}}}}"
        "@media(prefers-reduced-motion:reduce){.frame{animation:none}.frame:first-of-type{visibility:visible}}</style>"
        f'<rect width="{width}" height="{height}" fill="{_BACKGROUND}"/>{"".join(frames)}</svg>\n'
    )


def _picture(lines: Lines) -> str:
    """Backgrounds, blocks over them, and text over all; what has the same color is one path."""
    behind: Rectangles = defaultdict(list)
    blocks: Rectangles = defaultdict(list)
    letters: list[str] = []
    for row, line in enumerate(lines):
        column = 0
        for text, style, _ in line:
            front, back = (color.hex for color in colors_of(style or Style.null()))
            wide = cell_len(text)
            if back != _BACKGROUND:
                behind[back].append((column, row, wide, 1))
            if len(set(text)) == 1 and text[0] in _BLOCKS:
                left, top, part, high = _BLOCKS[text[0]]
                blocks[front].append((column + left, row + top, wide if part == 1 else part, high))
            elif text.strip():
                letters.append(_text(text, column, row, front, bold=bool(style and style.bold)))
            column += wide
    return _paths(behind) + _paths(blocks) + "".join(letters)


def _paths(rectangles: Rectangles) -> str:
    """In cells, which a transformation stretches to pixels."""
    paths = (
        f'<path fill="{color}" d="' + "".join(f"M{x:g} {y:g}h{w:g}v{h:g}h-{w:g}z" for x, y, w, h in parts) + '"/>'
        for color, parts in rectangles.items()
    )
    return f'<g transform="scale({_WIDE} {_HIGH})" shape-rendering="crispEdges">' + "".join(paths) + "</g>"


def _text(text: str, column: int, row: int, color: str, *, bold: bool) -> str:
    lead = len(text) - len(text.lstrip())
    words = text.strip()
    at = f'x="{(column + lead) * _WIDE}" y="{row * _HIGH + 12.5}" textLength="{cell_len(words) * _WIDE}"'
    weight = ' class="b"' if bold else ""
    return f'<text {at} fill="{color}"{weight}>{escape(words)}</text>'


if __name__ == "__main__":
    FILE.write_text(animation(asyncio.run(record())))
