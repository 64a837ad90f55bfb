"""The local learning coefficient where it is known, and of a network whose chains are run one by one as well."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lazytui.data.resident import Resident
from lazytui.interpret.complexity.llc import (
    Grid,
    closed_form,
    coefficients,
    full_loss,
    inverse_temperature,
    local_learning_coefficient,
)
from lazytui.interpret.complexity.sgld import Chains, Loss, sample
from tests.interpret.neurons.networks import CPU, InPlace, tiny_data

N_BETA = inverse_temperature(1000)


def estimates(loss: Loss, dimensions: int, n_beta: float, eps: float, gamma: float, steps: int, chains: int) -> Tensor:
    """One estimate a chain, around 0, where the loss is 0."""
    settings = Chains(torch.full((chains,), eps), torch.full((chains,), gamma), n_beta)
    random = torch.Generator().manual_seed(0)
    trace = sample(loss, {"w": torch.zeros(dimensions)}, settings, steps, lambda _: torch.zeros(chains), random)
    return torch.from_numpy(coefficients(trace.T.numpy(), 0.0, n_beta))


@pytest.mark.parametrize(
    ("eps", "gamma", "known"), [(7.5e-4, 0.0, 10.28), (3e-3, 0.0, 11.22), (7.5e-4, 26.5, 8.73)], ids=str
)
def test_a_quadratic_of_twenty_dimensions_has_its_closed_form(eps: float, gamma: float, known: float) -> None:
    """n = 1000. Without a spring and with small steps it is d / 2 = 10; larger steps add to it, a spring takes off."""
    assert closed_form(20, N_BETA, eps, gamma) == pytest.approx(known, abs=0.005)
    found = estimates(lambda p, _: p["w"].square().sum() / 2, 20, N_BETA, eps, gamma, steps=400, chains=400)
    assert float(found.mean()) == pytest.approx(known, abs=4 * float(found.std()) / 20)
    assert float(found.std()) / 20 < 0.01 * known


def test_a_degenerate_minimum_has_a_quarter() -> None:
    """K = (w1^2 w2)^2 has the coefficient 1/4, where a regular minimum in two dimensions has 1."""
    found = estimates(
        lambda p, _: (p["w"][0].square() * p["w"][1]).square(),
        dimensions=2,
        n_beta=inverse_temperature(10**6),
        eps=3e-4,
        gamma=1.0,
        steps=2500,
        chains=600,
    )
    assert float(found.mean()) == pytest.approx(0.25, abs=0.02)
    assert float(found.std()) / math.sqrt(600) < 0.006


def test_a_step_is_the_one_that_is_defined() -> None:
    """Each chain with its own step size, spring and batch; written out by hand with the same noise."""
    eps, gamma, scale = torch.tensor([1e-4, 1e-3]), torch.tensor([0.0, 5.0]), torch.tensor([1.0, 2.0])
    center = {"w": torch.ones(3)}
    found = sample(
        lambda p, batch: batch * p["w"].square().sum(),
        center,
        Chains(eps, gamma, N_BETA),
        3,
        lambda _: scale,
        torch.Generator().manual_seed(0),
    )
    noise = torch.Generator().manual_seed(0)
    w = torch.ones(2, 3)
    for losses in found:
        assert losses.tolist() == pytest.approx((scale * w.square().sum(1)).tolist(), rel=1e-5)
        pull = N_BETA * 2 * scale[:, None] * w + gamma[:, None] * (w - 1)
        w = w - eps[:, None] / 2 * pull + eps[:, None].sqrt() * torch.randn(2, 3, generator=noise)
    assert torch.equal(center["w"], torch.ones(3))


@pytest.fixture(scope="module")
def train() -> Resident:
    return Resident(tiny_data().train, torch.device("cpu"))


def test_a_networks_chains_rise_from_the_loss_at_its_weights(train: Resident) -> None:
    network = InPlace().train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    grid = Grid(eps=[1e-6, 1e-5], gamma=[1.0, 100.0], chains=2, steps=12, batch=8, seed=0)
    found = local_learning_coefficient(network, train, grid, CPU)
    assert found.traces.shape == (2, 2, 2, 12) and found.coefficient.shape == (2, 2, 2)
    np.testing.assert_allclose(found.traces[..., 0], found.loss, rtol=1e-5)
    assert found.n_beta == pytest.approx(len(train) / math.log(len(train)))
    again = local_learning_coefficient(network, train, grid, CPU)
    assert np.array_equal(found.traces, again.traces)
    assert all(module.training for module in network.modules())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())


def test_the_loss_at_the_weights_is_that_of_all_images(train: Resident) -> None:
    network: nn.Module = InPlace().eval()
    batch = train.batch(torch.arange(len(train)))
    with torch.inference_mode():
        expected = float(cross_entropy(network(batch.images), batch.digits))
    assert full_loss(network, train) == pytest.approx(expected, rel=1e-5)
