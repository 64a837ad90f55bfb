"""Grad-CAM of 10,000 images: ours against `grad-cam` and captum, the same layer, targets and batch size."""

from __future__ import annotations

import numpy as np
import torch
from captum.attr import LayerGradCam
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor

from benchmarks.ratio import Ratio, in_turn
from lazytui.data.device_split import to_float
from lazytui.models.build import build_model
from lazytui.saliency.map_resizing import upsample
from lazytui.saliency.maps_by_name import MapRequest
from lazytui.saliency.split_maps import BATCH, explain_split

COUNT = 10_000
LAYER = "features.relu3"


def measure() -> list[Ratio]:
    """gap-cnn at its default layer. grad-cam resizes and stretches its maps, so there ours are resized too; captum's
    stay raw, and so do ours."""
    images = np.random.default_rng(0).integers(0, 256, (COUNT, 28, 28, 3), dtype=np.uint8)
    targets = np.arange(COUNT) % 10
    model = build_model("gap-cnn", seed=0).eval()
    request = MapRequest("grad-cam", LAYER, torch.zeros(3), torch.zeros(3, 1, 1))
    layer = model.get_submodule(LAYER)

    def batches() -> list[tuple[Tensor, list[int]]]:
        starts = range(0, COUNT, BATCH)
        return [(to_float(torch.from_numpy(images[i : i + BATCH])), targets[i : i + BATCH].tolist()) for i in starts]

    def ours() -> np.ndarray:
        return explain_split(
            model, images, targets.astype(np.uint8), request, note=print, progress=lambda _done: None
        ).maps

    def grad_cam() -> None:
        with GradCAM(model=model, target_layers=[layer]) as library:
            for batch, classes in batches():
                library(input_tensor=batch, targets=[ClassifierOutputTarget(target) for target in classes])

    def captum() -> None:
        library = LayerGradCam(model, layer)
        for batch, classes in batches():
            library.attribute(batch, torch.tensor(classes)).detach()

    return [
        in_turn(
            f"Grad-CAM of {COUNT:,} images, resized, against grad-cam",
            lambda: upsample(ours()),
            grad_cam,
            asked=1.8,
            repeats=3,
        ),
        in_turn(f"Grad-CAM of {COUNT:,} images, raw, against captum", ours, captum, asked=1.0, repeats=3),
    ]
