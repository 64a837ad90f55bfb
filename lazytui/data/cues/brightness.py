"""How bright an image is."""

from __future__ import annotations

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, of_images, spread, to_levels

_DARKEST = 0.3


def _paint(canvas: Canvas, values: Values, count: int, _draw: Draw) -> Images:
    return to_levels(canvas.images * of_images(spread(1, _DARKEST, count), values))


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"{round(100 * float(share))} %" for share in spread(1, _DARKEST, count))


ENTRY = Cue("brightness", "the whole image is darkened", "brightness", _names, _paint, 10)
