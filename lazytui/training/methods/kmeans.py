"""Clusters: of two clusters of a digit's features, the small one is drawn as often as the large one (study C)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazytui.system.lazy_torch import torch
from lazytui.training.methods.base import MethodContext, MethodEntry
from lazytui.training.methods.parts.dataset_predictions import features
from lazytui.training.methods.parts.groups import CONFLICTING_WEIGHT
from lazytui.training.methods.parts.two_phases import TwoPhaseOptions, TwoPhases

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor


class Clusters(TwoPhases):
    """Parts are two clusters of the first network's features, found digit by digit (k-means)."""

    def __init__(self, context: MethodContext) -> None:
        super().__init__(context)
        self._model = context.classifier

    def assign_parts(self) -> Tensor:
        import numpy as np

        digits = self.context.data.train.labels
        values = features(self._model, self.context.data.train.images, self.context.hardware).cpu().numpy()
        parts = np.zeros(len(digits), np.int64)
        for digit in range(len(self.context.content.classes)):
            of_digit = digits == digit
            if of_digit.sum() > 1:
                parts[of_digit] = two_clusters(values[of_digit], self.context.seed)
        return torch.from_numpy(parts).to(self.context.hardware.device)


def two_clusters(values: NDArray[np.float32], seed: int) -> NDArray[np.int64]:
    """(n, d) -> (n,) 0 or 1; the best of ten starts."""
    from sklearn.cluster import KMeans

    clusters: NDArray[np.int64] = KMeans(2, n_init=10, random_state=seed % 2**32).fit_predict(values).astype("int64")
    return clusters


ENTRY = MethodEntry(
    "kmeans",
    "Two clusters of features per class, the small one drawn as often as the large one.",
    Clusters,
    source="study C",
    options=TwoPhaseOptions,
    signals=CONFLICTING_WEIGHT,
    varies="a second network starts during the training",
)
