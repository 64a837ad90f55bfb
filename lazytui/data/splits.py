"""The splits of a biased data set, painted lazily."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.digit_sources import ConcreteSource, check_size, load_digits, require_every_digit, resolve_source
from lazytui.data.gray_digits import Digits, Part
from lazytui.data.painted_splits import paint_cached
from lazytui.data.painting.assignment import easy_colors, factorial_design, hard_colors
from lazytui.data.palettes import NO_COLOR
from lazytui.data.params import DatasetParams
from lazytui.data.random_streams import stream
from lazytui.errors import BadInput

_log = logging.getLogger(__name__)

Labels = NDArray[np.uint8]
LoadDigits = Callable[[ConcreteSource, Part, int | None], Digits]

SPLITS = ("train", "validation", "hard", "probe")


@dataclass(frozen=True)
class Split:
    """Painted digits.

    images: (n, 28, 28, 3) uint8.
    digits, colors: (n,) uint8; a color is named by the digit it belongs to, or is NO_COLOR.
    shapes: (n, 28, 28) uint8, the gray digits that the images were painted from.
    """

    images: NDArray[np.uint8]
    labels: Labels
    attributes: Labels
    originals: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: NDArray[np.int64]) -> Split:
        """The samples at these indices, in this order."""
        return Split(self.images[indices], self.labels[indices], self.attributes[indices], self.originals[indices])


@dataclass(frozen=True)
class BalancedHoldout:
    """The last training digits, held out for methods that need a part where digit and color are independent.

    first: index of the first of them in the training split. balanced: these digits in every color equally often.
    """

    first: int
    balanced: Split


@dataclass(frozen=True)
class BiasedDataset:
    """A biased data set, whose splits are painted on first access.

    train, validation: easy, from the source's train split. hard, probe: from its test split; probe has every digit in
    every color equally often.
    """

    params: DatasetParams
    source_name: ConcreteSource
    load: LoadDigits = load_digits

    @functools.cached_property
    def train(self) -> Split:
        return self._easy("train", slice(self._held_out, None))

    @functools.cached_property
    def validation(self) -> Split:
        return self._easy("validation", slice(None, self._held_out))

    @functools.cached_property
    def hard(self) -> Split:
        if self.params.hard == "factorial":
            return self.probe
        labels = self._test_digits.labels
        colors = hard_colors(labels, self.params.hard, stream(self.params.seed, "colors", "hard"))
        return self._paint("hard", self._test_digits, colors)

    @functools.cached_property
    def probe(self) -> Split:
        indices, colors = factorial_design(self._labels_of_every_digit)
        return self._paint("probe", _take(self._test_digits, indices), colors)

    @functools.cached_property
    def cue_conflict(self) -> Split:
        """One shape of each digit in each of ten colors: 100 images, digit by digit, color by color.

        The shapes are the first test digits of their kind; a shape has the same texture in every color.
        """
        indices, _ = factorial_design(self._labels_of_every_digit)
        ten = _take(self._test_digits, indices[:100:10])
        painted = [self._paint("cue conflict", ten, np.full(10, color, np.uint8)) for color in range(10)]
        return join(painted).take(np.arange(100).reshape(10, 10).T.reshape(-1))

    def split(self, name: str) -> Split:
        """The split called train, validation, hard or probe."""
        split: Split = getattr(self, name)
        return split

    def balanced_holdout(self, share: float) -> BalancedHoldout:
        """The last `share` of the training digits. Raises BadInput if a digit isn't among them."""
        first = len(self.train) - max(1, round(share * len(self.train)))
        digits = Digits(self.train.originals[first:], self.train.labels[first:])
        _require_every_digit(digits.labels, "training digits that are set aside")
        indices, colors = factorial_design(digits.labels)
        return BalancedHoldout(first, self._paint("set aside", _take(digits, indices), colors))

    @functools.cached_property
    def _train_digits(self) -> Digits:
        return self._shuffle("train", self.params.train_size)

    @functools.cached_property
    def _test_digits(self) -> Digits:
        return self._shuffle("test", self.params.test_size)

    @property
    def _labels_of_every_digit(self) -> Labels:
        _require_every_digit(self._test_digits.labels, "test digits")
        return self._test_digits.labels

    @property
    def _held_out(self) -> int:
        size = len(self._train_digits)
        return min(max(1, round(size * self.params.validation_share)), size - 1)

    def _shuffle(self, part: Part, size: int | None) -> Digits:
        """A random choice of a source's digits, in random order; only as many strokes are drawn as needed."""
        digits = self.load(self.source_name, part, size if self.source_name == "strokes" else None)
        order = stream(self.params.seed, "order", part).random(len(digits)).argsort(kind="stable")
        return _take(digits, order[:size])

    def _easy(self, name: str, part: slice) -> Split:
        digits = Digits(self._train_digits.images[part], self._train_digits.labels[part])
        random = stream(self.params.seed, "colors", name)
        colors = easy_colors(digits.labels, self.params.bias, self.params.counterexamples, random)
        return self._paint(name, digits, colors)

    def _paint(self, name: str, digits: Digits, colors: Labels) -> Split:
        visible = np.full_like(colors, NO_COLOR) if self.params.placement == "none" else colors
        return Split(paint_cached(digits.images, visible, self.params, name), digits.labels, visible, digits.images)


def build_dataset(params: DatasetParams, load: LoadDigits = load_digits) -> BiasedDataset:
    """The data set of these parameters. load: loads gray digits; pass a caching one to paint the same digits often.

    Raises BadInput if the source isn't available or has too few digits.
    """
    _log.debug("data set of %r", params)
    return BiasedDataset(params, require_source(params), load)


def require_source(params: DatasetParams) -> ConcreteSource:
    """The source of these parameters on this machine. Raises BadInput as `build_dataset` does."""
    name = resolve_source(params.source)
    check_size(name, "train", params.train_size)
    check_size(name, "test", params.test_size)
    require_every_digit(name)
    return name


def _require_every_digit(labels: Labels, what: str) -> None:
    missing = np.flatnonzero(np.bincount(labels, minlength=10) == 0)
    if len(missing):
        raise BadInput(f"No {missing[0]} among the {len(labels)} {what}: use more.")


def _take(digits: Digits, indices: NDArray[np.intp]) -> Digits:
    return Digits(digits.images[indices], digits.labels[indices])


def join(splits: Sequence[Split]) -> Split:
    """The samples of several splits in one, in their order."""
    fields = ("images", "labels", "attributes", "originals")
    return Split(*(np.concatenate([getattr(split, name) for split in splits]) for name in fields))
