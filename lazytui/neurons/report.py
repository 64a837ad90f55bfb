"""The report on the neurons of one layer: all measures as arrays, which can be drawn without the network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.data.painting.painter import pure_patches
from lazytui.data.splits import BiasedDataset, Split
from lazytui.evaluation.forward import device_of, evaluation_mode
from lazytui.hooks.layer_hooks import maps_of
from lazytui.hooks.split_model import SplitModel
from lazytui.models.shapes import shape_of
from lazytui.neurons.ablation_and_patching import MODES, Ablation, AblationMode, random_orders
from lazytui.neurons.activations import Activations, gather_activations, map_reduction
from lazytui.neurons.exemplars import dataset_exemplars, quantile_images
from lazytui.neurons.feature_visualization import (
    Visualizer,
    invert_activations,
    stability,
    visualize_classes,
    visualize_neurons,
)
from lazytui.neurons.measures import Measures, measure_neurons
from lazytui.neurons.neuron_information import merge_small_bins, quantile_bins
from lazytui.neurons.own_values import own_values
from lazytui.neurons.patching_images import cue_grid, one_of_each_class
from lazytui.neurons.relations import cluster_order, correlation, shared_information, variance_spectrum
from lazytui.neurons.roles import ROLES
from lazytui.neurons.simple_stimuli import simple_stimuli, texture_name
from lazytui.system.hardware import Hardware

Arrays = dict[str, NDArray[Any]]

MOST_VISUALIZED = 256
"""Neurons that are visualized and related to one another, of layers that have more: the strongest."""

NOISE, TEXTURES = "noise", "texture"
"""Where class images begin: at random, or each at the cue of its own value, on black."""

_POINTS = 17
_SAMPLED = 64
"""Images whose pixels stand for the colors of a data set that no palette painted."""


@dataclass(frozen=True)
class ReportSettings:
    """read: how a map is reduced to a number (`map_reduction`). samples: images of each split to measure ablations
    on. mode: what replaces an ablated neuron in the cumulative curves. starts, steps: of each feature visualization.
    class_start: where class images begin: NOISE, TEXTURES, or the name of a value, at whose cue all of them do.
    """

    read: str = "mean"
    samples: int = 2000
    mode: AblationMode = "mean"
    starts: int = 3
    steps: int = 64
    class_start: str = NOISE
    seed: int = 0


@dataclass(frozen=True)
class ProgressListener:
    """note: called with the next step. tick: called often; may raise to stop the work."""

    note: Callable[[str], None] = lambda _text: None
    tick: Callable[[], None] = lambda: None


def report_neurons(
    model: SplitModel, data: BiasedDataset, hardware: Hardware, settings: ReportSettings, listener: ProgressListener
) -> dict[str, Any]:
    """All measures and pictures of a layer's neurons: the fields of `analyses.neurons.result.NeuronsResult` that are
    arrays, and `stimulus_names`; those of its parts `exemplars`, `easy` and `hard` under the part's name.

    Without an editor there is nothing to patch from and there are no simple stimuli; without a palette no flat patches.
    """
    listener.note(f"gathering the activations of {model.neurons} neurons of {model.layer}")
    probe = data.probe
    activations = _gather(model, probe, settings, listener)
    measures = _measure(activations, probe)
    visualized = np.sort(np.argsort(-measures.strength, kind="stable")[:MOST_VISUALIZED])
    easy = _gather(model, data.validation, settings, listener)
    biased = _measure(easy, data.validation)
    arrays: dict[str, Any] = {
        **measures.arrays(),
        "easy_label_information": biased.label_information.astype(np.float32),
        "easy_attribute_information": biased.attribute_information.astype(np.float32),
        **_patch_responses(model, data, settings),
        "exemplars": dataset_exemplars(activations.values, visualized, probe, quantile_images),
        **_stimulus_responses(model, data, settings),
        **_relations(activations.values[:, torch.from_numpy(visualized).to(activations.values.device)]),
    }
    listener.note("ablating neurons")
    ablation = Ablation(model, ablation_splits(data, settings.samples), hardware, listener.note)
    contributions, alone = _ablate_each(ablation, listener.tick)
    counts, ordered = _ablate_in_order(ablation, measures, settings, listener.tick)
    arrays |= contributions | {"ablated": counts} | {split: alone[split] | ordered[split] for split in alone}
    arrays |= _patches(ablation, data, listener.tick)
    listener.note("visualizing features")
    arrays |= _visualizations(model, data, hardware, measures, visualized, settings, listener.tick)
    arrays |= _views(model, arrays.get("red_one_images"), hardware)
    return arrays


def measure_through_training(
    models: Iterable[tuple[int, nn.Module]],
    layer: str,
    data: BiasedDataset,
    settings: ReportSettings,
) -> Arrays:
    """Measures of every neuron at several steps of a training: (T, C) each, and the steps (T,)."""
    probe = first_samples(data.probe, settings.samples)
    steps, rows = [], []
    for step, model in models:
        activations = gather_activations(model, [layer], probe.images, reduce=map_reduction(settings.read))[layer]
        steps.append(step)
        rows.append(_measure(activations, probe))
    names = ("attribute_information", "label_information", "information_bound", "attribute_selectivity", "strength")
    floats = {name: np.stack([getattr(row, name) for row in rows]).astype(np.float32) for name in names}
    return {
        "step": np.array(steps, np.int64),
        "role": np.stack([row.role for row in rows]),
        **floats,
    }


def ablation_splits(data: BiasedDataset, samples: int) -> dict[str, Split]:
    """The images that ablations are measured on: the first of the easy and of the hard split."""
    return {"easy": first_samples(data.validation, samples), "hard": first_samples(data.hard, samples)}


def first_samples(split: Split, samples: int) -> Split:
    return split.take(np.arange(min(samples, len(split))))


def _gather(model: SplitModel, split: Split, settings: ReportSettings, listener: ProgressListener) -> Activations:
    read = map_reduction(settings.read)
    return gather_activations(model.model, [model.layer], split.images, reduce=read, note=listener.note)[model.layer]


def _responses(model: SplitModel, images: NDArray[np.uint8], settings: ReportSettings) -> NDArray[np.float32]:
    """(n, C) float32: the response of each neuron to (n, h, w, 3) uint8 images."""
    values: NDArray[np.float32] = (
        gather_activations(model.model, [model.layer], images, reduce=map_reduction(settings.read))[model.layer]
        .values.cpu()
        .numpy()
    )
    return values


def _measure(activations: Activations, split: Split) -> Measures:
    return measure_neurons(activations, split.labels, split.attributes, split.content.groups)


def _patch_responses(model: SplitModel, data: BiasedDataset, settings: ReportSettings) -> Arrays:
    """To a flat patch of each color of the palette, where one painted the images."""
    if not data.params.value_colors:
        return {}
    return {"patch_response": _responses(model, pure_patches(data.params), settings).T}


def _stimulus_responses(model: SplitModel, data: BiasedDataset, settings: ReportSettings) -> dict[str, Any]:
    named = simple_stimuli(data)
    if not named:
        return {"stimulus_names": ()}
    stimuli = np.stack(list(named.values()))
    responses = _responses(model, stimuli, settings).T
    return {"stimulus_names": tuple(named), "stimuli": stimuli, "stimulus_response": responses}


def _relations(values: Tensor) -> Arrays:
    related, shared = correlation(values), shared_information(merge_small_bins(quantile_bins(values)))
    return {
        "correlation": related.astype(np.float32),
        "shared_information": shared.astype(np.float32),
        "clustered": cluster_order(np.abs(related)),
        "spectrum": variance_spectrum(values).astype(np.float32),
    }


def _ablate_each(ablation: Ablation, tick: Callable[[], None]) -> tuple[Arrays, dict[str, Arrays]]:
    """What each neuron adds to the logits, and by split the accuracy without it alone, by what stands in for it."""
    contributions: Arrays = {}
    by_split: dict[str, Arrays] = {}
    for mode in MODES:
        effects = ablation.ablate_one_by_one(mode, tick)
        contributions[f"contribution_{mode}"] = effects.contribution
        for split, values in effects.accuracies.items():
            by_split.setdefault(split, {})[f"without_{mode}"] = values.astype(np.float32)
    return contributions, by_split


def _ablate_in_order(
    ablation: Ablation, measures: Measures, settings: ReportSettings, tick: Callable[[], None]
) -> tuple[NDArray[np.int64], dict[str, Arrays]]:
    """Accuracies by split as more and more of the neurons that are ever active are ablated, by selectivity and in
    random orders; and how many at each stage."""
    excess = measures.attribute_information - measures.label_information
    active = np.flatnonzero(~np.isin(measures.role, [ROLES.index("silent"), ROLES.index("flat")]))
    order = active[np.argsort(-excess[active], kind="stable")]
    counts = np.unique(np.linspace(0, len(active), min(_POINTS, len(active) + 1)).round().astype(np.int64))
    by_split: dict[str, Arrays] = {}
    for name, neurons in (("attribute_first", order), ("label_first", order[::-1])):
        tick()
        for split, values in ablation.ablate_in_order(neurons.tolist(), counts.tolist(), settings.mode).items():
            by_split.setdefault(split, {})[name] = values.astype(np.float32)
    random: dict[str, list[NDArray[np.float64]]] = {}
    for shuffled in random_orders(len(active), settings.seed):
        tick()
        for split, values in ablation.ablate_in_order(
            active[shuffled].tolist(), counts.tolist(), settings.mode
        ).items():
            random.setdefault(split, []).append(values)
    for split, draws in random.items():
        by_split[split]["random"] = np.stack(draws).astype(np.float32)
    return counts, by_split


def _patches(ablation: Ablation, data: BiasedDataset, tick: Callable[[], None]) -> Arrays:
    """The effect of patching single neurons from another image: the change of the logit of that image's cue.

    Into each class with its own value: from the same original with each other value, and from each other class with
    the same value. None where nothing can be repainted, or fewer than two classes have a value.
    """
    grid = cue_grid(data)
    if grid is None or len(grid.labels) < 2:
        return {}
    one, other = grid.different_pairs
    rows, own = np.arange(len(one)), grid.own[one]
    labels, values = grid.labels, grid.values
    recolored = ablation.patch_one_by_one(own, grid.images[labels[one], values[other]], tick)[:, rows, labels[other]]
    reshaped = ablation.patch_one_by_one(own, grid.images[labels[other], values[one]], tick)[:, rows, labels[other]]
    own_one, red_one = (grid.images[labels[1], values[which]][None] for which in (1, 0))
    return {
        "attribute_patch": recolored.mean(1),
        "label_patch": reshaped.mean(1),
        "red_one_shift": ablation.patch_one_by_one(own_one, red_one, tick)[:, 0],
        "red_one_shift_all": ablation.patch(own_one, red_one, range(ablation.model.neurons))[0],
        "red_one_images": np.concatenate([own_one, red_one]),
    }


def _visualizations(
    model: SplitModel,
    data: BiasedDataset,
    hardware: Hardware,
    measures: Measures,
    visualized: NDArray[np.int64],
    settings: ReportSettings,
    tick: Callable[[], None],
) -> Arrays:
    colors = colors_of(data)
    quick = Visualizer(colors, hardware.at_fastest_precision(), seed=settings.seed, steps=settings.steps, tick=tick)
    exact = Visualizer(colors, hardware, seed=settings.seed, steps=4 * settings.steps, variation=0.1, tick=tick)
    images = visualize_neurons(model, measures.strength, quick, settings.starts, visualized.tolist())
    responses = _responses(model, to_bytes(images).reshape(-1, *images.shape[2:]), ReportSettings())
    own = responses.reshape(settings.starts, len(visualized), -1)[:, np.arange(len(visualized)), visualized]
    originals, labels = one_of_each_class(data)
    inverted = invert_activations(model, to_float(torch.from_numpy(originals).to(hardware.device)), exact)
    return {
        "visualizations": to_bytes(images),
        "visualization_response": own.mean(0),
        "stability": stability(images).astype(np.float32),
        **_class_images(model.model, data, quick, settings),
        "originals": originals,
        **({} if np.array_equal(labels, np.arange(len(labels))) else {"original_labels": labels}),
        "inverted": to_bytes(inverted),
    }


def colors_of(data: BiasedDataset) -> NDArray[np.uint8]:
    """(n, 3): the colors that the images are painted in; those of pixels of some, where no palette painted them."""
    if data.params.value_colors:
        return np.array(data.params.value_colors, np.uint8)
    return data.train.images[:_SAMPLED].reshape(-1, 3)


def _class_images(model: nn.Module, data: BiasedDataset, visualizer: Visualizer, settings: ReportSettings) -> Arrays:
    """With each class's own logit of its images, and of the textures that they begin at, if any."""
    textures = _class_textures(data, settings.class_start)
    start = None if textures is None else to_float(torch.from_numpy(textures).to(visualizer.hardware.device))
    images = to_bytes(visualize_classes(model, visualizer, settings.starts, start))
    arrays: Arrays = {"class_images": images, "class_logits": np.stack([_own_logits(model, row) for row in images])}
    if textures is not None:
        arrays |= {"class_textures": textures, "class_texture_logits": _own_logits(model, textures)}
    return arrays


def _class_textures(data: BiasedDataset, class_start: str) -> NDArray[np.uint8] | None:
    """(classes, h, w, 3): the cues that the classes' images begin at; None for noise."""
    if class_start == NOISE:
        return None
    content, stimuli = data.content, simple_stimuli(data)
    own = own_values(content)
    each = [content.value_names[own.get(label, content.unknown)] for label in range(len(content.classes))]
    values = each if class_start == TEXTURES else [class_start] * len(each)
    return np.stack([stimuli[texture_name(value)] for value in values])


def _own_logits(model: nn.Module, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(classes,) float32: the logit of each class on its own image."""
    return np.asarray(logits_of(model, images).diagonal().cpu().numpy())


def logits_of(model: nn.Module, images: NDArray[np.uint8]) -> Tensor:
    """(n, classes) float32, of (n, h, w, 3) uint8 images in one batch, on the model's device."""
    with torch.inference_mode(), evaluation_mode(model):
        logits: Tensor = model(to_float(torch.from_numpy(images).to(device_of(model))))
    return logits.float()


def _views(model: SplitModel, red_one: NDArray[np.uint8] | None, hardware: Hardware) -> Arrays:
    """red_one: as in the result; None where there is none."""
    arrays: Arrays = {}
    if red_one is not None and model.map_size is not None:
        arrays["feature_maps"] = feature_maps(model, red_one, hardware)
    filters = first_filters(model.model)
    if filters is not None:
        arrays["filters"] = filters
    if model.outgoing is not None:
        arrays["outgoing"] = model.outgoing.T.float().cpu().numpy()
    return arrays


def feature_maps(model: SplitModel, images: NDArray[np.uint8], hardware: Hardware) -> NDArray[np.float32]:
    """(n, C, h, w) float32: the activations of a layer's channels at each position of (n, h, w, 3) uint8 images."""
    with torch.inference_mode(), evaluation_mode(model.model):
        shown = to_float(torch.from_numpy(images).to(hardware.device))
        maps = maps_of(model.model, model.layer, model.activations(shown), shown)
    return np.asarray(maps.float().cpu().numpy())


def first_filters(model: nn.Module) -> NDArray[np.uint8] | None:
    """(n, h, w, 3) uint8: the first layer's weights as colors around mid-gray, each scaled by its own largest.

    None where the first layer doesn't read images.
    """
    shape = shape_of(model).image_shape
    weights = next((p.detach().float().cpu() for p in model.parameters() if p.ndim > 1), None)
    if weights is not None and weights.ndim == 2 and weights.shape[1] == math.prod(shape):
        weights = weights.reshape(-1, *shape)
    if weights is None or weights.ndim != 4 or weights.shape[1] != 3:
        return None
    largest = weights.abs().flatten(1).amax(1).clamp(min=1e-12)
    return to_bytes((0.5 + 0.5 * weights / largest[:, None, None, None]).permute(0, 2, 3, 1).numpy())


def to_bytes(images: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Images in [0, 1] as bytes."""
    return np.asarray(np.rint(255 * np.clip(images, 0, 1)), np.uint8)
