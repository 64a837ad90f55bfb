"""Scores of how much of a map lies on what an image shows, such as the stroke of a digit, and their null values.

Everywhere: evidence is (n, height, width) float32 and at least 0: a map after a ReLU, at the size of the image; masks
are (n, height, width) bool. Scores are (n,) float64, NaN for an image without evidence or without a mask.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.data.splits import Split
from lazytui.figures.image_overlays import area_means
from lazytui.saliency.map_resizing import upsample

Evidence = NDArray[np.float32]
Masks = NDArray[np.bool_]
Scores = NDArray[np.float64]
Energy = Scores | float | None

STROKE = 0.3
"""Gray level (of 1) above which a pixel belongs to the stroke."""

MASS = 0.8
"""Share of a map's mass whose area concentration measures."""


def object_masks(split: Split) -> Masks | None:
    """Where the objects are: as the source knows it, or else the strokes of white shapes on black; None for others."""
    if split.known_masks is not None:
        return split.known_masks
    return stroke_masks(split.originals) if split.originals.ndim == 3 else None


def stroke_masks(shapes: NDArray[np.uint8]) -> Masks:
    """(n, height, width) uint8 white shapes on black -> (n, height, width) bool, the pixels of their strokes."""
    return np.asarray(shapes > STROKE * 255)


def energy_in_mask(evidence: Evidence, masks: Masks) -> Scores:
    """Share of the evidence on the image's own mask, 0 to 1 (energy-based pointing game, Wang et al. 2020)."""
    return _share((evidence * masks).sum((1, 2), dtype=np.float64), evidence, masks)


def energy_in_other_masks(evidence: Evidence, masks: Masks) -> Scores:
    """The same with the masks of all other images, on average: the null value that position alone gives."""
    others = len(masks) - 1
    if others < 1:
        return np.full(len(masks), np.nan)
    total = masks.sum(0, dtype=np.float64)
    on_all = np.einsum("nyx,yx->n", evidence, total)
    on_own = (evidence * masks).sum((1, 2), dtype=np.float64)
    return _share((on_all - on_own) / others, evidence, masks)


def mask_percentile(evidence: Evidence, masks: Masks, most: int = 1000) -> Scores:
    """Share of the other images' masks that hold less of the evidence than the image's own, 0 to 1; .5 by chance.

    Above .95 in 5 % of images for a map that is independent of what its image shows. most: how many other masks are
    used, the first of the split.
    """
    others = masks[:most]
    if len(masks) < 2:
        return np.full(len(masks), np.nan)
    on_others = evidence.reshape(len(evidence), -1) @ others.reshape(len(others), -1).T.astype(np.float32)
    on_own = np.einsum("nyx,nyx->n", evidence, masks.astype(np.float32))
    own = np.arange(len(masks)) < len(others)
    on_others[own, np.flatnonzero(own)] = np.inf
    beaten = (on_others < on_own[:, None]).sum(1) / (len(others) - own)
    return np.where((evidence.max((1, 2)) > 0) & masks.any((1, 2)), beaten, np.nan)


def perfect_energy(masks: Masks, height: int, width: int) -> Scores:
    """`energy_in_mask` of an ideal map of height x width that lies on the stroke only: the upper bound of that size."""
    coarse = area_means(np.moveaxis(masks, 0, -1).astype(np.float32), height, width)
    perfect = upsample(np.moveaxis(coarse, -1, 0).astype(np.float32), *masks.shape[1:])
    return energy_in_mask(perfect, masks)


def center_prior_energy(shapes: NDArray[np.generic], masks: Masks) -> Scores:
    """`energy_in_mask` of the mean shape, (n, height, width), as the map of every image: a prior for the center."""
    mean = np.broadcast_to(shapes.mean(0, dtype=np.float64), shapes.shape).astype(np.float32)
    return energy_in_mask(mean, masks)


def focus_score(energy: Energy, shuffled: Energy, perfect: Energy) -> Scores:
    """(E - E_shuffled) / (E_perfect - E_shuffled): 0 for what position alone gives, 1 for an ideal map.

    Of the means of a set (), or of each image (n,). NaN where one of the three is undefined, and where the ideal map
    scores no higher than position alone.
    """
    own, others, most = (np.asarray(one, dtype=np.float64) for one in (energy, shuffled, perfect))
    return np.asarray(np.divide(own - others, most - others, out=np.full(own.shape, np.nan), where=most > others))


def concentration(evidence: Evidence) -> Scores:
    """The smallest share of pixels that holds 80 % of the evidence: .8 for a uniform map. Spread, not shape."""
    falling = -np.sort(-evidence.reshape(len(evidence), -1).astype(np.float64), axis=1)
    cumulative = falling.cumsum(1)
    target = MASS * cumulative[:, -1:]
    full_pixels = np.minimum((cumulative < target).sum(1), falling.shape[1] - 1)
    rows = np.arange(len(falling))
    missing = target[:, 0] - (cumulative[rows, full_pixels] - falling[rows, full_pixels])
    part = np.divide(
        missing, falling[rows, full_pixels], out=np.zeros(len(falling)), where=falling[rows, full_pixels] > 0
    )
    return np.where(cumulative[:, -1] > 0, (full_pixels + part) / falling.shape[1], np.nan)


def auroc(evidence: Evidence, masks: Masks) -> Scores:
    """Area under the ROC curve of the evidence as a detector of stroke pixels, 0 to 1; .5 by chance."""
    from scipy.stats import rankdata  # slow to import, and figures that need a score of this file don't need it

    ranks = rankdata(evidence.reshape(len(evidence), -1), axis=1)
    inside = masks.reshape(len(masks), -1)
    on = inside.sum(1, dtype=np.float64)
    off = inside.shape[1] - on
    above = (ranks * inside).sum(1) - on * (on + 1) / 2
    defined = (on * off > 0) & (evidence.max((1, 2), initial=0) > 0)
    return np.asarray(np.divide(above, on * off, out=np.full(len(on), np.nan), where=defined))


def _share(part: Scores, evidence: Evidence, masks: Masks) -> Scores:
    total = evidence.sum((1, 2), dtype=np.float64)
    defined = (total > 0) & masks.any((1, 2))
    return np.asarray(np.divide(part, total, out=np.full(len(total), np.nan), where=defined))
