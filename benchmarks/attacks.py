"""Attacks: PGD against foolbox and torchattacks (where it is installed), and smallest budgets against a sweep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

import foolbox
import torch
from torch import Tensor, nn

from benchmarks.ratio import Ratio, in_turn
from lazytui.attacks.algorithms.pgd import pgd
from lazytui.attacks.levels import floor_to_levels, round_to_levels
from lazytui.attacks.minimal_budgets import smallest_budgets
from lazytui.attacks.problem import Problem, per_image
from lazytui.attacks.projection import project_linf, random_start_linf
from lazytui.data.device_split import to_float
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.models.weights_loading import load_model
from lazytui.runs.workspace import shipped_run
from lazytui.system.hardware import choose_hardware, configure_torch

COUNT = 256
STEPS = 40
LARGEST = 0.5
SWEEP = 15


def measure() -> list[Ratio]:
    """On the shipped lazy network, at a budget at which about half of the sources are fooled, and at a small one."""
    configure_torch()
    model = load_model(shipped_run("lazy-strokes").path, name="gap-cnn").eval().requires_grad_(False)
    rows = []
    for epsilon in (0.05, 0.2):
        problem = _problem(model, COUNT, epsilon)
        for name, peer in _peers(problem, epsilon).items():
            title = f"PGD-{STEPS} on {COUNT} images at {epsilon:g}, against {name}"
            rows.append(in_turn(title, lambda p=problem: pgd(p, steps=STEPS), peer, asked=2, repeats=3))  # type: ignore[misc]
    hundred = _problem(model, 100, 0.0)
    bisection = partial(smallest_budgets, partial(pgd, steps=STEPS), hundred, LARGEST / SWEEP, SWEEP)
    title = f"smallest budgets of 100 images as fine as a sweep of {SWEEP}, against that"
    return [*rows, in_turn(title, bisection, lambda: _sweep(hundred), asked=3, repeats=3)]


def _problem(model: nn.Module, count: int, epsilon: float) -> Problem:
    """Sources that the network gets right, each to be seen as the next digit."""
    split = build_dataset(DatasetParams(source="strokes", train_size=5000, test_size=300)).validation
    images, labels = to_float(torch.from_numpy(split.images.copy())), torch.from_numpy(split.labels).long()
    right = model(images).argmax(1) == labels
    images, labels = images[right][:count], labels[right][:count]
    budgets = torch.full((len(labels),), epsilon)
    quick = choose_hardware("cpu", "auto")
    random = torch.Generator().manual_seed(0)
    return Problem(model, images, labels, (labels + 1) % 10, budgets, random, arithmetic=quick.autocast)


def _peers(problem: Problem, epsilon: float) -> dict[str, Callable[[], object]]:
    assert problem.targets is not None and isinstance(problem.model, nn.Module)
    theirs = foolbox.attacks.LinfProjectedGradientDescentAttack(rel_stepsize=2.5 / STEPS, steps=STEPS)
    wrapped = foolbox.PyTorchModel(problem.model, bounds=(0, 1), device="cpu")
    criterion = foolbox.criteria.TargetedMisclassification(problem.targets)
    peers: dict[str, Callable[[], object]] = {
        "foolbox": lambda: theirs(wrapped, problem.images.contiguous(), criterion, epsilons=epsilon)
    }
    if find_spec("torchattacks"):
        import torchattacks

        attack = torchattacks.PGD(problem.model, eps=epsilon, alpha=2.5 * epsilon / STEPS, steps=STEPS)
        attack.set_mode_targeted_by_label(quiet=True)
        peers["torchattacks"] = lambda: attack(problem.images.contiguous(), problem.targets)
    else:
        print("torchattacks isn't installed: no row for it")
    return peers


def _sweep(problem: Problem) -> Tensor:
    """What is usually done: PGD on every image at each of the budgets."""
    smallest = torch.full_like(problem.epsilon, torch.inf)
    for step in range(SWEEP, 0, -1):
        epsilon = LARGEST * step / SWEEP
        asked = problem.with_budget(torch.full_like(problem.epsilon, epsilon))
        smallest[asked.is_fooled(_whole(asked))] = epsilon
    return smallest


def _whole(problem: Problem) -> Tensor:
    """PGD that takes all of its steps with all images, as sweeps do."""
    images = random_start_linf(problem)
    for _ in range(STEPS):
        gradient, _logits = problem.gradient(images)
        images = project_linf(
            images + 2.5 / STEPS * per_image(floor_to_levels(problem.epsilon)) * gradient.sign(), problem
        )
    return round_to_levels(images)
