"""A network without its color features, or without others, as one ONNX file: encoder, cut and the rest."""

from __future__ import annotations

from lazytui.analyses.core.analysis import OnnxOptions
from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.networks.model_under_study import load_network, require_code_named
from lazytui.analyses.sae.feature_browser import read_features
from lazytui.analyses.sae.feature_labels import read_labels
from lazytui.analyses.sae.loaded_sae import network_params_of, open_layer_of, selectivity_of
from lazytui.analyses.sae.params import SaeParams
from lazytui.analyses.sae.result import SaeResult
from lazytui.errors import BadInput
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


def write_onnx(params: SaeParams, run: RunFolder, workspace: Workspace, options: OnnxOptions) -> bytes:
    """The content of the file. Raises BadInput where the network can't be had, or has no color features to cut."""
    result = recorded_result(run)
    features = _features(result, run, options.feature)
    network_params = network_params_of(params).model_copy(update={"model": options.model, "device": "cpu"})
    require_code_named(network_params, workspace)
    network = load_network(network_params, workspace, note=lambda _advice: None)
    layer = open_layer_of(run, params, result, network)
    from lazytui.models.onnx_file import NetworkCard, onnx_file
    from lazytui.models.shapes import shape_of
    from lazytui.sae.edits.edited_network import EditedNetwork
    from lazytui.sae.edits.interventions import ablation_edit

    edited = EditedNetwork(layer.split_model, layer.layout, layer.autoencoder, ablation_edit(features)).eval()
    classes = network.trained.content.classes
    facts = {
        "run": run.id,
        "model": network.trained.model,
        "fingerprint": result.fingerprint,
        "layer": result.layer,
        "features_cut": ",".join(map(str, features)),
    }
    card = NetworkCard(shape_of(network.model), classes, network.trained.adaptation(classes).input_map, facts)
    return onnx_file(edited, card)


def _features(result: SaeResult, run: RunFolder, text: str) -> tuple[int, ...]:
    """Those that a person names; by default all that stand for a value of the attribute alone."""
    if text.strip():
        return read_features(text, result, read_labels(run))
    features = tuple(map(int, selectivity_of(result).color_selective))
    if not features:
        raise BadInput(
            f"No feature of {run.reference} stands for a {result.content.attribute} alone: choose what is cut with "
            "--feature."
        )
    return features
