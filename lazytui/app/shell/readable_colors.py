"""A theme's colors for text, as dark or light as it takes to read them on the theme's own grounds."""

from __future__ import annotations

from collections.abc import Mapping

from textual.color import Color, ColorParseError

from lazytui.figures.color_space import contrast

READABLE = 4.5
"""The contrast that WCAG 2 asks of text."""

_GROUNDS = ("background", "surface", "panel")
_STEPS = 20


def with_readable_text(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a theme, its `text-` colors moved towards its foreground where they are hard to read."""
    grounds = [color for name in _GROUNDS if (color := _color(variables.get(name, "")))]
    foreground = _color(variables.get("foreground", ""))
    if foreground is None or len(grounds) < len(_GROUNDS):
        return dict(variables)  # the terminal's own colors, which nobody knows
    texts = {name: color for name, value in variables.items() if name.startswith("text-") and (color := _color(value))}
    return {**variables, **{name: _readable(color, foreground, grounds).hex for name, color in texts.items()}}


def _color(value: str) -> Color | None:
    """None where it isn't one by itself: `auto 60%`, `ansi_blue`."""
    try:
        color = Color.parse(value)
    except ColorParseError:
        return None
    return None if color.ansi is not None or color.a < 1 or color.auto else color


def _readable(color: Color, foreground: Color, grounds: list[Color]) -> Color:
    blends = (color.blend(foreground, step / _STEPS) for step in range(_STEPS + 1))
    return next((blend for blend in blends if lowest_contrast(blend, grounds) >= READABLE), foreground)


def lowest_contrast(color: Color, grounds: list[Color]) -> float:
    return min(contrast(color.rgb, ground.rgb) for ground in grounds)
