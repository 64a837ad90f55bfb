"""Grad-CAM: where a network looks, whether that is the digit, and what the map is worth; one network, or two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.gradcam import figures as gradcam_figures
from lazytui.analyses.gradcam.figures import Seen
from lazytui.analyses.gradcam.params import GradcamParams, SplitName
from lazytui.analyses.gradcam.result import read
from lazytui.analyses.gradcam.verdict import verdict
from lazytui.analyses.networks.model_under_study import Subject, load_subject, trained_with
from lazytui.analyses.networks.network_pair import AGAINST, names, of_second
from lazytui.analyses.networks.second_network import second_subject
from lazytui.analyses.networks.second_network import settle as settle_pair
from lazytui.analyses.train.params import TrainParams
from lazytui.data.palettes import palette
from lazytui.errors import UsageError
from lazytui.figures.kinds import Figure
from lazytui.models.catalog import CATALOG
from lazytui.runs.progress_report import Report
from lazytui.runs.saved_result import Result
from lazytui.runs.workspace import Workspace
from lazytui.saliency.map_names import METHODS

if TYPE_CHECKING:
    from lazytui.data.splits import BiasedDataset, Split
    from lazytui.saliency.split_statistics import Findings, SplitStatistics


_SPLITS: dict[SplitName, str] = {"easy": "validation", "hard": "hard", "probe": "probe"}

GALLERY = (0, 1, 10, 11, 77, 73, 37, 33)
"""Of the ten shapes in ten colors, those shown by every method: red 0, green 0, red 1, green 1; 7 and 3 likewise."""


def settle(params: GradcamParams, workspace: Workspace) -> GradcamParams:
    """Make sure that the data can be rebuilt and suit both networks, and that the layer is one of theirs."""
    settled = settle_pair(params, workspace)
    trained = trained_with(settled, workspace)
    worn = trained.placement != "none" and (params.split != "hard" or trained.hard != "gray")
    if params.target == "color" and not worn:
        raise UsageError(
            f"The images of the {params.split} split wear no color, so there is no color's digit to target."
        )
    _check_layer(params, trained.model)
    if second := second_subject(settled):
        _check_layer(params, trained_with(second, workspace).model)
    return settled


def _check_layer(params: GradcamParams, model: str) -> None:
    """Raise UsageError for a layer that can't be shown. Only where the catalog doesn't know, the network is built."""
    if METHODS[params.method].of_layer and (params.method == "cam" or not _in_catalog(model, params.layer)):
        from lazytui.models.torch_import import require_torch

        require_torch()
        from lazytui.models.build import build_model
        from lazytui.saliency.map_layers import choose_layer

        choose_layer(build_model(model, seed=0), model, params.method, params.layer)


def _in_catalog(model: str, layer: str | None) -> bool:
    """Whether the catalog has the layer's map; for None, whether it has one to offer."""
    entry = CATALOG.get(model)
    if entry is None or layer is None:
        return entry is not None and entry.saliency_layer is not None
    return any(known.name == layer and known.spatial for known in entry.layers)


def run(params: GradcamParams, report: Report) -> Result:
    report.note("loading torch and the network")
    subject = load_subject(params, report.workspace, report.note)
    result = _examined(params, params.run, subject, subject.data, report)
    second = second_subject(params)
    if second is None:
        return result
    other = _examined(params, second.run, load_subject(second, report.workspace, report.note), subject.data, report)
    return Result(
        metrics={**result.metrics, **{f"{AGAINST}_{name}": value for name, value in other.metrics.items()}},
        facts={**result.facts, AGAINST: other.facts},
        arrays={
            **result.arrays,
            **{f"{AGAINST}_{name}": array for name, array in other.arrays.items() if name != "cue_conflict_images"},
        },
    )


def _examined(params: GradcamParams, reference: str, subject: Subject, data: BiasedDataset, report: Report) -> Result:
    """Everything about one network's gaze at the data."""
    from lazytui.models.build import build_model
    from lazytui.saliency.split_statistics import Findings

    found = Findings()
    examiner = _examiner(params, subject, data, report)
    run = report.workspace.find(reference)
    found.facts |= {
        "name": run.display_name,
        "trained": subject.trained.model_dump(mode="json"),
        "layer": examiner.request.layer,
        "checked": min(params.checked, examiner.images),
    }
    report.note(f"looking at {examiner.images:,} {params.split} images through {run.reference}")
    seen = examiner.measure_maps(found)
    found.arrays["cue_conflict_images"] = data.cue_conflict.images
    examiner.explain_cue_conflict(found, data.cue_conflict)
    _keep_gallery(found, examiner, subject, data.cue_conflict, report)
    if count := found.facts["checked"]:
        report.note(f"putting {count} of the maps to the test")
        examiner.check_faithfulness(found, seen, count)
        report.check()
        fresh = build_model(subject.trained.model, seed=params.seed).to(subject.hardware.device)
        examiner.check_randomization(found, seen, fresh, count)
        report.check()
        if data.params.placement != "none":
            examiner.check_recoloring(found, seen, count)
    return Result(found.metrics, found.facts, found.arrays)


def _examiner(params: GradcamParams, subject: Subject, data: BiasedDataset, report: Report) -> SplitStatistics:
    import torch

    from lazytui.saliency.map_layers import choose_layer
    from lazytui.saliency.maps_by_name import MapRequest
    from lazytui.saliency.split_maps import mean_color, mean_image
    from lazytui.saliency.split_statistics import Listener, SplitStatistics

    report.note(f"painting the {params.split} split")
    name = _SPLITS[params.split]
    split = data.split(name)
    wanted = params.images or METHODS[params.method].images or len(split)
    device = subject.hardware.device
    baseline = mean_image(split.images, device) if params.baseline == "mean" else torch.zeros(3, 28, 28, device=device)
    layer = choose_layer(subject.model, subject.trained.model, params.method, params.layer)

    def progress(done: int, total: int) -> None:
        report.check()
        report.progress(done, total, "images")

    return SplitStatistics(
        model=subject.model,
        request=MapRequest(params.method, layer, mean_color(split.images, device), baseline, params.seed),
        split=split,
        name=name,
        params=data.params,
        images=min(wanted, len(split)),
        target=params.target,
        seed=params.seed,
        listener=Listener(report.note, progress),
    )


def _keep_gallery(
    found: Findings, examiner: SplitStatistics, subject: Subject, conflict: Split, report: Report
) -> None:
    """A few images by every method that the network allows."""
    from lazytui.saliency.explainer import Explainer

    report.note("a few images by every method")
    request = examiner.request
    name, images = subject.trained.model, examiner.split.images
    lens = Explainer(subject.model, name, images, baseline=request.baseline, seed=request.seed)
    layer = request.layer if request.method != "cam" else None
    for method in lens.methods:
        report.check()
        asked = layer if METHODS[method].of_layer and method != "cam" else None
        glances = [lens.explain(conflict.images[place], method=method, layer=asked) for place in GALLERY]
        found.arrays[f"gallery_{method}"] = np.stack([glance.heat for glance in glances])
        if method == "grad-cam":
            found.facts["gallery_layer"] = glances[0].layer
    found.facts["gallery_methods"] = list(lens.methods)
    found.arrays["gallery_places"] = np.array(GALLERY)


def figures(params: GradcamParams, result: Result) -> list[Figure]:
    pair = _pair(params, result)
    drawn: list[Figure] = [verdict(pair), gradcam_figures.nulls(pair), gradcam_figures.ways(pair)]
    if by_cause := gradcam_figures.causes(pair):
        drawn.append(by_cause)
    drawn += gradcam_figures.portrait(pair[0])
    if len(pair) > 1:
        drawn += [replace(figure, name=f"{AGAINST}-{figure.name}") for figure in gradcam_figures.portrait(pair[1])]
    return [*drawn, gradcam_figures.measured(pair)]


def _pair(params: GradcamParams, result: Result) -> list[Seen]:
    """The network that was looked at, and the second where there is one."""
    results = {"": result}
    if AGAINST in result.facts:
        results = dict(zip(names(result), (result, of_second(result)), strict=True))
    return [_seen(params, name, part, result) for name, part in results.items()]


def _seen(params: GradcamParams, name: str, part: Result, whole: Result) -> Seen:
    method = METHODS[params.method]
    height, width = part.facts["map_size"]
    words = [method.title]
    if part.facts["layer"]:
        words.append(f"{part.facts['layer']} ({height} x {width})")
    if params.target != "predicted":
        words.append(f"target {params.target}")
    return Seen(
        name=name,
        result=part,
        told=", ".join([*([name] if name else []), *words]),
        ten=palette(TrainParams.model_validate(whole.facts["trained"]).palette),
        signed=method.signed,
    )


ANALYSIS = Analysis(
    params=GradcamParams,
    run=run,
    figures=figures,
    read=read,
    settle=settle,
    label=lambda params: params.method,
)
