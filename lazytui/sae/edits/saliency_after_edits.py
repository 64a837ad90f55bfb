"""Where a network looks once features of its layer are edited: Grad-CAM before and after surgery."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lazytui.data.device_split import to_float
from lazytui.data.splits import Split
from lazytui.hooks.layer_hooks import replace_activations
from lazytui.sae.edits.interventions import Edit, apply_edit
from lazytui.sae.edits.spliced_model import SplicedModel
from lazytui.saliency.checks.localization import energy_in_mask, object_masks
from lazytui.saliency.explainer import Explainer
from lazytui.saliency.map_resizing import upsample
from lazytui.saliency.maps_by_name import explain
from lazytui.system.hardware import Hardware


@dataclass(frozen=True)
class EditedSaliency:
    """maps: (N, h, w) float32, raw and signed, of the class that is predicted. predicted: (N,) uint8. energy: (N,), the
    share of the evidence that lies on what is shown, NaN where there is no evidence or no mask of it. layer: whose map
    it is."""

    maps: NDArray[np.float32]
    predicted: NDArray[np.uint8]
    energy: NDArray[np.float64]
    layer: str


def saliency_after_edit(
    spliced: SplicedModel, explainer: Explainer, split: Split, hardware: Hardware, edit: Edit
) -> EditedSaliency:
    """Grad-CAM of the prediction on a split's images, with features edited while the network runs.

    Raises UsageError where the network has no map.
    """

    def change(activations: torch.Tensor) -> torch.Tensor:
        samples = spliced.layout.samples(activations)
        return spliced.layout.activations(apply_edit(spliced.model, samples, edit))

    request = explainer.request("grad-cam")
    images = to_float(torch.from_numpy(split.images).to(hardware.device))
    split_model = spliced.split_model
    with replace_activations(split_model.model, split_model.layer, change, split_model.runs):
        explained = explain(spliced.split_model.model, images, None, request)
    maps: NDArray[np.float32] = explained.maps.cpu().numpy()
    evidence, masks = upsample(np.maximum(maps, 0), *split.images.shape[1:3]), object_masks(split)
    energy = np.full(len(split), np.nan) if masks is None else energy_in_mask(evidence, masks)
    return EditedSaliency(maps, explained.targets.to(torch.uint8).cpu().numpy(), energy, request.layer or "")
