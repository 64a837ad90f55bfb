"""Neurons: statistics of all of them against a plain forward pass; preferred inputs in one batch against a loop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from benchmarks.ratio import Ratio, in_turn
from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.evaluation.forward import probabilities
from lazytui.hooks.split_model import SplitModel
from lazytui.models.build import build_model
from lazytui.neurons.activations import gather_activations
from lazytui.neurons.feature_visualization import Visualizer, visualize_neurons
from lazytui.neurons.measures import measure_neurons as measure_layer
from lazytui.system.hardware import choose_hardware, configure_torch

_LAYERS = ("features.relu1", "features.relu2", "features.relu3")
_STEPS = 8


def measure() -> list[Ratio]:
    configure_torch()
    return [_statistics(), _preferred()]


def _statistics() -> Ratio:
    """Activations, information, selectivity and role of the 224 neurons of gap-cnn; three times as long is allowed."""
    hardware = choose_hardware("auto", "fp32")
    model = build_model("gap-cnn", seed=0).to(hardware.device).to(memory_format=torch.channels_last).eval()
    probe = build_dataset(DatasetParams(source="strokes")).probe

    def ours() -> None:
        for activations in gather_activations(model, _LAYERS, probe.images).values():
            measure_layer(activations, probe.labels, probe.attributes)

    def peer() -> None:
        probabilities(model, probe.images, hardware)

    name = f"statistics of 224 neurons on {len(probe):,} images, against a forward pass"
    return in_turn(name, ours, peer, asked=1 / 3, repeats=3)


def _preferred() -> Ratio:
    """Each in the precision that is its quickest: bf16 saves memory, of which single images need little, and casts."""
    hardware = choose_hardware("auto", "fp32")
    model = build_model("gap-cnn", seed=0).to(hardware.device).to(memory_format=torch.channels_last).eval()
    cut = SplitModel(model, _LAYERS[-1])
    strength = np.ones(cut.neurons)
    single = Visualizer(palette("distinct").rgb, hardware, steps=_STEPS)
    together = replace(single, hardware=hardware.at_fastest_precision())

    def loop() -> None:
        for neuron in range(cut.neurons):
            visualize_neurons(cut, strength, single, 1, [neuron])

    name = f"preferred inputs of {cut.neurons} neurons in one batch, against a loop"
    return in_turn(name, lambda: visualize_neurons(cut, strength, together, 1), loop, asked=10, repeats=3)
