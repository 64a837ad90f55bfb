"""scikit-learn's digits: 1,797 scans of 8 x 8 pixels (Alpaydin and Kaynak 1998), as white on black of 28 x 28."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.data.content import DIGITS, Content
from lazytui.data.image_cache import cached_arrays
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources.base import Source, SourceEntry
from lazytui.data.sources.options import SourceOptions
from lazytui.data.sources.parts import held_out

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COUNT = 1797
_MARGIN = 2


def _find(options: SourceOptions) -> Source:
    content = Content(label="digit", classes=DIGITS, height=28, width=28)
    return Source(options.source, content, {"train": 1438, "test": 359})


def _load(_options: SourceOptions, part: Part, _size: int | None) -> SourceImages:
    images, labels = cached_arrays({"digits": "scikit-learn"}, [(_COUNT, 28, 28), (_COUNT,)], _enlarge)
    tested = held_out(labels)
    return SourceImages(images, labels).take((tested if part == "test" else ~tested).nonzero()[0])


def _enlarge() -> list[NDArray[np.uint8]]:
    """(1797, 28, 28) and (1797,) uint8."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    scans = load_digits()
    side = 28 - 2 * _MARGIN
    images = np.zeros((_COUNT, 28, 28), np.uint8)
    for image, scan in zip(images, np.rint(scans.images * 255 / 16).astype(np.uint8), strict=True):
        inner = Image.fromarray(scan).resize((side, side), Image.Resampling.BICUBIC)
        image[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = np.asarray(inner)
    return [images, scans.target.astype(np.uint8)]


ENTRY = SourceEntry(
    "digits", "scikit-learn's 1,797 scanned digits, enlarged to 28 x 28", _find, _load, gray=True, cue="color"
)
