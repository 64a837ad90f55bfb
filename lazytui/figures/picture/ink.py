"""The colors and letters of pictures, and how wide text gets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from lazytui.figures.colors import TONES, Theme, hex_code
from lazytui.figures.kinds import Tone
from lazytui.figures.text_wrapping import wrap

FONT = "DejaVu Sans"
"""Comes with matplotlib, so that every machine has it; it is wide, so that text set in another font fits as well."""
SMALL, NORMAL, LARGE = 8.0, 9.0, 11.0
"""Sizes of letters in points."""
LINE = 1.35
"""Distance of lines, in letter sizes."""


@dataclass(frozen=True)
class Ink:
    """What a picture is drawn with; `theme` also chooses the color maps."""

    theme: Theme
    paper: str
    text: str
    muted: str
    grid: str

    def tone(self, tone: Tone) -> str:
        """The color of a caption."""
        if tone == "plain":
            return self.text
        color = TONES[tone]
        return self.muted if color is None or tone == "muted" else hex_code(color)


INKS: dict[Theme, Ink] = {
    "light": Ink("light", paper="#ffffff", text="#1f2328", muted="#646c76", grid="#e2e5ea"),
    "dark": Ink("dark", paper="#14171c", text="#e4e8ee", muted="#9aa4b1", grid="#2c323b"),
}


def settings(ink: Ink) -> dict[str, Any]:
    """matplotlib's settings for the time of drawing and saving. Text is never read as mathematics."""
    return {
        "font.family": [FONT],
        "font.size": NORMAL,
        "text.parse_math": False,
        "text.usetex": False,
        "axes.unicode_minus": False,
        "axes.formatter.use_mathtext": False,
        "text.color": ink.text,
        "axes.labelcolor": ink.muted,
        "axes.edgecolor": ink.muted,
        "axes.facecolor": "none",
        "xtick.color": ink.muted,
        "ytick.color": ink.muted,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "figure.facecolor": ink.paper,
        "savefig.facecolor": ink.paper,
        "svg.fonttype": "none",
        "svg.hashsalt": "lazytui",
        "pdf.fonttype": 42,
    }


@lru_cache(maxsize=1 << 14)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of a line of text in inches."""
    font = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


def widest(texts: list[str], size: float, bold: bool = False) -> float:
    """The width of the widest of some lines in inches; 0 when there are none."""
    return max((text_width(text, size, bold) for text in texts), default=0.0)


def wrap_lines(text: str, inches: float, size: float, bold: bool = False) -> list[str]:
    """The text broken into lines of at most `inches`."""
    return wrap(text, lambda line: text_width(line, size, bold) <= inches)


def line_height(size: float) -> float:
    """The distance of lines in inches."""
    return size * LINE / 72
