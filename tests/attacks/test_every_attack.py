"""What holds of every attack, whatever it is asked."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from lazytui.attacks import ATTACKS
from lazytui.attacks.levels import floor_to_levels
from lazytui.attacks.problem import Problem, l2_norm
from lazytui.data.device_split import to_float
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.errors import BadInput
from lazytui.models.build import build_model
from lazytui.models.weights_loading import load_model
from lazytui.runs.workspace import shipped_run
from lazytui.system.hardware import Hardware
from tests.attacks.networks import Linear, gray_images, plane, towards_one

FAST = {"steps": 7, "queries": 40}
"""Few steps: what holds has to hold of unfinished attacks too."""


ALL_WAYS = [name for name, entry in ATTACKS.items() if entry.needs_gradient and name != "recolor"]
"""Attacks that see the gradient and may go anywhere."""


def options(name: str) -> dict[str, int]:
    return {option: FAST.get(option, default) for option, default in ATTACKS[name].defaults.items()}


@pytest.fixture(scope="module")
def network() -> nn.Module:
    return build_model("lazy-cnn", seed=0).eval()


def problem(network: nn.Module, images: Tensor, epsilon: Tensor, *, targeted: bool, seed: int = 0) -> Problem:
    labels = torch.arange(len(images)) % 10
    targets = (labels + 3) % 10 if targeted else None
    random = torch.Generator().manual_seed(seed)
    return Problem(network, images, labels, targets, epsilon, random, mean_images=gray_images(len(images)))


@pytest.mark.parametrize("name", ATTACKS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_budget_and_range_are_kept_to_the_last_bit(name: str, data: st.DataObject, network: nn.Module) -> None:
    """Each image keeps its own budget; black and white values, which many leave where they are, among them."""
    count = data.draw(st.integers(1, 4))
    norm = ATTACKS[name].norm
    budgets = data.draw(st.lists(st.floats(0, 1 if norm == "linf" else 6, width=32), min_size=count, max_size=count))
    levels = torch.randint(
        0, 256, (count, 3, 28, 28), generator=torch.Generator().manual_seed(data.draw(st.integers(0, 9)))
    )
    images = torch.where(levels < 60, 0, torch.where(levels > 200, 255, levels)) / 255
    epsilon = torch.tensor(budgets)
    made = ATTACKS[name].perturb(problem(network, images, epsilon, targeted=data.draw(st.booleans())), **options(name))
    assert made.shape == images.shape and made.dtype == torch.float32
    assert torch.equal(made, (made * 255).round() / 255) and made.min() >= 0 and made.max() <= 1
    if norm == "linf":
        changed = ((made - images) * 255).round().abs().flatten(1).amax(1)
        assert (changed <= (floor_to_levels(epsilon) * 255).round()).all()
    else:
        assert (l2_norm(made - images) <= epsilon * (1 + 1e-5) + 1e-6).all()


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_has_the_options_that_its_entry_names(name: str) -> None:
    """With the same defaults, so that a script and a run do the same."""
    arguments = inspect.signature(ATTACKS[name].perturb).parameters
    assert {option: arguments[option].default for option in ATTACKS[name].defaults} == ATTACKS[name].defaults


@pytest.mark.parametrize("name", ATTACKS)
def test_the_same_seed_makes_the_same_images(name: str, network: nn.Module) -> None:
    state = torch.get_rng_state()
    epsilon = torch.full((4,), 0.1 if ATTACKS[name].norm == "linf" else 2.0)
    made = [
        ATTACKS[name].perturb(problem(network, gray_images(4), epsilon, targeted=True, seed=seed), **options(name))
        for seed in (0, 0)
    ]
    assert torch.equal(made[0], made[1])
    assert torch.equal(torch.get_rng_state(), state), "no global randomness is touched"
    assert all(parameter.grad is None for parameter in network.parameters())


@pytest.mark.parametrize("name", ALL_WAYS)
@pytest.mark.parametrize("targeted", [True, False])
def test_a_plane_within_reach_is_crossed_and_one_beyond_is_not(name: str, targeted: bool) -> None:
    """The distance to a plane is known: w x + b over |w|_1 or |w|_2."""
    images = gray_images()
    model = plane(images, 0.05)
    margin = -model(images)[:, 1]
    norm = ATTACKS[name].norm
    exact = margin / (model.weight.abs().sum() if norm == "linf" else model.weight.norm())
    for share, fooled in ((1.35, True), (0.95, False)):
        asked = towards_one(model, images, share * exact + (2 / 255 if fooled and norm == "linf" else 0))
        asked = asked if targeted else replace(asked, targets=None)
        made = ATTACKS[name].perturb(asked, **ATTACKS[name].defaults)
        assert asked.is_fooled(made).tolist() == [fooled] * len(images)


@pytest.mark.parametrize("name", ALL_WAYS)
def test_black_and_white_values_move(name: str) -> None:
    """A change of variables by atanh, say, freezes them."""
    images = (gray_images() > 0.5).float()
    model = plane(images, 0.03)
    epsilon = 0.2 if ATTACKS[name].norm == "linf" else 6.0
    asked = towards_one(model, images, epsilon)
    made = ATTACKS[name].perturb(asked, **ATTACKS[name].defaults)
    assert asked.is_fooled(made).all()
    assert ((made != images).flatten(1).float().mean(1) > 0.05).all()


def test_recoloring_crosses_a_plane_of_color_and_adds_one_color_everywhere() -> None:
    images = gray_images()
    red = torch.zeros(3, 28, 28)
    red[0] = 1.0
    model = Linear(red.flatten(), 0.0)
    model.bias = float(-(images.flatten(1) * model.weight).sum(1).max() - 0.05 * 784)
    asked = towards_one(model, images, 0.1)
    made = ATTACKS["recolor"].perturb(asked, steps=40)
    assert asked.is_fooled(made).all()
    changed = ((made - images) * 255).round()
    assert (changed.flatten(2).amax(2) == changed.flatten(2).amin(2)).all() and (changed[:, 1:] == 0).all()


@pytest.mark.parametrize(
    "name", [name for name, entry in ATTACKS.items() if not entry.needs_gradient and not entry.needs_target]
)
def test_asking_alone_finds_a_broad_way(name: str) -> None:
    """All values count the same: whoever keeps what helps gets there. And no gradient is ever taken."""

    class NoGradient(torch.nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            assert not images.requires_grad and not torch.is_grad_enabled()
            margin = images.flatten(1).mean(1) - 0.506
            return torch.stack([torch.zeros_like(margin), margin], 1)

    asked = towards_one(NoGradient(), gray_images(), 0.1 if ATTACKS[name].norm == "linf" else 8.0)
    assert not asked.is_fooled(asked.images).any()
    assert asked.is_fooled(ATTACKS[name].perturb(asked, **ATTACKS[name].defaults)).all()


@pytest.mark.parametrize("queries", [2, 5, 21, 300])
@pytest.mark.parametrize("name", ["square", "simba", "nes"])
def test_no_image_is_asked_about_more_often_than_allowed(name: str, queries: int) -> None:
    """Never reached, so that all queries are spent: every one counts that the network is shown, and few are wasted."""
    looks = 0

    def never(images: Tensor) -> Tensor:
        nonlocal looks
        looks += len(images)
        height = images.flatten(1).mean(1)
        return torch.stack([torch.ones_like(height) + 100, height], 1)

    ATTACKS[name].perturb(towards_one(never, gray_images(3), 0.1), queries=queries)  # type: ignore[arg-type]
    assert 0.9 * queries < looks / 3 <= queries


def test_one_perturbation_serves_all() -> None:
    images = gray_images()
    asked = towards_one(plane(images, 0.03), images, 0.1)
    made = ATTACKS["universal"].perturb(asked, steps=40)
    assert asked.is_fooled(made).all()
    changed = ((made - images) * 255).round()
    assert (changed == changed[:1]).all(), "no value meets the end of the range here"


def test_the_mean_image_is_approached_as_far_as_the_budget_goes() -> None:
    images, means = torch.full((2, 3, 28, 28), 51 / 255), torch.full((2, 3, 28, 28), 153 / 255)
    means[:, 1] = 51 / 255
    asked = replace(towards_one(plane(images, 0.05), images, torch.tensor([10 / 255, 1.0])), mean_images=means)
    made = (ATTACKS["mean-image"].perturb(asked) * 255).round()
    assert (made[0, 0] == 61).all() and (made[0, 1] == 51).all(), "a tenth of the way, where there is one"
    assert (made[1, 0] == 153).all(), "never beyond the mean"
    with pytest.raises(BadInput, match="towards a target"):
        ATTACKS["mean-image"].perturb(replace(asked, mean_images=None))


@pytest.mark.parametrize("name", ["pgd", "ddn", "apgd-ce"])
def test_gradients_in_half_the_digits_lead_as_far(name: str) -> None:
    """Steps are taken along gradients in bfloat16; what they reach is asked in float32, and hardly differs."""
    network = load_model(shipped_run("cured-strokes").path, name="gap-cnn").eval().requires_grad_(False)
    split = build_dataset(DatasetParams(source="strokes", train_size=1000, test_size=300)).validation
    images, labels = to_float(torch.from_numpy(split.images[:40].copy())), torch.from_numpy(split.labels[:40]).long()
    epsilon = torch.full((40,), 0.11 if ATTACKS[name].norm == "linf" else 3.0)
    exact = Problem(network, images, labels, (labels + 1) % 10, epsilon, torch.Generator())
    rough = replace(exact, arithmetic=Hardware(torch.device("cpu"), "bf16").autocast)
    settings = {"steps": 15}
    fooled = [
        float(exact.is_fooled(ATTACKS[name].perturb(asked, **settings)).float().mean()) for asked in (exact, rough)
    ]
    assert 0.1 < fooled[0] < 0.9 and abs(fooled[0] - fooled[1]) <= 0.1
