"""What is inferred of training images: the class that each is like, by whatever gives the class away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import NO_CLASS
from lazytui.data.splits import Split

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Inferred:
    """like: (n,) uint8, the class that each image is like; its own label where it doesn't contradict. scores: (n,)
    float64, how far each contradicts, the most first in an order by them; None where there is only a yes or no."""

    like: Labels
    scores: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Agreement:
    """Of images that are marked as contradicting, beside those whose known value goes with another class; None of all
    where nobody knows the truth, or no image is conflicting.

    prevalence: the share of these, a random guess's precision. precision, recall: None without a marked, or a
    conflicting image. average_precision: of the scores; None without. rand: adjusted Rand index of the groups (class by
    what an image is like) and the true ones (class by the class of its value); 0 by chance, 1 if they are the same.
    """

    prevalence: float | None = None
    precision: float | None = None
    recall: float | None = None
    average_precision: float | None = None
    rand: float | None = None


def conflicting(split: Split) -> NDArray[np.bool_] | None:
    """(n,) whether an image's value goes with another class; None where it isn't known of each with which it goes."""
    classes = split.cue_classes
    if not split.content.values or (classes == NO_CLASS).any():
        return None
    return np.asarray(classes != split.labels)


def agreement(inferred: Inferred, split: Split) -> Agreement:
    """How far what was inferred is the truth."""
    from sklearn.metrics import adjusted_rand_score, average_precision_score

    truth = conflicting(split)
    if truth is None or not truth.any():
        return Agreement()
    marked = inferred.like != split.labels
    hits, labels = int((marked & truth).sum()), split.labels.astype(np.int64)
    scores = inferred.scores
    return Agreement(
        prevalence=float(truth.mean()),
        precision=hits / int(marked.sum()) if marked.any() else None,
        recall=hits / int(truth.sum()),
        average_precision=None if scores is None else float(average_precision_score(truth, scores)),
        rand=float(adjusted_rand_score(256 * labels + split.cue_classes, 256 * labels + inferred.like)),
    )


def strongest_other(probabilities: NDArray[np.float32], labels: Labels) -> Labels:
    """(n,) uint8: the most probable of the other classes. probabilities: (n, classes)."""
    others = probabilities.copy()
    others[np.arange(len(labels)), labels] = -1
    return np.asarray(others.argmax(1).astype(np.uint8))
