"""The lazy network that comes along: its neurons are traitors, and without them it reads better."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams, load_model_under_study, resolve
from lazytui.hooks.split_model import SplitModel
from lazytui.neurons.ablation_and_patching import Ablation, random_orders
from lazytui.neurons.activations import gather_activations
from lazytui.neurons.measures import measure_neurons
from lazytui.neurons.report import first_samples
from lazytui.neurons.roles import ROLES
from lazytui.runs.workspace import Workspace
from tests.commands import Lab

LAYER = "features.relu3"


def test_traitors_outnumber_heroes_and_without_them_it_reads_better_than_without_others(lab: Lab) -> None:
    """On average over an ordered ablation, hard accuracy is higher with traitors first than in any of 20 random
    orders, and these are no better than where heroes go first."""
    workspace = Workspace(lab.workspace)
    network = load_model_under_study(
        resolve(ModelUnderStudyParams(run="shipped/lazy-strokes", device="cpu"), workspace), workspace, print
    )
    probe = first_samples(network.data.probe, 2000)
    activations = gather_activations(network.model, [LAYER], probe.images)[LAYER]
    found = measure_neurons(activations, probe.labels, probe.attributes)
    roles = np.bincount(found.role, minlength=len(ROLES))
    assert roles[ROLES.index("traitor")] > 10 * roles[ROLES.index("hero")]
    assert roles[ROLES.index("traitor")] > 64

    active = np.flatnonzero(found.role != ROLES.index("silent"))
    excess = (found.attribute_information - found.label_information)[active]
    traitors_first = active[np.argsort(-excess)]
    without = Ablation(
        SplitModel(network.model, LAYER), {"hard": first_samples(network.data.hard, 1000)}, network.hardware
    )
    counts = np.linspace(0, len(active), 13).round().astype(int).tolist()

    def area(order: np.ndarray) -> float:
        return float(without.ablate_in_order(order.tolist(), counts)["hard"].mean())

    random = [area(active[order]) for order in random_orders(len(active), 0)]
    assert area(traitors_first) > max(random)
    assert area(traitors_first[::-1]) < max(random)
