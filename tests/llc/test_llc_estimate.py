"""The local learning coefficient where it is known, and of a network whose chains are run one by one as well."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import DeviceSplit
from lazytui.llc.chain_convergence import drifts, effective_samples, split_r_hat
from lazytui.llc.local_learning_coefficient import (
    SamplingSettings,
    Slope,
    closed_form_estimate,
    coefficients,
    full_gradient,
    full_loss,
    gradient_norm,
    inverse_temperature,
    local_learning_coefficient,
)
from lazytui.llc.sgld import Chains, Loss, sample_chains
from tests.neurons.networks import CPU, InPlace, tiny_data

N_BETA = inverse_temperature(1000)

Doubles = NDArray[np.float64]


def estimates(loss: Loss, dimensions: int, n_beta: float, eps: float, gamma: float, steps: int, chains: int) -> Tensor:
    """One estimate a chain, around 0, where the loss is 0."""
    settings = Chains(torch.full((chains,), eps), torch.full((chains,), gamma), n_beta)
    random = torch.Generator().manual_seed(0)
    trace = sample_chains(loss, {"w": torch.zeros(dimensions)}, settings, steps, lambda _: torch.zeros(chains), random)
    return torch.from_numpy(coefficients(trace.T.numpy(), n_beta))


@pytest.mark.parametrize(
    ("eps", "gamma", "expected"), [(7.5e-4, 0.0, 10.28), (3e-3, 0.0, 11.22), (7.5e-4, 26.5, 8.73)], ids=str
)
def test_a_quadratic_of_twenty_dimensions_has_its_closed_form(eps: float, gamma: float, expected: float) -> None:
    """n = 1000. Without a spring and with small steps it is d / 2 = 10; larger steps add to it, a spring takes off."""
    assert closed_form_estimate(20, N_BETA, eps, gamma) == pytest.approx(expected, abs=0.005)
    found = estimates(lambda p, _: p["w"].square().sum() / 2, 20, N_BETA, eps, gamma, steps=400, chains=400)
    assert float(found.mean()) == pytest.approx(expected, abs=4 * float(found.std()) / 20)
    assert float(found.std()) / 20 < 0.01 * expected


def test_a_degenerate_minimum_has_a_quarter() -> None:
    """K = (w1^2 w2)^2 has the coefficient 1/4, where a regular minimum in two dimensions has 1."""
    found = estimates(
        lambda p, _: (p["w"][0].square() * p["w"][1]).square(),
        dimensions=2,
        n_beta=inverse_temperature(10**6),
        eps=3e-4,
        gamma=1.0,
        steps=1250,
        chains=800,
    )
    assert float(found.mean()) == pytest.approx(0.25, abs=0.02)
    assert float(found.std()) / math.sqrt(800) < 0.006


@pytest.mark.parametrize("slope", [None, 0.5])
def test_a_step_is_the_one_that_is_defined(slope: float | None) -> None:
    """Each chain with its own step size, spring and batch; written out by hand with the same noise.

    A batch's own slope at the center is taken off, and the known one put in its place where there is one.
    """
    eps, gamma, scale = torch.tensor([1e-4, 1e-3]), torch.tensor([0.0, 5.0]), torch.tensor([1.0, 2.0])
    center = {"w": torch.ones(3)}
    expected_slope = slope or 0.0
    found = sample_chains(
        lambda p, batch: batch * p["w"].square().sum(),
        center,
        Chains(eps, gamma, N_BETA),
        3,
        lambda _: scale,
        torch.Generator().manual_seed(0),
        gradient=None if slope is None else {"w": torch.full((3,), slope)},
    )
    noise = torch.Generator().manual_seed(0)
    w = torch.ones(2, 3)
    for losses in found:
        excess = scale * (w.square().sum(1) - 3) - ((2 * scale[:, None] - expected_slope) * (w - 1)).sum(1)
        assert losses.tolist() == pytest.approx(excess.tolist(), rel=1e-3, abs=1e-6)
        pull = N_BETA * (2 * scale[:, None] * (w - 1) + expected_slope) + gamma[:, None] * (w - 1)
        w = w - eps[:, None] / 2 * pull + eps[:, None].sqrt() * torch.randn(2, 3, generator=noise)
    assert torch.equal(center["w"], torch.ones(3))


@pytest.fixture(scope="module")
def train() -> DeviceSplit:
    return DeviceSplit(tiny_data().train, torch.device("cpu"))


def test_a_networks_chains_rise_from_its_weights(train: DeviceSplit) -> None:
    network = InPlace().train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    sampling = SamplingSettings(eps=[1e-6, 1e-6, 1e-5], gamma=[1.0, 100.0, 100.0], steps=12, batch=8, seed=0)
    found = local_learning_coefficient(network, train, sampling, CPU)
    assert found.excess.shape == (3, 12) and found.coefficient.shape == (3,)
    assert np.abs(found.excess[:, 0]).max() < 1e-6, "chains are computed side by side: the last bit may differ"
    assert (found.excess[:, 1:] != 0).sum(axis=1).min() > 6, "steps this small rarely round to no change at all"
    assert found.n_beta == pytest.approx(len(train) / math.log(len(train)))
    again = local_learning_coefficient(network, train, sampling, CPU)
    assert np.array_equal(found.excess, again.excess)
    assert all(module.training for module in network.modules())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())


class TwoHeads(nn.Module):
    """One of them isn't looked at, as a box's beside a class's."""

    def __init__(self) -> None:
        super().__init__()
        self.classes, self.box = InPlace(), nn.Linear(2, 2)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.classes(images)
        return logits


class Alone(TwoHeads):
    """It can't be run on several chains at once, as a network with recurrent layers can't."""

    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images + 0 * float(images[0, 0, 0, 0]))


def test_a_network_that_cannot_be_run_on_several_chains_at_once_is_run_on_one_after_the_other(
    train: DeviceSplit,
) -> None:
    sampling = SamplingSettings(eps=[1e-6, 1e-5], gamma=[100.0, 100.0], steps=4, batch=8, seed=0)
    at_once, alone = TwoHeads(), Alone()
    alone.load_state_dict(at_once.state_dict())
    notes: list[str] = []
    found = local_learning_coefficient(alone, train, sampling, CPU, note=notes.append)
    expected = local_learning_coefficient(at_once, train, sampling, CPU)
    np.testing.assert_allclose(found.excess, expected.excess, rtol=1e-3, atol=1e-6)
    assert len(notes) == 1 and "one by one" in notes[0]


class Logistic(nn.Module):
    """A linear network on the images' mean colors: convex, so that its loss has one minimum."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(3, 10)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(images.mean((2, 3)))
        return logits


def textbook(features: Doubles, digits: NDArray[np.int64], eps: float, gamma: float, slope: Slope) -> Doubles:
    """(24,), a chain each: Lau et al. 2023, algorithm 1, of a logistic regression around weights of 0, by hand.

    In float64, every gradient and loss over all images, no control variate. slope: the loss itself, or less its tangent
    plane at the center. features: (n, 3).
    """
    random = np.random.default_rng(7)
    n = len(digits)
    n_beta = n / np.log(n)
    inputs, wanted = np.c_[features, np.ones(n)], np.eye(10)[digits]
    w = np.zeros((24, 10, 4))

    def loss_and_gradient() -> tuple[Doubles, Doubles]:
        logits = inputs @ w.transpose(0, 2, 1)
        shares = np.exp(logits - logits.max(2, keepdims=True))
        shares /= shares.sum(2, keepdims=True)
        return -np.log((shares * wanted).sum(2)).mean(1), (shares - wanted).transpose(0, 2, 1) @ inputs / n

    at_center, plane = loss_and_gradient()
    if slope == "kept":
        plane = np.zeros_like(plane)
    above = []
    for _ in range(150):
        losses, gradients = loss_and_gradient()
        above.append(losses - at_center - (plane * w).sum((1, 2)))
        w -= eps / 2 * (n_beta * (gradients - plane) + gamma * w)
        w += np.sqrt(eps) * random.normal(size=w.shape)
    return np.asarray(n_beta * np.mean(above[75:], axis=0))


@pytest.mark.parametrize("slope", ["removed", "kept"])
def test_batches_give_what_all_images_give(slope: Slope, train: DeviceSplit) -> None:
    """Beside a textbook's chains that see all images at every step: the same value within its error, from batches of 8.

    The network is at no minimum, so with its slope kept the estimate is far below 0, and it is the same far below.
    """
    network = Logistic()
    batch = train.batch(torch.arange(len(train)))
    eps, gamma = 0.02, 2.0
    theirs = textbook(batch.images.double().mean((2, 3)).numpy(), batch.labels.numpy(), eps, gamma, slope)
    sampling = SamplingSettings([eps] * 24, [gamma] * 24, steps=150, batch=8, seed=0, slope=slope)
    ours = local_learning_coefficient(network, train, sampling, CPU).coefficient
    error = math.sqrt((theirs.var(ddof=1) + ours.var(ddof=1)) / 24)
    assert abs(theirs.mean() - ours.mean()) < 4 * error, (theirs.mean(), ours.mean(), error)
    assert error < 0.15 * abs(ours.mean())
    assert (ours.mean() > 0.3) if slope == "removed" else (ours.mean() < 0)


def test_the_loss_at_the_weights_is_that_of_all_images(train: DeviceSplit) -> None:
    network: nn.Module = InPlace().eval()
    batch = train.batch(torch.arange(len(train)))
    with torch.inference_mode():
        expected = float(cross_entropy(network(batch.images), batch.labels))
    assert full_loss(network, train) == pytest.approx(expected, rel=1e-5)


def test_the_slope_is_that_of_all_images_and_its_length_is_estimated_without_bias(train: DeviceSplit) -> None:
    torch.manual_seed(1)  # of weights whose gradient is long: where it is short, its length is less sure
    network = InPlace().eval()
    batch = train.batch(torch.arange(len(train)))
    expected = torch.autograd.grad(cross_entropy(network(batch.images), batch.labels), list(network.parameters()))
    found = full_gradient(network, train)
    for name, gradient in zip(found, expected, strict=True):
        torch.testing.assert_close(found[name], gradient, rtol=1e-4, atol=1e-6)
    length = math.sqrt(sum(float(gradient.square().sum()) for gradient in expected))
    assert gradient_norm(network, train) == pytest.approx(length, rel=0.25)


def test_chains_that_agree_and_chains_that_do_not() -> None:
    """Independent draws; draws with a known autocorrelation; a chain elsewhere; chains that climb."""
    random = np.random.default_rng(0)
    draws = random.normal(size=(8, 400))
    assert split_r_hat(draws) == pytest.approx(1, abs=0.02)
    assert effective_samples(draws) == pytest.approx(8 * 400, rel=0.15)
    slow = np.zeros((8, 2000))
    for step in range(1, 2000):
        slow[:, step] = 0.9 * slow[:, step - 1] + random.normal(size=8)
    assert effective_samples(slow) == pytest.approx(8 * 2000 * 0.1 / 1.9, rel=0.3), "(1 - r) / (1 + r) of all"
    apart = draws + np.where(np.arange(8) == 0, 5, 0)[:, None]
    assert split_r_hat(apart) > 1.2 and effective_samples(apart) < 100
    climbing = draws + np.linspace(0, 2, 400)
    assert drifts(climbing).mean() == pytest.approx(1, abs=0.1) and abs(drifts(draws).mean()) < 0.1
    assert np.isnan(split_r_hat(np.ones((4, 10)))) and np.isnan(effective_samples(np.ones((4, 10))))
