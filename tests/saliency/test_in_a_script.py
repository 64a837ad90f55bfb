"""A heat map of any network and images in a plain script, without a run folder."""

import numpy as np
import torch
from torch import nn


def test_a_heat_map_of_ones_own_network_and_images() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    images = np.random.default_rng(0).integers(0, 256, (5, 40, 64, 3), np.uint8)

    from lazytui.saliency.explainer import Explainer
    from lazytui.saliency.map_resizing import upsample

    explainer = Explainer(network, images)
    explanation = explainer.explain(images[0], method="grad-cam", layer="1", target=1)
    overlay = upsample(explanation.heat[None], 40, 64)[0]

    assert explainer.layers == {"0": (38, 62), "1": (38, 62)}
    assert explanation.heat.shape == (38, 62) and overlay.shape == (40, 64)
    assert np.abs(explanation.heat).max() > 0 and explanation.probabilities.sum() == np.float32(1)
    assert explainer.explain(images[0]).layer == "1", "the last that has a map"
    for method in explainer.methods:
        assert np.isfinite(explainer.explain(images[0], method=method).heat).all(), method
