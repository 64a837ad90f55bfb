"""Arrays of a run as a file for NumPy."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


def npz_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The content of a compressed .npz file, for `numpy.load(file)`, which needs no pickle for it."""
    import numpy as np

    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()
