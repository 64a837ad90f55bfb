"""Clusters: of two clusters of a digit's features, the small one is drawn as often as the large one (study C)."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.models.architectures.classifier import CLASSES
from lazytui.training.methods.adversary import split_model
from lazytui.training.methods.base import Bench
from lazytui.training.methods.dataset_predictions import features
from lazytui.training.methods.two_phases import TwoPhases


class Clusters(TwoPhases):
    """Parts are two clusters of the first network's features, found digit by digit (k-means)."""

    def __init__(self, bench: Bench) -> None:
        split_model(bench)
        super().__init__(bench)

    def divide(self) -> Tensor:
        digits = self.bench.data.train.digits
        values = features(self.bench, self.bench.data.train.images).cpu().numpy()
        parts = np.zeros(len(digits), np.int64)
        for digit in range(CLASSES):
            mine = digits == digit
            if mine.sum() > 1:
                parts[mine] = two_clusters(values[mine], self.bench.seed)
        return torch.from_numpy(parts).to(self.bench.hardware.device)


def two_clusters(values: NDArray[np.float32], seed: int) -> NDArray[np.int64]:
    """(n, d) -> (n,) 0 or 1; the best of ten starts."""
    from sklearn.cluster import KMeans

    found: NDArray[np.int64] = KMeans(2, n_init=10, random_state=seed % 2**32).fit_predict(values).astype(np.int64)
    return found
