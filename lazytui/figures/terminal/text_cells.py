"""Short texts cut, wrapped and placed in a number of character cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from lazytui.figures.text_wrapping import wrap


def shorten(text: str, width: int) -> str:
    """The text in at most `width` cells, with an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    return "" if width < 1 else set_cell_size(text, width - 1).rstrip() + "…"


def shorten_at_word(text: str, width: int) -> str:
    """The same, cut after a whole word where that leaves half of the width or more."""
    short = shorten(text, width)
    if short == text:
        return text
    whole_words = shorten(text, width - 1).removesuffix("…")  # the ellipsis stands apart
    if text[len(whole_words) :][:1] != " ":
        whole_words = whole_words.rpartition(" ")[0]
    whole_words = whole_words.rstrip(" :,(")
    return f"{whole_words} …" if whole_words and 2 * cell_len(whole_words) >= width - 2 else short


def align_text(text: str, width: int, align: Literal["left", "center", "right"] = "left") -> str:
    """The text in exactly `width` cells."""
    text = shorten(text, width)
    spare = width - cell_len(text)
    before = {"left": 0, "center": spare // 2, "right": spare}[align]
    return " " * before + text + " " * (spare - before)


def wrap_cells(text: str, width: int, *, at_most: int | None = None) -> list[str]:
    """The text in lines of at most `width` cells, words kept whole where they fit; the last of `at_most` lines is cut.

    >>> wrapped("a wide image", 6)
    ['a wide', 'image']
    """
    lines = wrap(text, lambda line: cell_len(line) <= max(width, 2))
    if at_most is not None and len(lines) > at_most:
        lines = [*lines[: at_most - 1], shorten(" ".join(lines[at_most - 1 :]), width)]
    return lines


def widest_cells(texts: Iterable[str]) -> int:
    """The cells that the widest of some texts takes; 0 when there are none."""
    return max(map(cell_len, texts), default=0)


def runs(characters: Sequence[str], styles: Sequence[Style | None]) -> list[Segment]:
    """One-cell characters and their styles as segments, equal neighbors merged."""
    merged: list[tuple[str, Style | None]] = []
    for character, style in zip(characters, styles, strict=True):
        if merged and merged[-1][1] == style:
            merged[-1] = (merged[-1][0] + character, style)
        else:
            merged.append((character, style))
    return [Segment(text, style) for text, style in merged]
