"""SAE dial: one image with features scaled, steered or swapped, at each of many factors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.ask.kept_drawings import kept_drawings
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.networks.image_choice import index_of_image, read_group
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.model_under_study import trained_with
from lazytui.analyses.sae.dose_figures import image_name
from lazytui.analyses.sae.dose_layer import OpenLayer, open_layer
from lazytui.analyses.sae.feature_browser import active_features, read_features
from lazytui.analyses.sae.feature_labels import read_labels
from lazytui.analyses.sae.loaded_sae import network_params_of, sae_params
from lazytui.analyses.sae_dial.figures import figures
from lazytui.analyses.sae_dial.params import SaeDialParams
from lazytui.analyses.sae_dial.result import SaeDialResult, read
from lazytui.data.splits import Split
from lazytui.errors import BadInput
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace
from lazytui.sae.edits.dose_response import Dose


def resolve(params: SaeDialParams, workspace: Workspace) -> SaeDialParams:
    """Make sure that the network and the features can be had, and that there is a drawing where one is asked for."""
    network = network_params_of(sae_params(params.sae, workspace)).model_copy(update={"model": params.model})
    trained = trained_with(resolve_network(network, workspace), workspace)
    if not params.image.strip().isdecimal():
        read_group(params.image, trained.content)
    _read_features(params.feature, params, workspace)
    _read_features(params.into, params, workspace)
    if params.split == "drawn" and not kept_drawings(workspace):
        raise BadInput("No drawing was kept yet: lazytui run ask PICTURE RUN keeps one.")
    return params


def run(params: SaeDialParams, report: Report) -> SaeDialResult:
    report.note("loading torch and the network")
    layer = open_layer(
        params.sae,
        params.split,
        kept_drawings(report.workspace) if params.split == "drawn" else [],
        report.workspace,
        report.note,
        lambda split, _trained: _chosen(params, split),
        model=params.model,
        device=params.device,
    )
    features = _read_features(params.feature, params, report.workspace)
    features = features or tuple(active_features(layer.activity[0], None)[:1])
    if not features:
        raise BadInput("No feature is active on this image: choose one with --feature, or another image.")
    into = _read_features(params.into, params, report.workspace)
    doses = [Dose(features, factor, params.how, into) for factor in params.factors]
    report.note(f"turning {len(features)} of {layer.activity.shape[1]} features")
    return _result(layer, doses, Dose(features, params.shown_factor, params.how, into))


def _result(layer: OpenLayer, doses: list[Dose], shown: Dose) -> SaeDialResult:
    """Of the only image of the layer. shown: whose map is kept."""
    split, features, into = layer.browsed.split, doses[0].features, doses[0].into
    curve, before = layer.probabilities(0, doses), layer.prediction(0, Dose())
    turned, on_image = [*features, *into], layer.features_on_image(0, features)
    return SaeDialResult(
        predicted=float(before.label),
        tipping_factor=_tipping_factor(doses, curve, before.label),
        largest_shift=float(np.abs(curve - before.probabilities).max()),
        name=image_name(layer.browsed, 0),
        label=int(split.labels[0]),
        attribute=int(split.attributes[0]),
        palette_name=layer.browsed.trained.palette,
        recorded_content=content_to_keep(layer.browsed.trained),
        advice=layer.loaded.network.advice,
        features=features,
        into=into,
        image=split.images[0],
        strength=layer.strength[turned],
        activity=layer.activity[0, turned].astype(np.float64),
        probabilities=curve,
        unchanged=before.probabilities,
        heat_before=before.heat,
        heat_after=layer.heat(0, shown),
        cam_layer=layer.cam_layer,
        mapped=_stacked([each.where for each in on_image]),
        mapped_grad_cam=_stacked([each.grad_cam for each in on_image]),
    )


def _stacked(maps: list[NDArray[np.float32] | None]) -> NDArray[np.float32] | None:
    """All of them or none."""
    return np.stack([one for one in maps if one is not None]) if maps and maps[0] is not None else None


def _tipping_factor(doses: list[Dose], curve: NDArray[np.float32], predicted: int) -> float | None:
    changed = [dose.factor for dose, label in zip(doses, curve.argmax(1), strict=True) if label != predicted]
    return min(changed, key=lambda factor: abs(factor - 1), default=None)


def _chosen(params: SaeDialParams, split: Split) -> NDArray[np.intp]:
    return np.array([index_of_image(params.image, split, params.split)])


def _read_features(text: str, params: SaeDialParams, workspace: Workspace) -> tuple[int, ...]:
    """Raises UsageError for what is no feature."""
    if not text.strip():
        return ()
    folder = workspace.find(params.sae, kinds=("sae",))
    return read_features(text, recorded_result(folder), read_labels(folder))


ANALYSIS = Analysis(params=SaeDialParams, run=run, figures=figures, write=write_fields, read=read, resolve=resolve)
