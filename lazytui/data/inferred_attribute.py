"""A data set as methods read it, with what was inferred of its training images instead of its attribute."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from lazytui.data.content import Content
from lazytui.data.editors import Editor
from lazytui.data.splits import BiasedDataset, Labels, Split

ATTRIBUTE = "inferred class"


@dataclass(frozen=True, kw_only=True)
class InferredAttribute(BiasedDataset):
    """original: the data. like: (n,) uint8, the class that each training image is like by whatever gives the class
    away; a value for each class, aligned with it. Nothing can be repainted: nobody knows how the values look."""

    original: BiasedDataset
    like: Labels

    @functools.cached_property
    def content(self) -> Content:
        classes = self.original.content.classes
        named = {"attribute": ATTRIBUTE, "values": classes, "aligned": tuple(range(len(classes)))}
        return self.original.content.model_copy(update=named)

    @functools.cached_property
    def editor(self) -> Editor | None:
        return None

    @functools.cached_property
    def train(self) -> Split:
        return replace(self.original.train, attributes=self.like, content=self.content)


def with_inferred(data: BiasedDataset, like: Labels) -> InferredAttribute:
    """The data with that attribute. like: as of `InferredAttribute`."""
    return InferredAttribute(params=data.params, source=data.source, load=data.load, original=data, like=like)
