"""What every feature of an autoencoder stands for, as arrays that can be drawn without the network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.data.device_split import to_float
from lazytui.data.splits import Split
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.layer_layout import means_over_positions
from lazytui.hooks.split_model import SplitModel
from lazytui.neurons.exemplars import QUANTILES, dataset_exemplars
from lazytui.sae.activation_samples import BATCH, SampleLayout
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.category_names import CATEGORIES, selective_from
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
    """What features and neurons do on images (N, H, W, 3) uint8."""
    features, neurons = [], []
    with torch.inference_mode(), evaluation_mode(split_model.model):
        for start in range(0, len(images), BATCH):
            shown = to_float(torch.from_numpy(images[start : start + BATCH]).to(hardware.device))
            activations = split_model.activations(shown)
            f = model.encode(layout.samples(activations))
            features.append(f.reshape(len(shown), layout.per_image, -1).mean(1))
            neurons.append(means_over_positions(activations))
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

    probe: every class with every value equally often; without any value, features can be selective for a class alone.
    Images of an unknown value aren't measured where there are values. pictured: of how many features, those with the
    largest mean activation, images are kept.
    """
    classes, values = probe.content.groups
    probe = _of_known_values(probe)
    activations = measure_activations(model, split_model, layout, probe.images, hardware)
    f = activations.f
    label, attribute = (torch.from_numpy(each).to(f.device, torch.int64) for each in (probe.labels, probe.attributes))
    if not values:
        attribute = torch.zeros_like(label)  # one that all have in common
    sizes = classes, max(values, 1)
    active = (f > 0).sum(0)
    length = _array(model.lengths)
    pictured_features = np.sort(np.argsort(-_array(f.mean(0)) * length, kind="stable")[:pictured])
    arrays: Arrays = {
        **_selectivities(f, label, attribute, probe.content.groups, seed),
        "strength": _array(f.sum(0) / active.clamp(min=1)),
        "probe_density": _array(active / len(f)),
        "length": length,
        "heat": _array(class_means(f, label * sizes[1] + attribute, math.prod(sizes)))
        .reshape(-1, *sizes)[:, :, :values]
        .copy(),
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


def count_categories(
    model: Autoencoder, split_model: SplitModel, layout: SampleLayout, probe: Split, hardware: Hardware, seed: int
) -> NDArray[np.int64]:
    """How many features are of each of CATEGORIES, as `measure_features` finds them."""
    probe = _of_known_values(probe)
    f = measure_activations(model, split_model, layout, probe.images, hardware).f
    label, attribute = (torch.from_numpy(each).to(f.device, torch.int64) for each in (probe.labels, probe.attributes))
    category = _selectivities(f, label, attribute, probe.content.groups, seed)["category"]
    return np.bincount(category, minlength=len(CATEGORIES))


def _of_known_values(probe: Split) -> Split:
    """The images whose value is known, where there are values."""
    values = probe.content.groups[1]
    labeled = probe.attributes < values
    return probe if not values or labeled.all() else probe.take(np.flatnonzero(labeled))


def class_means(f: Tensor, labels: Tensor, classes: int) -> Tensor:
    """(N, n), (N,) int64 -> (n, classes): mean activation over the images of each class; 0 where there is none."""
    sums = f.new_zeros((classes, f.shape[1])).index_add_(0, labels, f)
    return (sums / labels.bincount(minlength=classes).clamp(min=1)[:, None]).T


def selectivity(means: Tensor) -> Floats:
    """(n, k) mean activations by class -> (n,): the largest over their mean, in [1, k]; NaN where all are 0."""
    overall = _array(means.mean(1))
    ratio = np.full(len(overall), np.nan)
    np.divide(_array(means.amax(1)), overall, out=ratio, where=overall > 0)
    return ratio


def selectivity_categories(
    color: Floats, digit: Floats, attribute_bound: Floats, label_bound: Floats, groups: tuple[int, int] = (10, 10)
) -> NDArray[np.int64]:
    """(n,) int64 indices into CATEGORIES, from selectivities for attribute (color) and label (digit), (n,), and what
    chance stays under, (n,) each. groups: how many classes and values there are."""
    classes, values = groups
    for_color = (color >= selective_from(values)) & (color > attribute_bound)
    for_digit = (digit >= selective_from(classes)) & (digit > label_bound)
    cases = {"dead": np.isnan(digit), "both": for_color & for_digit, "color": for_color, "digit": for_digit}
    return np.select(list(cases.values()), [CATEGORIES.index(name) for name in cases], CATEGORIES.index("mixed"))


def _selectivities(f: Tensor, label: Tensor, attribute: Tensor, groups: tuple[int, int], seed: int) -> Arrays:
    """Selectivity for attribute and label, the category, and the largest selectivity for labels that were shuffled."""
    measured: Arrays = {}
    random = torch.Generator().manual_seed(seed)
    for name, labels, count in (("attribute", attribute, groups[1]), ("label", label, groups[0])):
        if not count:
            undefined = np.full(f.shape[1], np.nan)
            nothing = {"response": np.empty((f.shape[1], 0)), "selectivity": undefined, "bound": undefined}
            measured |= {f"{name}_{what}": values for what, values in nothing.items()}
            continue
        means = class_means(f, labels, count)
        shuffled = [labels[torch.randperm(len(labels), generator=random).to(labels.device)] for _ in range(_SHUFFLES)]
        by_chance = [selectivity(class_means(f, mixed, count)) for mixed in shuffled]
        measured[f"{name}_response"] = _array(means)
        measured[f"{name}_selectivity"] = selectivity(means)
        measured[f"{name}_bound"] = np.stack(by_chance).max(0)
    category = selectivity_categories(
        measured["attribute_selectivity"],
        measured["label_selectivity"],
        measured["attribute_bound"],
        measured["label_bound"],
        groups,
    )
    return measured | {"category": category}


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
