"""Concepts: TCAV scores of every value and every class for every class, at a layer (Kim et al. 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.concepts.figures import figures
from lazytui.analyses.concepts.params import ConceptsParams
from lazytui.analyses.concepts.result import ConceptsResult, own_value_rows, read
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.networks.layer_choices import layer_shape
from lazytui.analyses.networks.model_under_study import load_model_under_study, trained_with, whose_data
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.errors import BadInput
from lazytui.models.architectures import ARCHITECTURES
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.analyses.networks.model_under_study import ModelUnderStudy
    from lazytui.data.splits import Split

_BATCH = 250
_FOR_EACH_SAMPLE = 4
"""Images looked at, times the values or classes: half of those that show a concept are for the vectors."""

_RANDOM_A_RUN = 3
"""Random vectors differ much more than those of a concept."""


def resolve(params: ConceptsParams, workspace: Workspace) -> ConceptsParams:
    """Make sure that the data can be rebuilt and have color, and that there is such a layer; name it."""
    trained = trained_with(params, workspace)
    if trained.plants and not trained.shows_values:
        raise BadInput(f"{whose_data(params)} have no color, so there are no concepts of color and digit to compare.")
    resolved = resolve_network(params, workspace)
    if trained.model not in ARCHITECTURES:
        return resolved
    entry = ARCHITECTURES[trained.model]
    layer = params.layer or (entry.saliency_layer or entry.layers[-1]).name
    layer_shape(trained, layer)
    return resolved.model_copy(update={"layer": layer})


def run(params: ConceptsParams, report: Report) -> ConceptsResult:
    report.note("loading torch and the network")
    network = load_model_under_study(params, report.workspace, report.note)
    from lazytui.neurons.linear_probe import halves
    from lazytui.neurons.report import first_samples

    layer = params.layer or _default_layer(network)
    content = network.data.content
    split = first_samples(network.data.probe, _FOR_EACH_SAMPLE * max(content.groups) * params.samples)
    report.note(f"the activations and gradients of {len(split):,} images at {layer}")
    activations, gradients = _activations_and_gradients(network, layer, split, report)
    fitted, kept = halves(len(split), params.seed)
    scores, random, accuracy = _scores(params, split, activations, gradients, fitted, kept, report)
    own, values = np.arange(len(content.classes)), own_value_rows(content)
    return ConceptsResult(
        color_score=float(scores[values, [content.aligned[row] for row in values]].mean()) if values else None,
        digit_score=float(scores[len(content.values) + own, own].mean()),
        layer=layer,
        dimensions=activations.shape[1],
        fitted=_fitted(params, split, fitted),
        palette_name=network.trained.palette,
        images=np.bincount(split.labels[kept], minlength=len(content.classes)),
        scores=scores,
        random=random,
        accuracy=accuracy,
        recorded_content=content_to_keep(network.data.params),
    )


def _default_layer(network: ModelUnderStudy) -> str:
    """That of heat maps; of a network without maps the last before the logits."""
    from lazytui.hooks.layer_hooks import last_before_logits
    from lazytui.saliency.map_layers import default_layer, map_sizes

    sizes = map_sizes(network.model)
    return default_layer(network.model, network.trained.model, sizes) if sizes else last_before_logits(network.model)


def _activations_and_gradients(
    network: ModelUnderStudy, layer: str, split: Split, report: Report
) -> tuple[Tensor, Tensor]:
    """(n, d) each: of the layer, and of the score of each image's own class there."""
    import torch

    from lazytui.data.device_split import to_float
    from lazytui.hooks.layer_hooks import maps_of
    from lazytui.saliency.cam_family import gradient_at
    from lazytui.saliency.target_scores import target_scores

    def of_images(images: Tensor, classes: Tensor) -> list[Tensor]:
        """The map of a layer that has one, flat, or else its units."""
        gradient = gradient_at(
            network.model, layer, lambda: target_scores(network.model(images), classes), "the output of the network"
        )
        return [
            (each if each.ndim == 2 else maps_of(network.model, layer, each, images)).flatten(1).cpu()
            for each in gradient
        ]

    parts = []
    for start in range(0, len(split), _BATCH):
        report.check()
        part = slice(start, start + _BATCH)
        images = to_float(torch.from_numpy(split.images[part]).to(network.hardware.device))
        classes = torch.from_numpy(split.labels[part].astype(np.int64)).to(network.hardware.device)
        parts.append(of_images(images, classes))
    return torch.cat([one for one, _ in parts]), torch.cat([other for _, other in parts])


def _fitted(params: ConceptsParams, split: Split, fitted: NDArray[np.int64]) -> int:
    """Images with a concept that are there for each: as many as were asked for, if the split has them."""
    content = split.content
    shown = ((split.attributes, len(content.values)), (split.labels, len(content.classes)))
    fewest = min(np.bincount(of[fitted], minlength=count)[:count].min() for of, count in shown if count)
    if fewest < 2:
        each = f"{content.attribute} and {content.label}" if content.values else content.label
        raise BadInput(f"Too few of the {len(split):,} images show each {each}: use a larger test split.")
    return int(min(params.samples, fewest))


def _scores(
    params: ConceptsParams,
    split: Split,
    activations: Tensor,
    gradients: Tensor,
    fitted: NDArray[np.int64],
    kept: NDArray[np.int64],
    report: Report,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """scores, random and accuracy of the result. Vectors are of fitted images; kept ones are asked."""
    import torch

    from lazytui.neurons.concept_vectors import fit_concept_vector, tcav_score

    generator, count = torch.Generator().manual_seed(params.seed), _fitted(params, split, fitted)
    classes, values = split.content.groups
    concepts = values + classes
    scores, accuracy = np.zeros((concepts, classes, params.runs)), np.zeros((concepts, params.runs))
    of_class = [gradients[kept[split.labels[kept] == label]] for label in range(classes)]

    def draw(among: NDArray[np.int64], number: int) -> NDArray[np.int64]:
        chosen: NDArray[np.int64] = among[torch.randperm(len(among), generator=generator)[:number].numpy()]
        return chosen

    random = []
    for _ in range(_RANDOM_A_RUN * params.runs):
        report.check()
        rows = draw(fitted, 2 * count)
        vector = fit_concept_vector(activations[rows[::2]], activations[rows[1::2]])
        random.append([tcav_score(each, vector.direction) for each in of_class])
    for repeat in range(params.runs):
        report.progress(repeat, params.runs, "runs")
        for row in range(concepts):
            report.check()
            shows = split.attributes == row if row < values else split.labels == row - values
            present = draw(fitted[shows[fitted]], count)
            vector = fit_concept_vector(activations[present], activations[draw(fitted, count)])
            scores[row, :, repeat] = [tcav_score(each, vector.direction) for each in of_class]
            examples = activations[kept[shows[kept]]], activations[kept[~shows[kept]]]
            accuracy[row, repeat] = vector.balanced_accuracy(*examples)
    report.progress(params.runs, params.runs, "runs")
    return scores, np.array(random).T, accuracy.mean(1)


ANALYSIS = Analysis(
    params=ConceptsParams,
    run=run,
    figures=with_data_named(figures),
    write=write_fields,
    read=read,
    resolve=resolve,
)
