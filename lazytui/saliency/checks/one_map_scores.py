"""The scores of one image's map with their null values. Without torch, for immediate answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.saliency.checks import localization as masks
from lazytui.saliency.checks.reason_categories import evidence_categories
from lazytui.saliency.map_resizing import upsample


@dataclass(frozen=True)
class MapScores:
    """energy: share of the evidence on the image's own mask; others: the mean of that on other images' masks.

    perfect: the same of an ideal map of this size. focus: the focus score. percentile: share of other masks that
    hold less than the own one. All are NaN without positive evidence. category: index into EVIDENCE_CATEGORIES.
    """

    energy: float
    others: float
    perfect: float
    focus: float
    percentile: float
    category: int


def score_map(heat: NDArray[np.float32], on: masks.Masks, index: int, *, correct: bool) -> MapScores:
    """Scores of the raw map, (h, w) float32, of the image at `index` among those of (n, height, width) bool masks.

    The same as `split_statistics` computes for all of them. correct: whether the prediction is.
    """
    evidence = upsample(np.maximum(heat[None], 0), *on.shape[1:])
    own, rest = on[index : index + 1], np.delete(on, index, axis=0)
    energy = masks.energy_in_mask(evidence, own)
    on_rest = evidence[0].ravel().astype(np.float64) @ rest.reshape(len(rest), -1).T
    total = float(evidence.sum(dtype=np.float64))
    defined = not np.isnan(energy[0]) and len(rest) > 0
    others = np.array([on_rest.mean() / total if defined else np.nan])
    perfect = masks.perfect_energy(own, *heat.shape)
    percentile = np.array([np.mean(on_rest / total < energy[0]) if defined else np.nan])
    return MapScores(
        energy=float(energy[0]),
        others=float(others[0]),
        perfect=float(perfect[0]) if defined else np.nan,
        focus=float(masks.focus_score(energy, others, perfect)[0]),
        percentile=float(percentile[0]),
        category=int(evidence_categories(np.array([correct]), percentile)[0]),
    )
