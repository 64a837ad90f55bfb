"""What every feature of an autoencoder stands for, as arrays that can be drawn without the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.data.device_split import to_float
from lazytui.data.splits import Split
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.split_model import SplitModel
from lazytui.neurons.exemplars import QUANTILES, dataset_exemplars
from lazytui.sae.activation_samples import BATCH, SampleLayout
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.category_names import CATEGORIES, SELECTIVE
from lazytui.sae.gradient_effects import gradient_effects
from lazytui.sae.quality import decoder_cosines
from lazytui.system.hardware import Hardware

Arrays = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]

NEAREST = 5
BINS = 20
_SHUFFLES = 20
_EXPLAINED = 500
"""Images at least that effects by the gradient are averaged over."""


@dataclass(frozen=True)
class ProbeActivations:
    """On every image, means over positions: f (N, n), of the features; neurons (N, C), of the layer's channels."""

    f: Tensor
    neurons: Tensor


def measure_activations(
    model: Autoencoder, split_model: SplitModel, layout: SampleLayout, images: NDArray[np.uint8], hardware: Hardware
) -> ProbeActivations:
    """What features and neurons do on images (N, 28, 28, 3) uint8."""
    features, neurons = [], []
    with torch.inference_mode(), evaluation_mode(split_model.model):
        for start in range(0, len(images), BATCH):
            shown = to_float(torch.from_numpy(images[start : start + BATCH]).to(hardware.device))
            activations = split_model.activations(shown)
            f = model.encode(layout.samples(activations))
            features.append(f.reshape(len(shown), layout.per_image, -1).mean(1))
            neurons.append(activations.flatten(2).mean(2) if activations.ndim == 4 else activations)
    return ProbeActivations(torch.cat(features), torch.cat(neurons))


def measure_features(
    model: Autoencoder,
    split_model: SplitModel,
    layout: SampleLayout,
    probe: Split,
    hardware: Hardware,
    *,
    pictured: int,
    seed: int,
) -> dict[str, Any]:
    """All measures of the features: the fields of `analyses.sae.result.SaeResult` that are arrays, and its exemplars.

    probe: every digit in every color equally often. pictured: of how many features, those with the largest mean
    activation, images are kept.
    """
    activations = measure_activations(model, split_model, layout, probe.images, hardware)
    f = activations.f
    digit, color = (torch.from_numpy(labels).to(f.device, torch.int64) for labels in (probe.labels, probe.attributes))
    active = (f > 0).sum(0)
    pictured_features = np.sort(np.argsort(-_array(f.mean(0)), kind="stable")[:pictured])
    arrays: Arrays = {
        **_selectivities(f, digit, color, seed),
        "strength": _array(f.sum(0) / active.clamp(min=1)),
        "probe_density": _array(active / len(f)),
        "heat": _array(class_means(f, digit * 10 + color, 100).reshape(-1, 10, 10)),
        **_histograms(f),
        **_neighbors(model),
        **_correlated(activations),
    }
    exact = split_model.outgoing is not None and len(split_model.shape) == 1
    if split_model.outgoing is not None and exact:
        arrays["effect"] = _array(model.decoder @ split_model.outgoing.T)
    else:
        shown = probe.images[:: max(1, len(probe) // _EXPLAINED)]
        arrays["effect"] = _array(gradient_effects(model, split_model, layout, shown, hardware))
    as_float32 = {
        name: array.astype(np.float32) if array.dtype == np.float64 else array for name, array in arrays.items()
    }
    return {
        **as_float32,
        "effect_by_gradient": not exact,
        "exemplars": dataset_exemplars(f, pictured_features, probe, active_quantiles),
    }


def class_means(f: Tensor, labels: Tensor, classes: int) -> Tensor:
    """(N, n), (N,) int64 -> (n, classes): mean activation over the images of each class; 0 where there is none."""
    sums = f.new_zeros((classes, f.shape[1])).index_add_(0, labels, f)
    return (sums / labels.bincount(minlength=classes).clamp(min=1)[:, None]).T


def selectivity(means: Tensor) -> Floats:
    """(n, 10) mean activations by class -> (n,): the largest over their mean, in [1, 10]; NaN where all are 0."""
    overall = _array(means.mean(1))
    ratio = np.full(len(overall), np.nan)
    np.divide(_array(means.amax(1)), overall, out=ratio, where=overall > 0)
    return ratio


def selectivity_categories(color: Floats, digit: Floats, color_bound: Floats, digit_bound: Floats) -> NDArray[np.int64]:
    """(n,) int64 indices into CATEGORIES, from selectivities (n,) and what chance stays under, (n,) each."""
    for_color = (color >= SELECTIVE) & (color > color_bound)
    for_digit = (digit >= SELECTIVE) & (digit > digit_bound)
    cases = {"dead": np.isnan(color), "both": for_color & for_digit, "color": for_color, "digit": for_digit}
    return np.select(list(cases.values()), [CATEGORIES.index(name) for name in cases], CATEGORIES.index("mixed"))


def _selectivities(f: Tensor, digit: Tensor, color: Tensor, seed: int) -> Arrays:
    """Selectivity for color and digit, the category, and the largest selectivity for labels that were shuffled."""
    measured: Arrays = {}
    random = torch.Generator().manual_seed(seed)
    for name, labels in (("color", color), ("digit", digit)):
        means = class_means(f, labels, 10)
        shuffled = [labels[torch.randperm(len(labels), generator=random).to(labels.device)] for _ in range(_SHUFFLES)]
        by_chance = [selectivity(class_means(f, mixed, 10)) for mixed in shuffled]
        measured[f"{name}_response"] = _array(means)
        measured[f"{name}_selectivity"] = selectivity(means)
        measured[f"{name}_bound"] = np.stack(by_chance).max(0)
    measures = (measured[f"{name}_{what}"] for what in ("selectivity", "bound") for name in ("color", "digit"))
    return measured | {"category": selectivity_categories(*measures)}


def _histograms(f: Tensor) -> Arrays:
    """How often a feature is how active, where it is: (n, 20) counts of equal stretches from 0 to its largest."""
    largest = f.amax(0)
    bins = (f / largest.clamp(min=1e-30) * BINS).long().clamp(max=BINS - 1)
    bins_in_row = torch.arange(f.shape[1], device=f.device) * BINS + bins
    counts = torch.bincount(bins_in_row[f > 0], minlength=f.shape[1] * BINS).reshape(-1, BINS)
    return {"histogram": counts.cpu().numpy().astype(np.int32), "largest": _array(largest)}


def _neighbors(model: Autoencoder) -> Arrays:
    """The features whose directions are nearest to each, and a histogram of each one's largest cosine."""
    cosine = decoder_cosines(model)
    np.fill_diagonal(cosine, -np.inf)
    count = min(NEAREST, len(cosine) - 1)
    nearest = np.argsort(-cosine, axis=1, kind="stable")[:, :count]
    return {"nearest": nearest.astype(np.int32), "nearest_cosine": np.take_along_axis(cosine, nearest, 1)}


def _correlated(activations: ProbeActivations) -> Arrays:
    """The neurons whose activations go most with a feature's, by |Pearson correlation|."""
    related = np.nan_to_num(_standard(activations.f).T @ _standard(activations.neurons))
    count = min(NEAREST, related.shape[1])
    strongest = np.argsort(-np.abs(related), axis=1, kind="stable")[:, :count]
    return {"neurons": strongest.astype(np.int32), "neuron_correlation": np.take_along_axis(related, strongest, 1)}


def _standard(values: Tensor) -> Floats:
    """Columns of mean 0 and length 1; of zeros where a column is constant."""
    centered = _array(values - values.mean(0))
    length = np.linalg.norm(centered, axis=0)
    return np.asarray(np.divide(centered, length, out=np.zeros_like(centered), where=length > 0))


def active_quantiles(f: Tensor) -> NDArray[np.int64]:
    """(N, n) features -> (n, 8) indices of the images in the middle of each eighth of those where a feature is active,
    weakest first."""
    ordered = f.argsort(dim=0, descending=True, stable=True)
    active = (f > 0).sum(0)
    middles = torch.arange(QUANTILES, device=f.device)[:, None] * 2 + 1
    ranks = (active[None] - 1 - middles * active[None] // (2 * QUANTILES)).clamp(min=0)
    indices: NDArray[np.int64] = ordered.gather(0, ranks).T.cpu().numpy()
    return indices


def _array(tensor: Tensor) -> Floats:
    return np.asarray(tensor.detach().cpu().numpy(), dtype=np.float64)
