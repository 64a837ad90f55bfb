"""Neurons: what every neuron of a layer responds to, tells and does, and what the network is without it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.networks.layer_choices import layer_shape
from lazytui.analyses.networks.model_under_study import (
    Subject,
    ignore_advice,
    load_subject,
    trained_with,
)
from lazytui.analyses.networks.model_under_study import settle as settle_subject
from lazytui.analyses.neurons.figures import PLURALS, characters, overview
from lazytui.analyses.neurons.neuron_page import page
from lazytui.analyses.neurons.params import NeuronsParams
from lazytui.analyses.neurons.result import CONTENTS
from lazytui.errors import BadInput
from lazytui.figures.kinds import Figure
from lazytui.models.catalog import CATALOG, FINE_MAP
from lazytui.neurons.map_position import require_inside
from lazytui.neurons.role_names import ROLES
from lazytui.neurons.simple_stimuli import stimulus_names
from lazytui.runs.progress_report import Report
from lazytui.runs.saved_result import Result
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from torch import nn

    from lazytui.neurons.ablation import Ablation
    from lazytui.neurons.report import ReportSettings


def settle(params: NeuronsParams, workspace: Workspace) -> NeuronsParams:
    """Make sure that the data can be rebuilt and have color, and that there are such a layer and position; name it."""
    trained = trained_with(params, workspace)
    if trained.placement == "none":
        raise BadInput(f"The data of {params.run} have no color, so its neurons can't be asked for color or digit.")
    settled = settle_subject(params, workspace)
    if trained.model not in CATALOG:
        return settled
    entry = CATALOG[trained.model]
    layer = params.layer or (entry.saliency_layer or entry.layers[-1]).name
    shape = layer_shape(trained.model, layer)
    if "," in params.read and len(shape) == 3:
        row, column = map(int, params.read.split(","))
        require_inside(row, column, *shape[1:])
    return settled.model_copy(update={"layer": layer})


def run(params: NeuronsParams, report: Report) -> Result:
    report.note("loading torch and the network")
    subject = load_subject(params, report.workspace, report.note)
    from lazytui.hooks.split_model import SplitModel
    from lazytui.neurons.report import Listener, ablation_splits, measure_through_training, report_neurons

    asked = _questions(params)
    cut = SplitModel(subject.model, params.layer or _last_layer(subject.model))
    arrays = report_neurons(cut, subject.data, subject.hardware, asked, Listener(report.note, report.check))
    steps = report.workspace.find(params.run).weights_by_step()
    if steps:
        report.note(f"looking at {len(steps)} checkpoints of the training")
        models = _kept_models(subject, steps, report)
        arrays |= measure_through_training(models, cut.layer, subject.data, subject.hardware, asked)
    facts = {
        "layer": cut.layer,
        "shape": list(cut.shape),
        "palette": subject.trained.palette,
        "probe_images": len(subject.data.probe),
        "samples": {name: len(split) for name, split in ablation_splits(subject.data, params.samples).items()},
        "snippets": list(stimulus_names(subject.trained)),
    }
    return Result(metrics=_metrics(arrays), facts=facts, arrays=arrays)


@dataclass(frozen=True)
class Session:
    """A layer kept open. grid: (100, 28, 28, 3) uint8, each digit in each color."""

    without: Ablation
    grid: NDArray[np.uint8]


def session(params: NeuronsParams, workspace: Workspace) -> Session:
    """A layer of a network kept open for small questions: what if these neurons were gone, or did what they do there?

    It answers in milliseconds and may be asked from any thread. Raises as `settle` and `run` do.
    """
    settled = settle(params, workspace)
    subject = load_subject(settled, workspace, ignore_advice)  # the run whose neurons they are has given it
    from lazytui.hooks.split_model import SplitModel
    from lazytui.neurons.ablation import Ablation
    from lazytui.neurons.report import ablation_splits

    cut = SplitModel(subject.model, settled.layer or _last_layer(subject.model))
    without = Ablation(cut, ablation_splits(subject.data, settled.samples), subject.hardware)
    return Session(without, subject.data.cue_conflict.images)


def figures(params: NeuronsParams, result: Result) -> list[Figure]:
    if "information_margin" not in result.arrays:
        raise BadInput(
            "This neuron analysis was made by an older version, which gave a role to neurons without one: run neurons "
            "again."
        )
    told = overview(params.ablate, result)
    for neuron in characters(result, params.pages):
        told += page(result, neuron)
    return told


def _questions(params: NeuronsParams) -> ReportSettings:
    from lazytui.neurons.report import ReportSettings

    return ReportSettings(
        read=params.read,
        samples=params.samples,
        mode=params.ablate,
        starts=params.starts,
        steps=params.steps,
        seed=params.seed,
    )


def _kept_models(subject: Subject, steps: Mapping[int, Path], report: Report) -> Iterator[tuple[int, nn.Module]]:
    """The network as it was at each step whose weights the training kept."""
    from lazytui.models.checkpoints import load_model

    for step, path in steps.items():
        report.check()
        yield step, load_model(path, name=subject.trained.model).to(subject.hardware.device)


def _last_layer(model: nn.Module) -> str:
    """The last layer with a map of 7 x 7 or finer; where there is none, the last before the logits."""
    from lazytui.hooks.layer_hooks import layer_shapes

    shapes = layer_shapes(model)
    fine = [name for name, shape in shapes.items() if len(shape) == 3 and min(shape[1:]) >= FINE_MAP]
    return fine[-1] if fine else list(shapes)[max(0, len(shapes) - 2)]


def _metrics(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, float | None]:
    """How many neurons play each role, and accuracies averaged over the stages of the ordered ablations."""
    roles = np.bincount(arrays["role"].astype(np.int64), minlength=len(ROLES))
    metrics: dict[str, float | None] = {"neurons": len(arrays["role"])}
    metrics |= {name: int(count) for name, count in zip(PLURALS, roles, strict=True)}
    for split in ("easy", "hard"):
        metrics[f"{split}_intact"] = float(arrays[f"{split}_random"][0, 0])
        metrics[f"{split}_without_traitors"] = float(arrays[f"{split}_traitors_first"].mean())
        metrics[f"{split}_without_heroes"] = float(arrays[f"{split}_heroes_first"].mean())
        metrics[f"{split}_without_random"] = float(arrays[f"{split}_random"].mean())
    from lazytui.neurons.relations import count_components, participation_ratio

    variances = arrays["spectrum"].astype(np.float64)
    metrics["participation_ratio"] = participation_ratio(variances)
    metrics["components_for_90_percent"] = count_components(variances, 0.9)
    return metrics


def label(params: NeuronsParams) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", params.layer or "").strip("-")[-40:]


ANALYSIS = Analysis(params=NeuronsParams, run=run, figures=figures, read=CONTENTS.read, settle=settle, label=label)
