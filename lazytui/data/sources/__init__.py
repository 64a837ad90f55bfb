"""Where images come from: a file a kind of source, the list of them, and what finds and reads the chosen one."""

from __future__ import annotations

from collections.abc import Callable

from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources.base import Source
from lazytui.data.sources.catalog import SOURCES
from lazytui.data.sources.gray_shapes import resolve_auto
from lazytui.data.sources.params import SourceParams
from lazytui.errors import BadInput

LoadImages = Callable[[SourceParams, Part, int | None], SourceImages]
"""The first images of a source's part, or all."""


def find_source(params: SourceParams, train_size: int | None, test_size: int | None) -> Source:
    """What there is on this machine. Raises BadInput where it isn't, or has too few images."""
    if params.source == "auto":
        params = params.model_copy(update={"source": resolve_auto()})
    source = SOURCES[params.kind].find(params)
    sizes: dict[Part, int | None] = {"train": train_size, "test": test_size}
    for part, size in sizes.items():
        if size is not None and size > source.counts[part]:
            what = "digits" if source.content.label == "digit" else "images"
            raise BadInput(
                f"The source {source.name} has {source.counts[part]} {what} in its {part} split, not {size}."
            )
    return source


def load_images(params: SourceParams, part: Part, size: int | None) -> SourceImages:
    """The first `size` images of a part, or all of them, in the source's order. Raises BadInput as `find_source`."""
    return SOURCES[params.kind].load(params, part, size)
