"""Our attacks beside foolbox's: the same share fooled at the same budget, and distances that are no larger."""

from __future__ import annotations

import math
import os
from typing import Any

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # foolbox imports a library that asks for git, which no test needs

import foolbox
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lazytui.attacks import attack_named
from lazytui.attacks.problem import Problem, largest_change, length
from lazytui.data.params import DatasetParams
from lazytui.data.resident import to_float
from lazytui.data.splits import build
from lazytui.models.checkpoints import load_model
from lazytui.runs.workspace import shipped_run

SOURCES = 40


@pytest.fixture(scope="module")
def network() -> nn.Module:
    return load_model(shipped_run("lazy-strokes").path, name="gap-cnn").eval().requires_grad_(False)


@pytest.fixture(scope="module")
def problem(network: nn.Module) -> Problem:
    """Sources of all classes that the lazy network gets right, each to be seen as the next digit."""
    split = build(DatasetParams(source="strokes", train_size=1000, test_size=300)).validation
    images, labels = to_float(torch.from_numpy(split.images.copy())), torch.from_numpy(split.digits).long()
    right = network(images).argmax(1) == labels
    images, labels = images[right][:SOURCES], labels[right][:SOURCES]
    epsilon = torch.full((len(labels),), 0.2)
    return Problem(network, images, labels, (labels + 1) % 10, epsilon, torch.Generator().manual_seed(0))


def theirs(attack: Any, problem: Problem, epsilon: float | None) -> tuple[Tensor, Tensor]:
    """Foolbox's images, and whether they fool; not rounded, as foolbox leaves them."""
    model = foolbox.PyTorchModel(problem.model, bounds=(0, 1), device="cpu")
    assert problem.targets is not None
    criterion = foolbox.criteria.TargetedMisclassification(problem.targets)
    torch.manual_seed(0)  # foolbox draws from the global generator
    _, made, fooled = attack(model, problem.images.contiguous(), criterion, epsilons=epsilon)
    return made, fooled


@pytest.mark.parametrize("epsilon", [0.15, 0.3])
@pytest.mark.parametrize(
    ("name", "peer"),
    [
        ("pgd", foolbox.attacks.LinfProjectedGradientDescentAttack(rel_stepsize=2.5 / 40, steps=40)),
        ("mi-fgsm", foolbox.attacks.LinfBasicIterativeAttack(rel_stepsize=1 / 40, steps=40, random_start=False)),
    ],
)
def test_as_many_are_fooled_at_the_same_budget(name: str, peer: Any, epsilon: float, problem: Problem) -> None:
    """Within two standard errors of the difference of two shares; momentum may only help."""
    asked = problem.with_budget(torch.full_like(problem.epsilon, epsilon))
    ours = float(asked.fools(attack_named(name)(asked)).float().mean())
    share = float(theirs(peer, problem, epsilon)[1].float().mean())
    spread = math.sqrt(max(share * (1 - share), 0.02) * 2 / len(problem.images))
    assert ours >= share - 2 * spread
    if name == "pgd":
        assert ours <= share + 2 * spread


@pytest.mark.parametrize(
    ("name", "options", "peer"),
    [
        ("ddn", {"steps": 150}, foolbox.attacks.DDNAttack(steps=150, gamma=0.05)),
        (
            "cw",
            {"steps": 60, "searches": 4},
            foolbox.attacks.L2CarliniWagnerAttack(binary_search_steps=4, steps=60, stepsize=0.05, initial_const=1),
        ),
    ],
)
def test_smallest_found_are_no_larger(name: str, options: dict[str, float], peer: Any, problem: Problem) -> None:
    """Medians over the sources, with those that were never fooled at infinity; ours are in whole levels besides."""
    part = problem.part(torch.arange(12)).with_budget(torch.full((12,), 40.0))
    found = []
    for made, fooled in ((attack_named(name)(part, **options), None), theirs(peer, part, None)):
        there = part.fools(made) if fooled is None else fooled
        found.append(torch.where(there, length(made - part.images), torch.inf).median().item())
    assert np.isfinite(found[0]) and found[0] <= 1.02 * found[1], found


def test_the_smallest_largest_change_is_no_larger(problem: Problem) -> None:
    part = problem.part(torch.arange(20)).with_budget(torch.ones(20))
    made = attack_named("fmn")(part, steps=100)
    others, fooled = theirs(foolbox.attacks.LInfFMNAttack(steps=100), part, None)
    sizes = [
        torch.where(there, largest_change(images - part.images), torch.inf).median().item()
        for images, there in ((made, part.fools(made)), (others, fooled))
    ]
    assert np.isfinite(sizes[0]) and sizes[0] <= sizes[1] + 1 / 255, sizes
