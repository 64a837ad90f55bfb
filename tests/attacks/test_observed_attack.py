"""An observed attack: each step is reported once, as the network saw it, and the attack's result is unchanged."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from lazytui.attacks import ATTACKS
from lazytui.attacks.observed_attack import ObservedModel
from lazytui.attacks.problem import Problem
from tests.attacks.networks import Linear, gray_images, plane, towards_one

FAR = 0.02
"""The budget that the plane lies at."""
STEPS = 6
REPORTS = {"fgsm": 1, "pgd": STEPS, "mi-fgsm": STEPS, "pgd-l2": STEPS, "apgd-ce": STEPS + 1, "ddn": STEPS}


class Seen:
    """What was reported, step by step."""

    def __init__(self) -> None:
        self.images: list[Tensor] = []
        self.logits: list[Tensor] = []

    def step(self, images: Tensor, logits: Tensor) -> None:
        self.images.append(images)
        self.logits.append(logits)


def watched(problem: Problem) -> tuple[Problem, Seen]:
    observer = Seen()
    return replace(problem, model=ObservedModel(problem.model, observer.step)), observer


def hopeless(seed: int = 0) -> Problem:
    """Half of what it takes."""
    images = gray_images(1)
    return replace(towards_one(plane(images, FAR), images, FAR / 2, seed), mean_images=1 - images)


@pytest.mark.parametrize("name", ATTACKS)
def test_it_makes_what_it_makes_unwatched(name: str) -> None:
    options = {option: STEPS for option in ATTACKS[name].defaults if option != "restarts"}
    alone = ATTACKS[name].perturb(hopeless(), **options)
    problem, observer = watched(hopeless())
    assert torch.equal(ATTACKS[name].perturb(problem, **options), alone)
    assert bool(observer.images) is ATTACKS[name].needs_gradient, "attacks that only ask have no steps"
    for images, logits in zip(observer.images, observer.logits, strict=True):
        assert not images.requires_grad and not logits.requires_grad
        assert torch.equal(logits, problem.model.model(images))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", REPORTS)
def test_each_step_is_reported_once(name: str) -> None:
    options = {"steps": STEPS} if "steps" in ATTACKS[name].defaults else {}
    problem, observer = watched(hopeless())
    ATTACKS[name].perturb(problem, **options)
    assert len(observer.images) == REPORTS[name]


def test_the_steps_lead_from_the_image_to_what_is_returned() -> None:
    """MI-FGSM begins at the image and keeps its last: on a plane its goal rises by the same with every step."""
    problem, observer = watched(hopeless())
    made = ATTACKS["mi-fgsm"].perturb(problem, steps=STEPS)
    assert torch.equal(observer.images[0], problem.images)
    goals = torch.cat(
        [*(problem.objective(logits) for logits in observer.logits), problem.objective(problem.model(made))]
    ).double()
    rises = goals.diff()
    assert (rises > 0).all() and torch.allclose(rises, rises.mean().expand(STEPS), rtol=0.1)


def test_a_climb_that_gets_there_is_not_reported_further() -> None:
    images = gray_images(1)
    problem, observer = watched(towards_one(plane(images, FAR), images, 3 * FAR))
    ATTACKS["mi-fgsm"].perturb(problem, steps=30)
    assert len(observer.logits) < 31
    assert [int(logits.argmax()) for logits in observer.logits[:-1]] == [0] * (len(observer.logits) - 1)
    assert int(observer.logits[-1].argmax()) == 1


def test_a_network_without_gradient_has_no_steps() -> None:
    class Blind(nn.Module):
        def __init__(self, inner: Linear) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, images: Tensor) -> Tensor:
            return self.inner(images).detach()

    images = gray_images(1)
    problem, observer = watched(towards_one(Blind(plane(images, FAR)), images, FAR))
    problem.model(images.requires_grad_())
    assert not observer.images
