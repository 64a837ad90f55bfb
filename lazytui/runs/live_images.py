"""Images in the folder of a running run, which its events describe; its result has them once it is done."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from lazytui.files.reading import read_regular
from lazytui.files.writing import write_atomic
from lazytui.runs.results.result_contents import check_arrays, images

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LARGEST = 1 << 20
_NAME = "images"


def save_images(pictures: NDArray[np.uint8], path: Path) -> None:
    """pictures: (n, height, width, 3)."""
    import numpy as np
    from safetensors.numpy import save

    write_atomic(path, save({_NAME: np.ascontiguousarray(pictures)}))


def load_images(path: Path, count: int, height: int, width: int) -> NDArray[np.uint8] | None:
    """So many images, (count, height, width, 3); None where there is no file that holds them."""
    from safetensors.numpy import load

    with suppress(Exception):  # what a damaged file raises depends on where the damage is
        checked = check_arrays(
            {_NAME: images(count, height=height, width=width)}, load(read_regular(path, _LARGEST)), frozenset()
        )
        return cast("NDArray[np.uint8]", checked[_NAME])
    return None
