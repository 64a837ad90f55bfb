"""A screen that walks through the images of a split, those of a class, a value or an answer, each explained live."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.image_filter import ImageFilter, answers_of
from lazytui.analyses.gradcam.live import BrowsedAnswer, BrowsedSplit
from lazytui.app.screens.common.browser_screen import BrowserScreen, next_value
from lazytui.app.screens.common.live_screen import LiveScreen
from lazytui.data.content import Content, colored_digits


class AsksForImage(Protocol):
    """A question about one image of an album."""

    @property
    def image_index(self) -> int: ...


Q = TypeVar("Q", bound=AsksForImage)
A = TypeVar("A", bound=BrowsedAnswer)  # type: ignore[type-arg]


class ImageBrowser(LiveScreen[Q, A], BrowserScreen):
    """image_filter: which images of the album are walked through; their numbers are indices in the album."""

    image_filter = ImageFilter()

    @property
    def album(self) -> BrowsedSplit | None:
        """The images, once they are there."""
        return self.answer.browsed if self.answer else None

    @property
    def content(self) -> Content:
        """Of the images, once they are there."""
        return self.album.split.content if self.album else colored_digits("distinct")

    @property
    def items(self) -> NDArray[np.intp]:
        return np.empty(0, np.intp) if self.album is None else self.image_filter.matching(self.album, None)

    @property
    def item(self) -> int:
        index = self.last_question.image_index if self.last_question else 0
        return min(index, len(self.album.split) - 1) if self.album else index

    def stays(self, shown: A, answer: A) -> bool:
        same_images = answer.browsed is None or answer.browsed is shown.browsed
        return self.is_complete(shown) and not self.is_complete(answer) and not answer.refused and same_images

    def set_filter(self, image_filter: ImageFilter) -> None:
        """Walk through other images; where the one that is shown isn't among them, go to the next one that is."""
        self.image_filter = image_filter
        if self.item not in self.items:
            self.go_to(self.position)
        self.draw()

    def action_filter_next(self, name: str) -> None:
        """Only images of the next class, value or kind of answer; after the last all again."""
        if self.album is None:
            return
        split = self.album.split
        values: list[Any] = ["", *answers_of(self.album)]
        if name != "answers":
            there = split.labels if name == "label" else split.attributes[split.attributes != split.content.unknown]
            values = [None, *sorted({*there.tolist()})]
        now = getattr(self.image_filter, name)
        self.set_filter(replace(self.image_filter, **{name: next_value(values, now)}))

    def action_unfilter(self) -> None:
        """All images again."""
        self.set_filter(ImageFilter())
