"""By clusters of a network's outputs, class by class (SPARE, Yang et al. 2024)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.groups.inferred import Inferred, Labels, strongest_other

_MOST_CLUSTERS = 5
_ASKED = 2000
"""Images of a class, at most, by which silhouettes are measured."""


def by_clusters(probabilities: NDArray[np.float32], labels: Labels, seed: int) -> Inferred:
    """Of a class's outputs, (n, classes), the k-means clusters, k in 2 to 5 by the largest silhouette; all but the
    largest cluster contradict, each image being like the strongest of the other classes. A class of which the outputs
    are all alike has one cluster. No score: SPARE draws by clusters' sizes."""
    like = labels.copy()
    others = strongest_other(probabilities, labels)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        clusters = _clusters(probabilities[members], seed)
        contradict = clusters != np.bincount(clusters).argmax()
        like[members[contradict]] = others[members[contradict]]
    return Inferred(like)


def _clusters(values: NDArray[np.float32], seed: int) -> NDArray[np.int64]:
    """(n,) below 5: of one class's outputs."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    distinct = len(np.unique(values.round(6), axis=0))
    best, best_clusters = -1.0, np.zeros(len(values), np.int64)
    for k in range(2, min(_MOST_CLUSTERS, distinct - 1, len(values) - 1) + 1):
        clusters = KMeans(k, n_init=10, random_state=seed % 2**32).fit_predict(values)
        size = min(_ASKED, len(values))
        sample = np.random.default_rng(seed).permutation(len(values))[:size]
        if len(np.unique(clusters[sample])) < 2 or len(np.unique(clusters[sample])) == size:
            continue
        silhouette = float(silhouette_score(values[sample], clusters[sample]))
        if silhouette > best:
            best, best_clusters = silhouette, clusters.astype(np.int64)
    return best_clusters
