"""Measures of a layer's channels in a plain script, without a run folder."""

import numpy as np
import torch
from torch import nn


def test_measures_of_the_channels_of_ones_own_network() -> None:
    network = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU(), nn.Flatten())
    with torch.no_grad():
        network[0].weight[:] = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]])[:, :, None, None]  # red, then green
        network[0].bias.zero_()
    labels, attributes = (index.reshape(-1).repeat(20).astype(np.uint8) for index in np.indices((10, 10)))
    images = np.zeros((len(labels), 12, 16, 3), np.uint8)
    images[..., 0], images[..., 1] = 25 * labels[:, None, None], 25 * attributes[:, None, None]

    from lazytui.neurons.activations import gather_activations
    from lazytui.neurons.measures import measure_neurons
    from lazytui.neurons.roles import ROLES

    activations = gather_activations(network, ["1"], images)["1"]
    measures = measure_neurons(activations, labels, attributes)

    assert activations.values.shape == (len(images), 2)
    assert [ROLES[role] for role in measures.role] == ["hero", "traitor"], "label-selective, attribute-selective"
    assert measures.label_information[0] > 2 > 0.2 > measures.attribute_information[0]
