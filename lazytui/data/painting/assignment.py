"""Which image gets which value of the attribute: the shortcut itself.

Values are those of a planted cue: as many as classes, the n-th aligned with the n-th class.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.data.content import Content
from lazytui.data.params import Counterexamples, HardSplit

Labels = NDArray[np.uint8]


def easy_attributes(
    labels: Labels, bias: float, counterexamples: Counterexamples, content: Content, generator: Generator
) -> Labels:
    """Values (n,) uint8: with probability `bias` the class's own, otherwise a counterexample's.

    Counterexamples are drawn without replacement, so that their share is exact in every split, up to rounding. Their
    values are uniform over the others, or over all: then the aligned share is about bias + (1 - bias) / values. Even
    ones are exact in every class, and have each of the other values as often as any, up to one.
    """
    values = len(content.values)
    if counterexamples == "even":
        return _even_attributes(labels, bias, values, generator)
    own = generator.permutation(len(labels)) < round(bias * len(labels))
    which = generator.random(len(labels))
    other = _other_value(labels, which, values) if counterexamples == "others" else _any_value(which, values)
    return np.where(own, labels, other)


def _even_attributes(labels: Labels, bias: float, values: int, generator: Generator) -> Labels:
    attributes = labels.astype(np.uint8)
    shuffled = generator.permutation(len(labels))
    for label in range(values):
        members = shuffled[labels[shuffled] == label]
        conflicting = members[: len(members) - round(bias * len(members))]
        attributes[conflicting] = (label + 1 + np.arange(len(conflicting)) % max(1, values - 1)) % values
    return attributes


def alternating_attributes(
    labels: Labels, biases: tuple[float, ...], counterexamples: Counterexamples, content: Content, generator: Generator
) -> Labels:
    """The same where images are in turn of one environment and of the next, each of which has a bias of its own."""
    attributes = np.empty(len(labels), np.uint8)
    for index, bias in enumerate(biases):
        part = slice(index, None, len(biases))
        attributes[part] = easy_attributes(labels[part], bias, counterexamples, content, generator)
    return attributes


def noisy_labels(labels: Labels, share: float, classes: int, generator: Generator) -> Labels:
    """(n,) uint8: exactly this share of the labels, up to rounding, is another class's, any of them as likely."""
    wrong = generator.permutation(len(labels)) < round(share * len(labels))
    return np.where(wrong, _other_value(labels, generator.random(len(labels)), classes), labels)


def hard_attributes(labels: Labels, hard: HardSplit, content: Content, generator: Generator) -> Labels:
    """Values (n,) uint8 of a hard split, other than `factorial`, which also selects images."""
    values = len(content.values)
    if hard == "gray":
        return np.full(len(labels), content.unknown, np.uint8)
    which = generator.random(len(labels))
    if hard == "inverted":
        return _other_value(labels, which, values)
    if hard == "random":
        return _any_value(which, values)
    if hard == "cycled":
        return (labels + 1).astype(np.uint8) % values
    raise ValueError(f"The hard split {hard} is not an assignment of values.")


def factorial_design(labels: Labels, groups: tuple[int, int]) -> tuple[NDArray[np.intp], Labels]:
    """Every class with every value equally often: indices into `labels`, and their values, (k x groups,) each.

    Each run of as many as there are groups holds each of them once. k is the largest with which every image is used at
    most once; a class with fewer images than values repeats them with other values. Each class must occur.
    """
    classes, values = groups
    k = max(1, int(np.bincount(labels, minlength=classes).min()) // values)
    rows = [np.resize(np.flatnonzero(labels == label), (k, values)) for label in range(classes)]
    return np.stack(rows, axis=1).reshape(-1), np.tile(np.arange(values, dtype=np.uint8), classes * k)


def balanced_groups(labels: Labels, attributes: Labels, content: Content) -> NDArray[np.intp]:
    """Indices of equally many images of every group that has any, in their order: the first of each."""
    classes, values = content.groups
    group = labels.astype(np.int64) * values + attributes
    labeled = attributes != content.unknown
    counts = np.bincount(group[labeled], minlength=classes * values)
    few = counts[counts > 0].min(initial=len(labels))
    chosen = [np.flatnonzero(labeled & (group == index))[:few] for index in np.flatnonzero(counts)]
    return np.sort(np.concatenate(chosen)) if chosen else np.arange(0)


def _other_value(labels: Labels, which: NDArray[np.float64], values: int) -> Labels:
    """One of the other values; which: (n,) in [0, 1)."""
    return ((labels + 1 + np.floor((values - 1) * which)) % values).astype(np.uint8)


def _any_value(which: NDArray[np.float64], values: int) -> Labels:
    return np.floor(values * which).astype(np.uint8)
