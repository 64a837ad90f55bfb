"""Which images contradict a shortcut: those with the property of another class, without a label of the property."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.audit.editors.base import CueEditor
from lazytui.audit.scene import Scene

Descriptions = NDArray[np.float64]
"""(n, p): a property in numbers; NaN in a row where it can't be measured."""

FAR = 8.0
"""Mean squared distance from the class's center, in its own standard deviations."""
_LEAST_ACCURACY = 0.8
"""Accuracy with which the property must predict the class."""
_CLEAR = 0.8
"""Share that must be far from their class, of as many as the property misclassifies: the rest lie between classes."""
_NORMAL = 1.4826
"""The standard deviation of a normal distribution, in median absolute deviations."""
_LEAST_SPREAD = 0.1
"""Of the spread of all images: a class doesn't vary less in a number than that."""
_FOLDS = 3
_MOST = 3000
"""Images that the probe is fitted to and tested on."""


def describe_all(scenes: Sequence[Scene], editor: CueEditor) -> Descriptions:
    """(n, p): the property of each image; NaN where it has no object and the property is one of objects."""
    rows = [None if editor.needs_object and scene.object is None else editor.describe(scene) for scene in scenes]
    length = next((len(row) for row in rows if row is not None), 1)
    return np.stack([np.full(length, np.nan) if row is None else row for row in rows])


def find_contradicting(
    descriptions: Descriptions, labels: NDArray[np.int64], probe_accuracy: float
) -> NDArray[np.bool_]:
    """(n,): images that lie far from the center of their class and nearer to another's. probe_accuracy:
    as of `probe_accuracy_of`."""
    return np.asarray(nearest_classes(descriptions, labels, probe_accuracy) != labels)


def nearest_classes(descriptions: Descriptions, labels: NDArray[np.int64], probe_accuracy: float) -> NDArray[np.int64]:
    """(n,): the class whose center each image is nearest to where it lies far from that of its own; else its own.

    Centers are medians, and spreads median absolute deviations, number by number, so that a minority moves neither. Of
    many numbers either these are taken or their linear discriminants (Fisher 1936, with Ledoit and Wolf's shrinkage),
    whichever find about as many as the property misclassifies.
    """
    finite, like = np.isfinite(descriptions).all(1), labels.copy()
    classes, own = np.unique(labels[finite], return_inverse=True)
    if len(classes) < 2:
        return like
    values = descriptions[finite]
    candidates = [_nearest_if_far(one, own) for one in (values, *_discriminants(values, own))]
    best = min(candidates, key=lambda nearest: abs(float((nearest != own).mean()) - (1 - probe_accuracy)))
    like[finite] = classes[best]
    return like


def is_gradual(contradicting: NDArray[np.bool_], probe_accuracy: float) -> bool:
    """Whether a property can't decide who contradicts: it hardly predicts the class, or many images lie between two."""
    return probe_accuracy < _LEAST_ACCURACY or float(contradicting.mean()) < _CLEAR * (1 - probe_accuracy)


def _nearest_if_far(values: Descriptions, own: NDArray[np.intp]) -> NDArray[np.intp]:
    """(n,): the class each is like, by its index."""
    distances, every = _distances(values, own), np.arange(len(own))
    of_own = distances[every, own]
    distances[every, own] = np.inf
    return np.where((of_own > FAR) & (distances.min(1) < of_own), distances.argmin(1), own)


def _distances(values: Descriptions, own: NDArray[np.intp]) -> NDArray[np.float64]:
    """(n, classes): mean squared distance from the center of each class, in its own spreads."""
    of_class = [values[own == one] for one in range(int(own.max()) + 1)]
    least = _LEAST_SPREAD * np.maximum(values.std(0), 1e-9)
    columns = []
    for members in of_class:
        center = np.median(members, axis=0)
        spread = np.maximum(_NORMAL * np.median(np.abs(members - center), axis=0), least)
        columns.append((((values - center) / spread) ** 2).mean(1))
    return np.stack(columns, axis=1)


def _discriminants(values: Descriptions, own: NDArray[np.intp]) -> Iterator[Descriptions]:
    """(n, at most classes - 1): many numbers as those in which the classes differ most; nothing for few."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    varying = values[:, values.std(0) > 0]
    if varying.shape[1] > int(own.max()) + 1:
        analysis = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
        yield np.asarray(analysis.fit(varying, own).transform(varying), np.float64)


def probe_accuracy_of(descriptions: Descriptions, labels: NDArray[np.int64], seed: int) -> float:
    """Cross-validated accuracy of linear discriminants that predict the class from the property, for classes with as
    many images as there are folds; 0 where none can be fitted."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.model_selection import cross_val_score

    random = np.random.default_rng(seed)
    chosen = random.permutation(np.flatnonzero(np.isfinite(descriptions).all(1)))[:_MOST]
    counts = np.bincount(labels[chosen], minlength=1)
    chosen = chosen[counts[labels[chosen]] >= _FOLDS]
    if (counts >= _FOLDS).sum() < 2:
        return 0.0
    varying = descriptions[chosen][:, descriptions[chosen].std(0) > 0]
    if not varying.shape[1]:
        return 0.0
    probe = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto")
    return float(cross_val_score(probe, varying, labels[chosen], cv=_FOLDS).mean())
