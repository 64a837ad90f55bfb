"""Saliency maps before and after, of the same held-out images, chosen without labels of the property."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lazytui.analyses.cure.result import Maps
from lazytui.analyses.select.candidate_scores import load_candidate
from lazytui.runs.run_folder import RunFolder

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from lazytui.data.splits import Split
    from lazytui.saliency.explainer import Explainer
    from lazytui.saliency.map_names import MethodName
    from lazytui.system.hardware import Hardware

_EACH = 4
"""Images of each of the two parts."""


class Found(NamedTuple):
    """method: of both maps. layers: that they show, None for the images' own pixels."""

    method: MethodName
    layers: tuple[str | None, str | None]
    maps: Maps


def maps_of(before: RunFolder, after: RunFolder, split: Split, second: NDArray[np.bool_], hardware: Hardware) -> Found:
    """Of the first images of several classes: some of each part of a held-out split, by both networks.

    second: (n,), the part of each image. Grad-CAM where both networks have a layer with a map, else the gradient at the
    pixels. Each explains its own answer.
    """
    chosen = choose_images(split.labels, second)
    explainers = [_explainer(run, run.path, split, hardware) for run in (before, after)]
    method: MethodName = "grad-cam" if all("grad-cam" in one.methods for one in explainers) else "input-gradient"
    explained = [[one.explain(image, method=method) for image in split.images[chosen]] for one in explainers]
    heat_before, heat_after = (np.stack([one.heat for one in each]) for each in explained)
    says_before, says_after = (np.stack([one.probabilities for one in each]) for each in explained)
    maps = Maps(
        images=split.images[chosen],
        labels=split.labels[chosen],
        second=second[chosen],
        before=heat_before,
        after=heat_after,
        says_before=says_before,
        says_after=says_after,
    )
    return Found(method, (explained[0][0].layer, explained[1][0].layer), maps)


def _explainer(run: RunFolder, weights: Path, split: Split, hardware: Hardware) -> Explainer:
    from lazytui.analyses.trainings.training_lookup import trained_params
    from lazytui.saliency.explainer import Explainer

    model: nn.Module = load_candidate(run, weights, hardware)
    return Explainer(model, split.images, trained_params(run).model)


def choose_images(labels: NDArray[np.uint8], second: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Indices of four images of the first part and of four of the second, or as many as there are: the first image of
    each class before any class's next one. labels, second: (n,)."""
    order = np.lexsort((np.arange(len(labels)), _number_in_class(labels, second)))
    parts = [order[second[order] == part][:_EACH] for part in (False, True)]
    return np.concatenate(parts).astype(np.int64)


def _number_in_class(labels: NDArray[np.uint8], second: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(n,): how many images of the same class and part come before each."""
    numbers = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        for part in (False, True):
            members = (labels == label) & (second == part)
            numbers[members] = np.arange(int(members.sum()))
    return numbers
