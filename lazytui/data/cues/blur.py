"""How blurred an image is."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, spread, to_levels

_STRONGEST = 1 / 14
"""Standard deviation of the strongest blur, as a share of the side."""


def _paint(canvas: Canvas, values: Values, count: int, _draw: Draw) -> Images:
    from scipy.ndimage import gaussian_filter

    blurred = np.empty_like(canvas.images)
    for value, share in enumerate(spread(0, _STRONGEST, count)):
        chosen = values == value
        sigma = float(share) * canvas.side
        smooth = gaussian_filter(canvas.images[chosen].astype(np.float32), (0, sigma, sigma, 0), mode="nearest")
        blurred[chosen] = to_levels(smooth)
    return blurred


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"blur {100 * float(share):.1f} %" for share in spread(0, _STRONGEST, count))


ENTRY = Cue("blur", "the whole image is blurred", "blur", _names, _paint, 10)
