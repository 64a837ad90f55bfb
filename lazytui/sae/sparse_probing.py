"""k-sparse probing: how well a few features alone predict whether an image is of a class.

Of each class against all others, as the package sae-probes does it: features are ranked by the difference of their
means, each in units of its mean where it isn't 0; the first k go into a logistic regression, whose strength is chosen
by cross-validation (Gurnee et al. 2023, arXiv 2305.01610).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STRENGTHS = np.logspace(5, -5, 10)
_FOLDS = 3
"""Also the fewest images of a class, and of others, in each half."""


def sparse_probing(
    features: Floats, labels: NDArray[np.int64], classes: int, ks: Sequence[int], seed: int
) -> NDArray[np.float64]:
    """(ks,): areas under the ROC curve on the second half of the images, means over the classes; NaN where no class has
    enough images. features: (n, d). labels: (n,). ks: how many features; all of them where there are no more."""
    order = np.random.default_rng(seed).permutation(len(labels))
    train, test = np.array_split(order, 2)
    accuracies = []
    for label in range(classes):
        positive = labels == label
        if min(min(positive[half].sum(), (~positive[half]).sum()) for half in (train, test)) < _FOLDS:
            continue
        ranked = rank_features(features[train], positive[train])
        areas = [_area(features[:, ranked[:k]], positive, train, test) for k in ks]
        accuracies.append(areas)
    return np.array(accuracies).mean(0) if accuracies else np.full(len(ks), np.nan)


def rank_features(features: Floats, positive: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(d,): their indices, the largest difference of class means first, each in units of the feature's mean absolute
    value where it isn't 0."""
    size = np.abs(features)
    unit = size.sum(0) / np.maximum((size > 0).sum(0), 1)
    difference = features[positive].mean(0) - features[~positive].mean(0)
    scaled = np.divide(np.abs(difference), unit, out=np.zeros_like(unit), where=unit > 0)
    return np.argsort(-scaled, kind="stable")


def _area(features: Floats, positive: NDArray[np.bool_], train: NDArray[np.int64], test: NDArray[np.int64]) -> float:
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.metrics import roc_auc_score

    probe = LogisticRegressionCV(Cs=_STRENGTHS, cv=_FOLDS, scoring="roc_auc", solver="newton-cholesky")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the weakest of ten strengths needn't converge to be compared
        probe.fit(features[train], positive[train])
    return float(roc_auc_score(positive[test], probe.decision_function(features[test])))
