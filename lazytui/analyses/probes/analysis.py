"""Probes: a linear classifier of the label and one of the attribute on every layer, and on the way of the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.networks.model_under_study import load_model_under_study, trained_with, whose_data
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.analyses.probes.figures import figures
from lazytui.analyses.probes.params import ProbesParams
from lazytui.analyses.probes.result import ProbesResult, ProbesThroughTraining, cues_of, read
from lazytui.errors import BadInput, UsageError
from lazytui.models.architectures import ARCHITECTURES
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace
from lazytui.system.torch_import import require_torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from lazytui.analyses.networks.model_under_study import ModelUnderStudy
    from lazytui.data.splits import Split

IMAGE = "image"
"""What the image itself is called among the layers; its dimensions are the means of red, green and blue."""


def resolve(params: ProbesParams, workspace: Workspace) -> ProbesParams:
    """Make sure that the data can be rebuilt, and have the color that they are about."""
    data = trained_with(params, workspace)
    if data.plants and not data.shows_values:
        raise BadInput(f"{whose_data(params)} have no color, so layers can't be probed for color and digit.")
    resolved = resolve_network(params, workspace)
    if params.layers is None or trained_with(params, workspace).model not in ARCHITECTURES:
        return resolved
    require_torch()
    from lazytui.training.initial_model import fresh_model

    trained = trained_with(params, workspace)
    probed_layers(fresh_model(trained, trained.content, seed=0), params.layers)
    return resolved


def probed_layers(model: nn.Module, names: Sequence[str] | None) -> list[str]:
    """Those asked for, in the order in which they run; for None, all before the logits.

    Raises UsageError for one that doesn't exist, or whose output isn't units or maps.
    """
    from lazytui.hooks.layer_hooks import layer_of, layers_before_logits

    before_logits = layers_before_logits(model)
    if names is None:
        return before_logits
    for layer in names:
        layer_of(model, layer)
        if layer not in before_logits:
            raise UsageError(
                f"{layer} has no activations that can be probed: it isn't before the logits, or puts out neither units "
                f"nor maps. Available: {', '.join(before_logits) or 'none'}."
            )
    return [layer for layer in before_logits if layer in names]


def run(params: ProbesParams, report: Report) -> ProbesResult:
    report.note("loading torch and the network")
    network = load_model_under_study(params, report.workspace, report.note)
    from lazytui.neurons.linear_probe import halves
    from lazytui.neurons.report import first_samples
    from lazytui.training.initial_model import fresh_model

    split = first_samples(network.data.probe, params.samples)
    fitted, tested = halves(len(split), params.seed)
    layers = probed_layers(network.model, params.layers)
    untrained = fresh_model(network.trained, network.trained.content, params.seed).to(network.hardware.device)
    accuracies = []
    for model in (network.model, untrained):
        report.note("probing the layers" if model is network.model else "probing an untrained network of its kind")
        features = _features(model, layers, split, report)
        accuracies.append(np.array([_accuracies(each, split, fitted, tested, params, report) for each in features]))
    trained = accuracies[0]
    return ProbesResult(
        digit_accuracy=float(trained[-1, 0]),
        color_accuracy=float(trained[-1, 1]) if trained.shape[1] > 1 else None,
        layers=(IMAGE, *layers),
        fitted=len(fitted),
        tested=len(tested),
        dimensions=np.array([each.shape[1] for each in features], np.int64),
        accuracy=trained,
        untrained=accuracies[1],
        through_training=_through_training(params, network, layers, split, report),
        recorded_content=content_to_keep(network.data.params),
    )


def _features(model: nn.Module, layers: Sequence[str], split: Split, report: Report) -> list[Tensor]:
    """Of the image itself and of each layer, (n, dimensions): maps by their means."""
    import torch

    from lazytui.neurons.activations import gather_activations

    activations = gather_activations(model, layers, split.images, note=report.note)
    colors = torch.from_numpy(split.images.reshape(len(split), -1, 3).mean(1))
    return [colors, *(activations[layer].values for layer in layers)]


def _accuracies(
    features: Tensor,
    split: Split,
    fitted: NDArray[np.int64],
    tested: NDArray[np.int64],
    params: ProbesParams,
    report: Report,
) -> list[float]:
    """By cue."""
    from lazytui.neurons.linear_probe import probe_accuracy

    accuracies = []
    for labels in (split.labels, split.attributes)[: len(cues_of(split.content))]:
        report.check()
        accuracies.append(probe_accuracy(features.cpu(), labels, fitted, tested, params.strength))
    return accuracies


def _through_training(
    params: ProbesParams, network: ModelUnderStudy, layers: Sequence[str], split: Split, report: Report
) -> ProbesThroughTraining | None:
    steps = report.workspace.find(params.run).weights_by_step()
    if not steps:
        return None
    from lazytui.neurons.linear_probe import halves
    from lazytui.training.initial_model import load_trained

    report.note(f"probing {len(steps)} checkpoints of the training")
    fitted, tested = halves(len(split), params.seed)
    rows = []
    for path in steps.values():
        model = load_trained(path, network.trained, network.trained.content).to(network.hardware.device)
        features = _features(model, layers, split, report)
        rows.append([_accuracies(each, split, fitted, tested, params, report) for each in features])
    return ProbesThroughTraining(np.array(list(steps), np.int64), np.array(rows))


ANALYSIS = Analysis(
    params=ProbesParams, run=run, figures=with_data_named(figures), write=write_fields, read=read, resolve=resolve
)
