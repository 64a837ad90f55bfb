"""Pictures of the features that have exemplars: where each is active, its Grad-CAM, and the input that it prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.exemplar_maps import map_exemplars

if TYPE_CHECKING:
    from lazytui.analyses.core.exemplar_result import Exemplars
    from lazytui.analyses.networks.model_under_study import ModelUnderStudy
    from lazytui.analyses.sae.params import SaeParams
    from lazytui.runs.progress_report import Report
    from lazytui.sae.feature_maps import LayerFeatures


def picture_features(
    params: SaeParams,
    network: ModelUnderStudy,
    features: LayerFeatures,
    exemplars: Exemplars,
    strength: NDArray[np.float32],
    report: Report,
) -> dict[str, Any]:
    """The fields of `SaeResult` with pictures. strength: (n,), of every feature."""
    from lazytui.saliency.unit_grad_cam import layer_to_explain

    layer = layer_to_explain(network.model, network.trained.model, features.split_model.layer)
    maps = map_exemplars(
        exemplars,
        features.maps,
        lambda images, own: None if layer is None else features.grad_cam(images, own, layer),
        network.hardware.device,
    )
    preferred = _preferred_inputs(params, network, features, exemplars.units, strength, report)
    return {"cam_layer": layer, "exemplar_maps": maps, **preferred}


def _preferred_inputs(
    params: SaeParams,
    network: ModelUnderStudy,
    features: LayerFeatures,
    units: NDArray[np.int64],
    strength: NDArray[np.float32],
    report: Report,
) -> dict[str, NDArray[Any]]:
    """Empty where none are asked for."""
    from lazytui.neurons.feature_visualization import Visualizer, stability
    from lazytui.neurons.report import colors_of, to_bytes

    if not params.starts or not len(units):
        return {}
    report.note("visualizing features")
    colors, hardware = colors_of(network.data), network.hardware.at_fastest_precision()
    visualizer = Visualizer(colors, hardware, seed=params.seed, steps=params.climb, tick=report.check)
    images = features.visualize(strength, visualizer, params.starts, units.tolist())
    shown = to_bytes(images)
    return {
        "preferred": shown,
        "preferred_response": np.stack([features.responses(start, units) for start in shown]).mean(0),
        "stability": stability(images).astype(np.float32),
    }
