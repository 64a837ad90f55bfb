"""The adversarial images that an attack kept, as arrays for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lazytui.errors import BadInput

if TYPE_CHECKING:
    from lazytui.analyses.attack.params import AttackParams
    from lazytui.analyses.attack.result import AttackResult


def adversarial_arrays(_params: AttackParams, result: AttackResult) -> dict[str, NDArray[Any]]:
    """One entry an image, n in all: of each network pool after pool; failures are among them.

    clean, adversarial: (n, h, w, 3) uint8. labels: (n,) uint8, the true classes. predictions: (n,) uint8, of the
    adversarial images. success: (n,) bool, whether it got what was asked for within the largest budget. budgets: (n,)
    float32, the smallest that was enough, infinite where none was. pool, network: (n,) str.

    Raises BadInput where nothing was kept, and for a result of an older version, which lacks the predictions.
    """
    parts = []
    for network, pool, pool_result, _ in result.by_pool():
        kept = pool_result.perturbations
        if kept is None:
            continue
        if kept.predictions is None or pool_result.labels is None:
            raise BadInput("This attack is of an older version, which kept no predictions: run it again.")
        count = len(kept.clean)
        budgets = kept.budgets[:count]
        parts.append(
            {
                "clean": kept.clean,
                "adversarial": kept.adversarial,
                "labels": pool_result.labels[pool_result.correct][:count],
                "predictions": kept.predictions,
                "success": np.isfinite(budgets),
                "budgets": budgets,
                "pool": np.full(count, pool),
                "network": np.full(count, network.name),
            }
        )
    if not parts:
        raise BadInput("No pool has ten sources that are correct when clean, so no adversarial images were kept.")
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
