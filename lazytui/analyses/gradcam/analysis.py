"""Grad-CAM: where a network looks, whether that is what is shown, and what the map is worth; one network, or two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.gradcam.figures import figures
from lazytui.analyses.gradcam.image_words import wear
from lazytui.analyses.gradcam.params import GradcamParams, read_target, target_class
from lazytui.analyses.gradcam.result import (
    CueConflict,
    Examples,
    Faithfulness,
    GradcamResult,
    NetworkMaps,
    Randomization,
    Recoloring,
    ShownImages,
    can_be_repainted,
    read,
    write,
)
from lazytui.analyses.networks.image_choice import SplitName, index_of_image, read_group
from lazytui.analyses.networks.layer_choices import require_map_layer
from lazytui.analyses.networks.model_under_study import ModelUnderStudy, load_model_under_study, trained_with
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.analyses.networks.score_choice import ScoreFunction, ScoreName, load_named_score, try_score
from lazytui.analyses.networks.second_network import resolve as resolve_pair
from lazytui.analyses.networks.second_network import second_model_params
from lazytui.data.content import Content
from lazytui.data.splits import MOST_SHOWN
from lazytui.errors import UsageError
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace
from lazytui.saliency.map_names import METHODS, MethodName

if TYPE_CHECKING:
    from lazytui.data.splits import BiasedDataset
    from lazytui.saliency.checks.split_statistics import SplitStatistics
    from lazytui.saliency.split_maps import SplitMaps

_SPLITS: dict[SplitName, str] = {"easy": "validation", "hard": "hard", "probe": "probe"}

_GALLERY = ((0, 1), (7, 3))
"""Pairs of classes that are shown by every method, each with its own value and the other's: red 0, green 0, ..."""
_MOST_IN_GALLERY = 8


def resolve(params: GradcamParams, workspace: Workspace) -> GradcamParams:
    """Make sure that the data can be rebuilt and suit both networks, and that the layer is one of theirs."""
    resolved = resolve_pair(params, workspace)
    trained = trained_with(resolved, workspace)
    content = trained.content
    worn = trained.shows_values and not (trained.plants and params.split == "hard" and trained.hard == "gray")
    target = read_target(params.target, content)
    if isinstance(target, ScoreFunction):
        try_score(target, content)
        if params.method == "cam":
            raise UsageError("CAM has weights of classes and margins only, not of a function: grad-cam explains it.")
    if target == "attribute" and not worn:
        raise UsageError(
            f"The images of the {params.split} split {wear(content)} no "
            f"{content.attribute}, so there is no {content.attribute}'s {content.label} to target."
        )
    for image in params.show or ():
        if not image.isdecimal():
            read_group(image, content)
    require_map_layer(trained, params.method, params.layer)
    if second := second_model_params(resolved):
        require_map_layer(trained_with(second, workspace), params.method, params.layer)
    return resolved


def run(params: GradcamParams, report: Report) -> GradcamResult:
    report.note("loading torch and the network")
    network = load_model_under_study(params, report.workspace, report.note)
    first = _network_maps(params, params.run, network, network.data, report)
    second = second_model_params(params)
    if second is None:
        return GradcamResult(first)
    other = load_model_under_study(second, report.workspace, report.note)
    return GradcamResult(first, _network_maps(params, second.run, other, network.data, report))


def _network_maps(
    params: GradcamParams, reference: str, network: ModelUnderStudy, data: BiasedDataset, report: Report
) -> NetworkMaps:
    """One network's maps of the data, and what they are worth."""
    statistics = _split_statistics(params, network, data, report)
    shown_images = _shown(params, statistics, network) if params.show else None  # first: there may be no such image
    run = report.workspace.find(reference)
    report.note(f"explaining {statistics.images:,} {params.split} images of {run.reference}")
    maps, measured = statistics.measure_maps()
    examples = _examples(statistics, maps, measured["evidence"])
    conflict = _cue_conflict(statistics, data)
    shown = examples if conflict is None else conflict
    chosen = _gallery_indices(data.content, examples if conflict is None else None)
    methods, gallery, layer = _gallery(statistics, network, shown.images[chosen], report)
    checked = min(params.checked, statistics.images)
    faithfulness, randomization, layers = None, None, None
    if checked:
        report.note(f"testing {checked} of the maps")
        faithfulness = _faithfulness(statistics, maps, checked)
        report.check()
        randomization, layers = _randomization(params, statistics, maps, network, checked)
        report.check()
    colored = checked and can_be_repainted(data.params)
    return NetworkMaps(
        **measured,
        faithfulness=faithfulness,
        randomization=randomization,
        recoloring=Recoloring(**statistics.check_recoloring(maps, checked)) if colored else None,
        name=run.display_name,
        trained=network.trained,
        layer=statistics.request.layer,
        checked=checked,
        map_size=maps.size,
        images=statistics.images,
        gallery_layer=layer,
        gallery_methods=methods,
        randomized=layers,
        examples=examples,
        shown=shown_images,
        cue_conflict=conflict,
        gallery_indices=chosen,
        gallery=gallery,
    )


def _cue_conflict(statistics: SplitStatistics, data: BiasedDataset) -> CueConflict | None:
    """None where nothing can be repainted."""
    if data.editor is None:
        return None
    maps = statistics.explain_cue_conflict(data.cue_conflict)
    return CueConflict(images=data.cue_conflict.images, maps=maps.maps, logits=maps.logits, targets=maps.targets)


def _gallery_indices(content: Content, examples: Examples | None) -> NDArray[np.int64]:
    """Of the cue conflict; or of the examples where there is none: as many of correct as of incorrect answers."""
    if examples is not None:
        count = len(examples.indices)
        return np.unique(np.linspace(0, count - 1, min(count, _MOST_IN_GALLERY)).round()).astype(np.int64)
    classes, values = (min(count, MOST_SHOWN) for count in content.groups)
    pairs = [pair for pair in _GALLERY if max(pair) < min(classes, values)]
    return np.array([label * values + value for a, b in pairs for label in (a, b) for value in (a, b)])


def _examples(statistics: SplitStatistics, maps: SplitMaps, evidence: NDArray[np.uint8] | None) -> Examples:
    """evidence: categories; None where masks aren't known: then correct answers, and incorrect ones."""
    from lazytui.saliency.checks.split_statistics import first_of_each

    wrong = maps.predicted != statistics.split.labels[: len(maps.predicted)]
    chosen = first_of_each(wrong.astype(np.uint8) if evidence is None else evidence)
    return Examples(
        indices=chosen,
        images=statistics.split.images[chosen],
        maps=maps.maps[chosen],
        logits=maps.logits[chosen],
        targets=maps.targets[chosen],
    )


def _shown(params: GradcamParams, statistics: SplitStatistics, network: ModelUnderStudy) -> ShownImages:
    """Each image that was asked for, explained as the app explains it."""
    from lazytui.saliency.explainer import Explainer

    split, request = statistics.split, statistics.request
    chosen = np.array([index_of_image(text, split, params.split) for text in params.show or ()])
    explainer = Explainer(
        network.model,
        split.images,
        network.trained.model,
        baseline=request.baseline,
        seed=request.seed,
        superpixels=request.superpixels,
    )
    explained = [
        explainer.explain(
            split.images[index],
            method=params.method,
            layer=params.layer,
            target=request.score
            or target_class(statistics.target, int(split.labels[index]), int(split.attributes[index]), split.content),
        )
        for index in chosen
    ]
    return ShownImages(
        indices=chosen,
        images=split.images[chosen],
        labels=split.labels[chosen],
        attributes=split.attributes[chosen],
        maps=np.stack([one.heat for one in explained]),
        probabilities=np.stack([one.probabilities for one in explained]),
        targets=np.array([one.target for one in explained], np.uint8),
    )


def _faithfulness(statistics: SplitStatistics, maps: SplitMaps, count: int) -> Faithfulness:
    from lazytui.saliency.checks.faithfulness import area

    curves = vars(statistics.check_faithfulness(maps, count))
    areas: dict[str, Any] = {f"{name}_auc": area(curve) for name, curve in curves.items()}
    return Faithfulness(**curves, **areas)


def _randomization(
    params: GradcamParams, statistics: SplitStatistics, maps: SplitMaps, network: ModelUnderStudy, count: int
) -> tuple[Randomization, tuple[str, ...]]:
    """What is left of the maps as parameters are randomized, and the names of the layers in that order."""
    from lazytui.training.initial_model import fresh_model

    fresh = fresh_model(network.trained, network.trained.content, params.seed).to(network.hardware.device)
    check = statistics.check_randomization(maps, fresh, count)
    return (
        Randomization(
            randomization_correlation=check.last, randomization_null=check.null, correlations=check.correlations
        ),
        check.layers,
    )


def _split_statistics(
    params: GradcamParams, network: ModelUnderStudy, data: BiasedDataset, report: Report
) -> SplitStatistics:
    import torch

    from lazytui.saliency.checks.split_statistics import ProgressListener, SplitStatistics
    from lazytui.saliency.map_layers import choose_layer
    from lazytui.saliency.maps_by_name import MapRequest
    from lazytui.saliency.split_maps import mean_color, mean_image

    report.note(f"{'painting' if data.params.plants else 'reading'} the {params.split} split")
    name = _SPLITS[params.split]
    split = data.split(name)
    at_most = params.images or METHODS[params.method].images or len(split)
    device = network.hardware.device
    baseline = (
        mean_image(split.images, device)
        if params.baseline == "mean"
        else torch.zeros(data.content.image_shape, device=device)
    )
    layer = choose_layer(network.model, network.trained.model, params.method, params.layer)
    named = read_target(params.target, data.content)
    score = load_named_score(named, data.content) if isinstance(named, ScoreName) else None

    def progress(done: int, total: int) -> None:
        report.check()
        report.progress(done, total, "images")

    return SplitStatistics(
        model=network.model,
        request=MapRequest(
            params.method, layer, mean_color(split.images, device), baseline, params.seed, params.superpixels, score
        ),
        split=split,
        name=name,
        params=data.params,
        images=min(at_most, len(split)),
        target="predicted" if isinstance(named, ScoreName) else named,
        seed=params.seed,
        listener=ProgressListener(report.note, progress),
    )


def _gallery(
    statistics: SplitStatistics, network: ModelUnderStudy, shown: NDArray[np.uint8], report: Report
) -> tuple[tuple[MethodName, ...], dict[str, NDArray[np.float32]], str | None]:
    """Maps of a few images by every method that the network allows, and the layer that Grad-CAM takes.

    shown: (n, height, width, 3) uint8.
    """
    from lazytui.saliency.explainer import Explainer

    report.note("a few images by every method")
    request = statistics.request
    name, images = network.trained.model, statistics.split.images
    explainer = Explainer(
        network.model, images, name, baseline=request.baseline, seed=request.seed, superpixels=request.superpixels
    )
    layer = request.layer if request.method != "cam" else None
    maps: dict[str, NDArray[np.float32]] = {}
    shown_layer = None
    for method in explainer.methods:
        report.check()
        layer_option = layer if METHODS[method].of_layer and method != "cam" else None
        explained = [explainer.explain(image, method=method, layer=layer_option) for image in shown]
        maps[method] = np.stack([explanation.heat for explanation in explained])
        if method == "grad-cam":
            shown_layer = explained[0].layer
    return explainer.methods, maps, shown_layer


ANALYSIS = Analysis(
    params=GradcamParams,
    run=run,
    figures=with_data_named(figures),
    write=write,
    read=read,
    resolve=resolve,
    label=lambda params: params.method,
)
