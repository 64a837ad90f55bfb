"""Painting through the image cache."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.data.image_cache import cached_arrays, digest
from lazytui.data.painting.painter import repaint
from lazytui.data.params import DatasetParams
from lazytui.data.protocol_params import ProtocolParams
from lazytui.data.sources.params import READING

_FEWEST = 4096
"""With fewer images, painting is as fast as the cache."""

_IN_SHAPES_AND_COLORS = frozenset(
    {
        "dataset",
        "source",
        "train_size",
        "test_size",
        "validation_share",
        "bias",
        "counterexamples",
        "hard",
        "recorded_content",
        "cue",
        *READING,
        *ProtocolParams.model_fields,
    }
)
"""Parameters that determine shapes and colors only, not how they are painted."""


def paint_cached(
    shapes: NDArray[np.uint8], colors: NDArray[np.uint8], params: DatasetParams, stream: str
) -> NDArray[np.uint8]:
    """As `repaint`, cached: (n, 28, 28, 3) uint8, in memory plane by plane. Don't modify it."""
    if len(shapes) < _FEWEST:
        return repaint(shapes, colors, params, stream)

    def paint() -> list[NDArray[np.uint8]]:
        return [repaint(shapes, colors, params, stream).transpose(0, 3, 1, 2)]

    decisive = {
        "painted": digest(shapes, colors),
        "stream": stream,
        "params": params.model_dump(mode="json", include=set(DatasetParams.model_fields) - _IN_SHAPES_AND_COLORS),
    }
    (planes,) = cached_arrays(decisive, [(len(shapes), 3, 28, 28)], paint)
    return planes.transpose(0, 2, 3, 1)
