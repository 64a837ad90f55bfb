"""By what a network says of the images: its errors, and environments (EIIL, Creager 2021)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.groups.inferred import Inferred, Labels, strongest_other


def by_errors(probabilities: NDArray[np.float32], labels: Labels) -> Inferred:
    """Each image is like the class that it is taken for (JTT, Liu et al. 2021). Score: 1 - p of its label.

    probabilities: (n, classes).
    """
    own = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return Inferred(probabilities.argmax(1).astype(np.uint8), 1 - own)


def by_environments(probabilities: NDArray[np.float32], labels: Labels) -> Inferred:
    """Two environments, in which the network is least invariant (Creager et al. 2021): an image is in the second where
    g = sum_k (p_k - [k = y]) z_k > 0, the gradient of its cross-entropy at the scale of its logits z. It is like the
    strongest of the other classes then. Score: g.

    The objective is convex in the soft assignments, so its maximum is this sign, and nothing need be optimized.
    """
    import torch

    from lazytui.training.methods.parts.environments import scale_gradients

    log_probabilities = torch.from_numpy(probabilities.astype(np.float64)).clamp(min=1e-38).log()
    gradients = scale_gradients(log_probabilities, torch.from_numpy(labels.astype(np.int64))).numpy()
    like = np.where(gradients > 0, strongest_other(probabilities, labels), labels)
    return Inferred(like.astype(np.uint8), gradients)
