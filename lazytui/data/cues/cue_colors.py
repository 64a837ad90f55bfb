"""Colors that cues of several kinds are in: those of the palette `distinct`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.data.palettes import palette

MOST_COLORS = 10


def color_names(count: int) -> tuple[str, ...]:
    return palette("distinct").names[:count]


def color_levels() -> NDArray[np.float32]:
    """(10, 1, 1, 3), 0 to 255."""
    return palette("distinct").rgb[:, None, None].astype(np.float32)
