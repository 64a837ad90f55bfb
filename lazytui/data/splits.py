"""The splits of a biased data set, made when they are asked for."""

from __future__ import annotations

import functools
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import Content
from lazytui.data.cues import CUES
from lazytui.data.editors import Editor, editor_of
from lazytui.data.painting.assignment import (
    alternating_attributes,
    balanced_groups,
    easy_attributes,
    factorial_design,
    hard_attributes,
    noisy_labels,
)
from lazytui.data.painting.planting import in_color
from lazytui.data.params import DatasetParams
from lazytui.data.random_streams import stream
from lazytui.data.source_images import Part, SourceImages
from lazytui.data.sources import LoadImages, find_source, load_images
from lazytui.data.sources.base import Source
from lazytui.data.sources.params import is_gray
from lazytui.errors import BadInput, UsageError

_log = logging.getLogger(__name__)

Labels = NDArray[np.uint8]
D = TypeVar("D", bound=DatasetParams)

SPLITS = ("train", "validation", "hard", "probe")

MOST_SHOWN = 10
"""Classes, and values of the attribute, in the grid of cue conflicts."""


@dataclass(frozen=True)
class Split:
    """Images as a network sees them.

    images: (n, height, width, 3) uint8.
    labels, attributes: (n,) uint8, by the content's classes and values; its `unknown` for an image without a value.
    originals: what the cue was planted in, or the images themselves, as of `SourceImages`.
    known_masks: (n, height, width) bool, the objects, where the source knows them.
    """

    images: NDArray[np.uint8]
    labels: Labels
    attributes: Labels
    originals: NDArray[np.uint8]
    content: Content
    known_masks: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def cue_classes(self) -> Labels:
        """(n,) uint8: the class that each image's attribute value is aligned with, NO_CLASS for none."""
        return np.asarray(self.content.aligned_classes[self.attributes])

    @property
    def objects(self) -> NDArray[np.uint8]:
        """(n, height, width) uint8: how much of each pixel is the object, 255 all of it. Raises BadInput where that
        isn't known."""
        if self.known_masks is not None:
            return self.known_masks.astype(np.uint8) * np.uint8(255)
        if self.originals.ndim == 3:
            return self.originals
        raise BadInput("It isn't known which pixels of these images are the object.")

    def take(self, indices: NDArray[np.int64]) -> Split:
        """The samples at these indices, in this order."""
        return Split(
            self.images[indices],
            self.labels[indices],
            self.attributes[indices],
            self.originals[indices],
            self.content,
            None if self.known_masks is None else self.known_masks[indices],
        )


@dataclass(frozen=True)
class Holdout:
    """The last training images, held out for methods that refit a part of the network on others than it learned from.

    first: index of the first of them in the training split. split: what is made of them.
    """

    first: int
    split: Split


@dataclass(frozen=True)
class BiasedDataset:
    """A biased data set, whose splits are made on first access.

    train, validation: easy, from the source's train part. hard, probe: from its test part. Where a cue is planted, hard
    moves it as the parameters say, and probe has every class with every value equally often. Where the source has an
    attribute of its own, hard are the conflicting images, and probe has equally many of each group that there is.
    Without any attribute both are the test part.
    """

    params: DatasetParams
    source: Source
    load: LoadImages = load_images

    @functools.cached_property
    def content(self) -> Content:
        return self.params.planted_content(self.source.content)

    @functools.cached_property
    def editor(self) -> Editor | None:
        """Puts other values of the attribute on images; None where that can't be done."""
        return editor_of(self.params)

    @functools.cached_property
    def train(self) -> Split:
        return self._easy("train", slice(self._held_out, None))

    @functools.cached_property
    def validation(self) -> Split:
        return self._easy("validation", slice(None, self._held_out))

    @functools.cached_property
    def hard(self) -> Split:
        if self.editor is None:
            return self._conflicting_test
        if self.params.hard == "factorial":
            return self.probe
        labels, random = self._test_part.labels, stream(self.params.seed, "colors", "hard")
        if self.params.hard_bias is None:
            attributes = hard_attributes(labels, self.params.hard, self.content, random)
        else:
            attributes = easy_attributes(labels, self.params.hard_bias, "others", self.content, random)
        return self._plant("hard", self._test_part, attributes)

    @functools.cached_property
    def probe(self) -> Split:
        if self.editor is None:
            return self._balanced_test
        indices, attributes = factorial_design(self._labels_of_every_class, self.content.groups)
        return self._plant("probe", self._test_part.take(indices), attributes)

    @functools.cached_property
    def cue_conflict(self) -> Split:
        """One original of each class with each value, class by class, value by value; of ten of each at most.

        The originals are the first test images of their class; one has the same texture with every value. Raises
        BadInput where there is no editor.
        """
        if self.editor is None:
            raise BadInput("Nothing can be repainted in these images, so there is no class with every value.")
        classes, values = (min(count, MOST_SHOWN) for count in self.content.groups)
        indices, _ = factorial_design(self._labels_of_every_class, self.content.groups)
        one_each = self._test_part.take(indices[: np.prod(self.content.groups) : self.content.groups[1]][:classes])
        planted = [self._plant("cue conflict", one_each, np.full(classes, value, np.uint8)) for value in range(values)]
        return join(planted).take(np.arange(classes * values).reshape(values, classes).T.reshape(-1))

    def planted(self) -> BiasedDataset:
        """The same with the splits made that a training reads, for whoever wants to know when that is."""
        for name in SPLITS:
            self.split(name)
        return self

    @property
    def whole_test(self) -> Split:
        """The test part as the source has it: nothing is planted in its images."""
        return self._test

    def split(self, name: str) -> Split:
        """The split called train, validation, hard or probe."""
        split: Split = getattr(self, name)
        return split

    def holdout(self, share: float) -> Holdout:
        """The last `share` of the training images, as they are. Raises BadInput if a class isn't among them."""
        held_out = self._last(share)
        self._require_held_out_classes(held_out.split)
        return held_out

    def balanced_holdout(self, share: float) -> Holdout:
        """The same with every group equally often: painted anew where that can be done, else cut to the rarest group.

        Raises BadInput if a class, or a group that can't be painted, isn't among them.
        """
        held_out = self._last(share)
        first, last = held_out.first, held_out.split
        if self.editor is None:
            chosen = balanced_groups(last.labels, last.attributes, self.content)
            return Holdout(first, last.take(chosen))
        self._require_held_out_classes(last)
        indices, attributes = factorial_design(last.labels, self.content.groups)
        originals = SourceImages(last.originals, last.labels, masks=last.known_masks).take(indices)
        return Holdout(first, self._plant("set aside", originals, attributes))

    def _last(self, share: float) -> Holdout:
        first = len(self.train) - max(1, round(share * len(self.train)))
        return Holdout(first, self.train.take(np.arange(first, len(self.train))))

    def _require_held_out_classes(self, split: Split) -> None:
        _require_every_class(split.labels, self.content, f"training {self.content.labels} that are set aside")

    @functools.cached_property
    def environments(self) -> Labels | None:
        """(n,) uint8: of each training image 0 or 1, where the data have environments of their own."""
        if not self.params.environments or self.editor is None:
            return None
        return (np.arange(len(self.train)) % len(self.params.environments)).astype(np.uint8)

    @functools.cached_property
    def _train_part(self) -> SourceImages:
        return self._shuffle("train", self.params.train_size)

    @functools.cached_property
    def _test_part(self) -> SourceImages:
        return self._shuffle("test", self.params.test_size)

    @property
    def _labels_of_every_class(self) -> Labels:
        _require_every_class(self._test_part.labels, self.content, f"test {self.content.label}s")
        return self._test_part.labels

    @functools.cached_property
    def _test(self) -> Split:
        return self._as_it_is(self._test_part)

    @property
    def _balanced_test(self) -> Split:
        if not self.content.values:
            return self._test
        return self._test.take(balanced_groups(self._test.labels, self._test.attributes, self.content))

    @property
    def _conflicting_test(self) -> Split:
        if not self.content.values:
            return self._test
        labeled = self._test.attributes != self.content.unknown
        conflicting = np.flatnonzero(labeled & (self._test.cue_classes != self._test.labels))
        if not len(conflicting):
            raise BadInput(
                f"No test image of {self.source.name} is conflicting: its {self.content.attribute} always goes with "
                "its class."
            )
        return self._test.take(conflicting)

    @property
    def _held_out(self) -> int:
        size = len(self._train_part)
        return min(max(1, round(size * self.params.validation_share)), size - 1)

    def _shuffle(self, part: Part, size: int | None) -> SourceImages:
        """A random choice of a source's images, in random order, with the classes and labels that they have here."""
        images = self.load(self.params.of_source.model_copy(update={"source": self.source.name}), part, size)
        order = stream(self.params.seed, "order", part).random(len(images)).argsort(kind="stable")
        chosen = images.take(order[:size]).thinned(self.params.subsample or 1)
        labels = self.params.merged_labels(chosen.labels)
        if self.params.label_noise:
            random = stream(self.params.seed, "label noise", part)
            labels = noisy_labels(labels, self.params.label_noise, len(self.content.classes), random)
        return replace(chosen, labels=labels)

    def _easy(self, name: str, part: slice) -> Split:
        images = self._train_part.take(part)
        if self.editor is None:
            return self._as_it_is(images)
        random = stream(self.params.seed, "colors", name)
        biases = self.params.environments or (self.params.bias,)
        attributes = alternating_attributes(images.labels, biases, self.params.counterexamples, self.content, random)
        return self._plant(name, images, attributes)

    def _plant(self, name: str, images: SourceImages, attributes: Labels) -> Split:
        """name: of the random stream, so that a split repainted under its own name changes in its attribute alone."""
        assert self.editor is not None
        if self.params.paints_colors and self.params.placement == "none":
            attributes = np.full_like(attributes, self.content.unknown)
        planted = self.editor.paint_split(images.images, attributes, name)
        return Split(planted, images.labels, attributes, images.images, self.content, images.masks)

    def _as_it_is(self, images: SourceImages) -> Split:
        attributes = images.attributes
        if attributes is None:
            attributes = np.full(len(images), self.content.unknown, np.uint8)
        shown, _ = in_color(images.images)
        return Split(shown, images.labels, attributes, images.images, self.content, images.masks)


def build_dataset(params: DatasetParams, load: LoadImages = load_images) -> BiasedDataset:
    """The data set of these parameters. load: loads a source's images; pass a caching one to paint the same ones often.

    Raises BadInput if the source isn't available or has too few images.
    """
    _log.debug("data set of %r", params)
    kept = _at_hand.get(_identity(params)) if _at_hand and load is load_images else None
    if kept is None:
        return BiasedDataset(params, find_data(params), load)
    data = BiasedDataset(params, kept.source, load)
    vars(data).update({name: vars(kept)[name] for name in SPLITS})
    return data


_at_hand: OrderedDict[str, BiasedDataset] = OrderedDict()

_MOST_AT_HAND = 2
"""Data sets: a study's trainings come by seed, and each seed has its own."""


def keep_at_hand(params: DatasetParams) -> None:
    """Keep the images ready for the next build of this data set, here or in a process forked from this one.

    Raises BadInput as `build_dataset` does.
    """
    identity = _identity(params)
    if identity not in _at_hand:
        _at_hand[identity] = build_dataset(params).planted()
    _at_hand.move_to_end(identity)
    while len(_at_hand) > _MOST_AT_HAND:
        _at_hand.popitem(last=False)


def _identity(params: DatasetParams) -> str:
    return params.model_dump_json(include=set(DatasetParams.model_fields))


def find_data(params: DatasetParams) -> Source:
    """The source of these parameters on this machine.

    Raises BadInput as `build_dataset` does, and where its files aren't those that were recorded.
    """
    source = find_source(params.of_source, params.train_size, params.test_size)
    recorded = params.recorded_content
    if recorded is not None and recorded.fingerprint != source.content.fingerprint:
        raise BadInput(f"The files of {source.name} have changed since the training: train again.")
    return source


def with_found_data(params: D) -> D:
    """The same parameters with what they are here: which source `auto` is, and what one holds that isn't made here.

    Raises BadInput as `build_dataset` does, and UsageError where the images are to have two attributes.
    """
    if params.attribute_column is not None and params.planted_cue in CUES:
        raise UsageError(
            f"--attribute-column {params.attribute_column} gives the images an attribute, and --cue "
            f"{params.planted_cue} plants another: leave out one of the two."
        )
    return with_source(params, find_source(params.of_source, params.train_size, params.test_size))


def with_source(params: D, source: Source) -> D:
    """The same parameters, of this source."""
    named = params.model_copy(update={"source": source.name, "recorded_content": None})
    content = named.planted_content(source.content)
    return named if is_gray(source.name) else named.model_copy(update={"recorded_content": content})


def _require_every_class(labels: Labels, content: Content, what: str) -> None:
    missing = np.flatnonzero(np.bincount(labels, minlength=len(content.classes)) == 0)
    if len(missing):
        raise BadInput(f"No {content.classes[missing[0]]} among the {len(labels)} {what}: use more.")


def join(splits: Sequence[Split]) -> Split:
    """The samples of several splits of one data set in one, in their order."""
    masks = [split.known_masks for split in splits if split.known_masks is not None]
    return Split(
        np.concatenate([split.images for split in splits]),
        np.concatenate([split.labels for split in splits]),
        np.concatenate([split.attributes for split in splits]),
        np.concatenate([split.originals for split in splits]),
        splits[0].content,
        np.concatenate(masks) if masks else None,
    )
