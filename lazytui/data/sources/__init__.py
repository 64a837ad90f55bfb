"""Where images come from: a file a kind of source, and the list of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lazytui.data.content import Content
from lazytui.data.params import SourceParams, is_gray
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources import gray_shapes

LoadImages = Callable[[SourceParams, Part, int | None], SourceImages]
"""The first images of a source's part, or all."""


@dataclass(frozen=True)
class Source:
    """name: which one `auto` is here. content: its classes, its own attribute where it has one, and no planted cue."""

    name: str
    content: Content


def find_source(params: SourceParams, train_size: int | None, test_size: int | None) -> Source:
    """What there is on this machine. Raises BadInput where it isn't, or has too few images."""
    name = gray_shapes.resolve_gray(params.source)
    gray_shapes.check_size(name, "train", train_size)
    gray_shapes.check_size(name, "test", test_size)
    gray_shapes.require_every_digit(name)
    return Source(name, gray_shapes.gray_content(name))


def load_images(params: SourceParams, part: Part, size: int | None) -> SourceImages:
    """The first `size` images of a part, or all of them, in the source's order. Raises BadInput as `find_source`."""
    assert is_gray(params.source)
    name = gray_shapes.gray_name(params.source)
    return gray_shapes.load_digits(name, part, size if name == "strokes" else None)
