"""A picture of the screen: as SVG by Textual, as PNG drawn character by character with a font that comes along."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI

from lazytui.app.shell.lab import Lab
from lazytui.files.writing import storage_errors, write_atomic

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont


_POINTS = 16
_CELL = (10, 20)
"""Width and height of a character in pixels; DejaVu Sans Mono of 16 points is 9.6 wide."""


def take(app: Lab) -> None:
    """Take the pictures now; drawing and writing them happens in a thread."""
    svg, lines = app.export_screenshot(), app.screen._compositor.render_strips()
    name = f"{app.current_mode}-{datetime.now():%Y%m%d-%H%M%S}"
    path = app.workspace.path.absolute() / "screenshots" / name
    app.write_files(partial(save, svg, lines, path))


def save(svg: str, lines: Sequence[Iterable[Segment]], path: Path) -> list[Path]:
    """Write both beside each other, and return the files. path: without suffix. Raises BadInput."""
    files = [path.with_name(f"{path.name}{suffix}") for suffix in (".svg", ".png")]
    with storage_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(files[0], svg)
    write_atomic(files[1], png(lines))
    return files


def png(lines: Sequence[Iterable[Segment]]) -> bytes:
    """The lines of a screen as a picture. Colors that are the terminal's own are taken from Rich's dark theme."""
    from PIL import Image
    from PIL.ImageDraw import Draw

    columns = max((sum(cell_len(text) for text, *_ in line) for line in lines), default=1)
    size = columns * _CELL[0], len(lines) * _CELL[1]
    picture = Image.new("RGB", size, DIMMED_MONOKAI.background_color)
    draw = Draw(picture)
    fonts = {bold: _font(bold) for bold in (False, True)}
    for row, line in enumerate(lines):
        column = 0
        for text, style, _ in line:
            _draw(draw, column, row, text, style or Style.null(), fonts)
            column += cell_len(text)
    with io.BytesIO() as file:
        picture.save(file, "PNG")
        return file.getvalue()


def _draw(draw: ImageDraw, column: int, row: int, text: str, style: Style, fonts: Mapping[bool, FreeTypeFont]) -> None:
    """One run of characters of the same style, which may have none."""
    if not cell_len(text):
        return
    front, back = colors_of(style)
    end = column + cell_len(text)
    draw.rectangle(_pixels(column, row, end, row + 1), fill=back)
    if style.underline:
        draw.rectangle(_pixels(column, row + 0.9, end, row + 0.95), fill=front)
    for letter in text:
        if block := _BLOCKS.get(letter):
            left, top, right, bottom = block
            draw.rectangle(_pixels(column + left, row + top, column + right, row + bottom), fill=front)
        elif _BRAILLE <= ord(letter) < _BRAILLE + 256:
            for x, y in _dots(ord(letter) - _BRAILLE):
                draw.ellipse(_pixels(column + x + 0.05, row + y + 0.02, column + x + 0.5, row + y + 0.24), fill=front)
        else:
            at = column * _CELL[0], row * _CELL[1]
            draw.text(at, letter, font=fonts[bool(style.bold)], fill=front)
        column += cell_len(letter)


def _pixels(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    """The pixels of a part of the screen, given in characters."""
    wide, high = _CELL
    return left * wide, top * high, right * wide - 1, bottom * high - 1


_BRAILLE = 0x2800
"""The braille character without a dot; the font has none of them."""


def _dots(bits: int) -> Iterator[tuple[float, float]]:
    """Left and top of a braille character's dots, in parts of a cell (Unicode, block 2800)."""
    for bit, dot in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]):
        if bits >> bit & 1:
            yield dot[0] / 2, dot[1] / 4


_BLOCKS = {
    "█": (0, 0, 1, 1),
    "▀": (0, 0, 1, 0.5),
    "▄": (0, 0.5, 1, 1),
    "▌": (0, 0, 0.5, 1),
    "▐": (0.5, 0, 1, 1),
}
"""Left, top, right and bottom of what fills a part of its cell: a font leaves gaps between them."""


def colors_of(style: Style) -> tuple[ColorTriplet, ColorTriplet]:
    """Of the text, and behind it."""
    theme = DIMMED_MONOKAI
    front = style.color.get_truecolor(theme) if style.color else theme.foreground_color
    back = (
        style.bgcolor.get_truecolor(theme, foreground=False)
        if style.bgcolor and not style.bgcolor.is_default
        else theme.background_color
    )
    return (back, front) if style.reverse else (front, back)


def _font(bold: bool) -> FreeTypeFont:
    """DejaVu Sans Mono as matplotlib brings it: no font of the system is needed."""
    import matplotlib
    from PIL import ImageFont

    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path(), "fonts", "ttf", name), _POINTS)
