"""How blurred an image is."""

from __future__ import annotations

import numpy as np

from lazytui.data.cues.base import Canvas, Cue, Draw, Images, Values, spread, to_levels

_FAINTEST, _STRONGEST = 1 / 60, 1 / 12
"""Standard deviation of a blur, as a share of the side; less can't be seen."""


def _paint(canvas: Canvas, values: Values, count: int, _draw: Draw) -> Images:
    from scipy.ndimage import gaussian_filter

    blurred = np.empty_like(canvas.images)
    for value, share in enumerate(_shares(count)):
        chosen = values == value
        sigma = share * canvas.side
        smooth = gaussian_filter(canvas.images[chosen].astype(np.float32), (0, sigma, sigma, 0), mode="nearest")
        blurred[chosen] = to_levels(smooth)
    return blurred


def _shares(count: int) -> tuple[float, ...]:
    """The first value is sharp."""
    return (0.0, *spread(_FAINTEST, _STRONGEST, count - 1).tolist())


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"blur {100 * share:.1f} %" for share in _shares(count))


ENTRY = Cue("blur", "the whole image is blurred", "blur", _names, _paint, 10)
