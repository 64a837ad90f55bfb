"""Marks in a drawing: empty segments that say which place of the figure stands after them.

A console prints nothing for them; the app reads them, so that a cursor knows where each cell, image and row was drawn.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from rich.segment import Segment
from rich.style import Style

_KEY = "figure_mark"


@dataclass(frozen=True)
class Mark:
    """place: what was drawn; width, height: the cells and lines that it takes, from `left` cells after here on.

    axis: what its columns stand for, where it is a plot area.
    """

    key: Hashable
    width: int
    height: int = 1
    left: int = 0
    axis: Any = None


def marked_segment(key: Hashable, width: int, height: int = 1, left: int = 0, axis: Any = None) -> Segment:
    """The empty segment that marks a place."""
    return Segment("", Style(meta={_KEY: Mark(key, width, height, left, axis)}))


def mark_of(segment: Segment) -> Mark | None:
    """The mark that a segment is, if it is one."""
    if segment.text or segment.style is None:
        return None
    mark = segment.style.meta.get(_KEY)
    return mark if isinstance(mark, Mark) else None
