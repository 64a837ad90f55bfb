"""Neurons: what every neuron of a layer responds to, its information, its effect, and the network without it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.analyses.core.fact_readers import EasyAndHard
from lazytui.analyses.networks.image_choice import read_named_image
from lazytui.analyses.networks.layer_choices import layer_shape
from lazytui.analyses.networks.model_under_study import (
    ModelUnderStudy,
    ignore_advice,
    load_model_under_study,
    trained_with,
    whose_data,
)
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.analyses.neurons.figures import figures
from lazytui.analyses.neurons.image_lookup import find_image, require_drawings, require_splits
from lazytui.analyses.neurons.neuron_maps import NeuronMaps
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.result import NeuronsResult, SplitAblation, ThroughTraining, count_costly, read
from lazytui.analyses.neurons.target_images import require_target, target_images
from lazytui.analyses.train.params import TrainParams
from lazytui.errors import BadInput, UsageError, unknown_name
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.architectures.base import FINE_MAP
from lazytui.neurons.map_position import require_inside
from lazytui.neurons.roles import ROLES
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from torch import nn

    from lazytui.data.splits import BiasedDataset
    from lazytui.hooks.split_model import SplitModel
    from lazytui.neurons.ablation_and_patching import Ablation
    from lazytui.neurons.report import ReportSettings
    from lazytui.system.hardware import Hardware


def resolve(params: NeuronsParams, workspace: Workspace) -> NeuronsParams:
    """Make sure that the data can be rebuilt and show what is planted in them, and that there are such an image, layer
    and position; name the layer."""
    trained = trained_with(params, workspace)
    if trained.plants and not trained.shows_values:
        raise BadInput(f"{whose_data(params)} have no color, so its neurons can't be tested for color or digit.")
    _require_start(params.class_start, trained)
    if params.target is not None:
        require_target(params.target, trained.content)
    if params.image is not None:
        image = read_named_image(params.image, trained.content)
        require_drawings([image], workspace)
        require_splits([image], trained)
    resolved = resolve_network(params, workspace)
    if trained.model not in ARCHITECTURES:
        return resolved
    entry = ARCHITECTURES[trained.model]
    layer = params.layer or (entry.saliency_layer or entry.layers[-1]).name
    shape = layer_shape(trained, layer)
    if "," in params.read and len(shape) == 3:
        row, column = map(int, params.read.split(","))
        require_inside(row, column, *shape[1:])
    return resolved.model_copy(update={"layer": layer})


def _require_start(start: str, trained: TrainParams) -> None:
    """Raise UsageError where class images can't begin there."""
    if not trained.plants:
        if start != "noise":
            raise UsageError(f"Nothing can be painted in these images, so class images start at noise, not at {start}.")
        return
    starts = ("noise", "texture", *trained.content.values)
    if start not in starts:
        raise UsageError(unknown_name("start of class images", start, starts))


def run(params: NeuronsParams, report: Report) -> NeuronsResult:
    report.note("loading torch and the network")
    network = load_model_under_study(params, report.workspace, report.note)
    from lazytui.hooks.split_model import SplitModel
    from lazytui.neurons.relations import count_components, participation_ratio
    from lazytui.neurons.report import ProgressListener, ablation_splits, report_neurons

    settings = _report_settings(params)
    model = SplitModel(network.model, params.layer or _last_layer(network.model))
    maps = NeuronMaps.of(network, model.layer, params.read)
    mapped = _mapped(params, network, model, report.workspace)
    arrays = report_neurons(
        model, network.data, network.hardware, settings, ProgressListener(report.note, report.check)
    )
    samples = {name: len(split) for name, split in ablation_splits(network.data, params.samples).items()}
    roles = np.bincount(arrays["role"], minlength=len(ROLES)).tolist()
    variances = arrays["spectrum"].astype(np.float64)
    exemplars = Exemplars(**arrays.pop("exemplars"))
    parts: dict[str, Any] = {
        "exemplars": exemplars,
        **maps.of_exemplars(exemplars, network.hardware.device),
        **{split: _split_ablation(arrays.pop(split)) for split in samples},
    }
    if mapped:
        mapped["mapped_grad_cam"] = maps.grad_cams(
            mapped["mapped_image"], exemplars.units.tolist(), network.hardware.device
        )
    return NeuronsResult(
        **arrays,
        **parts,
        **mapped,
        **target_images(params, network, report),
        neurons=len(arrays["role"]),
        **dict(zip(("attribute_selective", "label_selective", "mixed", "silent", "flat"), roles, strict=True)),
        participation_ratio=participation_ratio(variances),
        components_for_90_percent=count_components(variances, 0.9),
        layer=model.layer,
        shape=tuple(model.shape),
        palette_name=network.trained.palette,
        probe_images=len(network.data.probe),
        samples=EasyAndHard(**samples),
        recorded_content=content_to_keep(network.trained),
        through_training=_through_training(params, network, model.layer, settings, report),
    )


def _mapped(params: NeuronsParams, network: ModelUnderStudy, model: SplitModel, workspace: Workspace) -> dict[str, Any]:
    """The image that was asked for with its feature maps, as fields of a result.

    Where none was: the first of the probe split, if nothing can be repainted and the layer has maps, or else none.
    """
    if params.image is None and (network.data.editor or len(model.shape) != 3):
        return {}
    named = read_named_image(params.image or "probe 0", network.trained.content)
    image = find_image(named, network.data, workspace)
    maps = maps_of_image(model, image, network.hardware)
    return {"mapped_name": named.description, "mapped_image": image, "mapped": maps}


def maps_of_image(model: SplitModel, image: NDArray[np.uint8], hardware: Hardware) -> NDArray[np.float32]:
    """(C, h, w), of an image (H, W, 3). Raises BadInput where the layer has no maps."""
    from lazytui.neurons.report import feature_maps

    if len(model.shape) != 3:
        raise BadInput(f"The layer {model.layer} has no feature maps: choose another with --layer.")
    maps: NDArray[np.float32] = feature_maps(model, image[None], hardware)[0]
    return maps


def _through_training(
    params: NeuronsParams, network: ModelUnderStudy, layer: str, settings: ReportSettings, report: Report
) -> ThroughTraining | None:
    """None where the training kept no weights on its way."""
    from lazytui.neurons.report import measure_through_training

    steps = report.workspace.find(params.run).weights_by_step()
    if not steps:
        return None
    report.note(f"measuring {len(steps)} checkpoints of the training")
    models = _load_checkpoints(network, steps, report)
    return ThroughTraining(**measure_through_training(models, layer, network.data, settings))


@dataclass(frozen=True)
class Session:
    """A layer kept open. data: whose images are asked about."""

    ablation: Ablation
    data: BiasedDataset
    hardware: Hardware
    maps: NeuronMaps


def open_session(params: NeuronsParams, workspace: Workspace) -> Session:
    """A layer of a network kept open for small questions: what if these neurons were gone, or did what they do there?

    It answers in milliseconds and may be asked from any thread. Raises as `settle` and `run` do.
    """
    resolved = resolve(params.model_copy(update={"target": None}), workspace)  # whose code nobody asks for here
    network = load_model_under_study(resolved, workspace, ignore_advice)  # the run whose neurons they are has given it
    from lazytui.hooks.split_model import SplitModel
    from lazytui.neurons.ablation_and_patching import Ablation
    from lazytui.neurons.report import ablation_splits

    cut = SplitModel(network.model, resolved.layer or _last_layer(network.model))
    ablation = Ablation(cut, ablation_splits(network.data, resolved.samples), network.hardware)
    maps = NeuronMaps.of(network, cut.layer, resolved.read)
    return Session(ablation, network.data, network.hardware, maps)


def _report_settings(params: NeuronsParams) -> ReportSettings:
    from lazytui.neurons.report import ReportSettings

    return ReportSettings(
        read=params.read,
        samples=params.samples,
        mode=params.ablate,
        starts=params.starts,
        steps=params.steps,
        class_start=params.class_start,
        seed=params.seed,
    )


def _load_checkpoints(
    network: ModelUnderStudy, steps: Mapping[int, Path], report: Report
) -> Iterator[tuple[int, nn.Module]]:
    """The network as it was at each step whose weights the training kept."""
    from lazytui.training.initial_model import load_trained

    for step, path in steps.items():
        report.check()
        yield step, load_trained(path, network.trained, network.trained.content).to(network.hardware.device)


def _last_layer(model: nn.Module) -> str:
    """The last layer with a map of 7 x 7 or finer that is past an embedding of patches; where there is none, the last
    before the logits."""
    from lazytui.hooks.layer_hooks import last_before_logits, layer_entries, maps_past_embedding

    entries = layer_entries(model)
    fine = [name for name in maps_past_embedding(entries) if min(entries[name].map_size or (0,)) >= FINE_MAP]
    return fine[-1] if fine else last_before_logits(model)


def _split_ablation(arrays: Mapping[str, NDArray[np.float32]]) -> SplitAblation:
    """With the accuracies averaged over the stages of the ordered ablations, and the neurons that cost a point."""
    intact = float(arrays["random"][0, 0])
    return SplitAblation(
        intact=intact,
        costly_neurons=count_costly(arrays["without_mean"], intact),
        attribute_first_mean=float(arrays["attribute_first"].mean()),
        label_first_mean=float(arrays["label_first"].mean()),
        random_mean=float(arrays["random"].mean()),
        **arrays,
    )


def label(params: NeuronsParams) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", params.layer or "").strip("-")[-40:]


ANALYSIS = Analysis(
    params=NeuronsParams,
    run=run,
    figures=with_data_named(figures),
    write=write_fields,
    read=read,
    resolve=resolve,
    label=label,
)
