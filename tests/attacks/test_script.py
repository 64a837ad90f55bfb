"""An attack in a plain script, without a run folder."""

from __future__ import annotations

import torch

from lazytui.attacks.algorithms.pgd import pgd
from lazytui.attacks.problem import Problem
from lazytui.models.weights_loading import load_model
from lazytui.runs.workspace import shipped_run
from tests.attacks.networks import gray_images


def test_five_lines_attack_a_network() -> None:
    network = load_model(shipped_run("lazy-strokes").path)
    images, epsilon = gray_images(4), torch.full((4,), 0.3)
    labels = network(images).argmax(1)
    problem = Problem(network, images, labels, targets=None, epsilon=epsilon, generator=torch.Generator())
    assert problem.is_fooled(pgd(problem, steps=20)).all()
