"""How neurons relate, beside scikit-learn and cases that are known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score
from torch import Tensor

from lazytui.neurons.neuron_information import merge_small_bins, quantile_bins
from lazytui.neurons.relations import (
    cluster_order,
    correlation,
    count_components,
    participation_ratio,
    shared_information,
    variance_spectrum,
)


@pytest.fixture
def values() -> Tensor:
    random = torch.Generator().manual_seed(0)
    mixed = torch.randn(800, 4, generator=random) @ torch.randn(4, 6, generator=random)
    return (mixed + 0.3 * torch.randn(800, 6, generator=random)).relu()


def test_correlation_is_numpys(values: Tensor) -> None:
    np.testing.assert_allclose(correlation(values), np.corrcoef(values.numpy().T), rtol=1e-5, atol=1e-7)


def test_a_constant_neuron_correlates_with_nothing() -> None:
    found = correlation(torch.stack([torch.ones(10), torch.arange(10.0)], dim=1))
    assert found[0, 1] == 0 and found[1, 1] == pytest.approx(1)


def test_shared_information_is_scikit_learns(values: Tensor) -> None:
    """But for what the exact mean over all ways to shuffle differs from that over a few."""
    bins = quantile_bins(torch.cat([values, torch.zeros(800, 1)], dim=1))
    found = shared_information(bins)
    for a in range(7):
        for b in range(7):
            peer = adjusted_mutual_info_score(bins[:, a].numpy(), bins[:, b].numpy())
            assert found[a, b] == pytest.approx(peer, abs=0.004)


@pytest.mark.parametrize("active", [0.02, 0.2, 1.0])
def test_independent_neurons_share_nothing_on_average(active: float) -> None:
    random = torch.Generator().manual_seed(2)
    values = torch.rand(1000, 40, generator=random) * (torch.rand(1000, 40, generator=random) < active)
    found = shared_information(merge_small_bins(quantile_bins(values)))
    apart = found[~np.eye(40, dtype=bool)]
    assert abs(apart.mean()) < 0.001 and apart.max() < 0.05


def test_the_spectrum_is_scikit_learns(values: Tensor) -> None:
    np.testing.assert_allclose(
        variance_spectrum(values), PCA().fit(values.double().numpy()).explained_variance_, rtol=1e-5
    )


def test_directions_are_counted() -> None:
    assert participation_ratio(np.array([1.0, 1.0, 1.0, 0.0])) == pytest.approx(3)
    assert count_components(np.array([8.0, 1.0, 1.0]), 0.9) == 2
    assert count_components(np.array([1.0, 0.0]), 0.9) == 1
    assert participation_ratio(np.zeros(3)) == count_components(np.zeros(3), 0.9) == 0


def test_similar_neurons_become_neighbours() -> None:
    random = torch.Generator().manual_seed(1)
    two = torch.randn(500, 2, generator=random)
    values = two[:, [0, 1, 0, 1, 0, 1]] + 0.1 * torch.randn(500, 6, generator=random)
    order = cluster_order(np.abs(correlation(values)))
    assert sorted(order.tolist()) == list(range(6))
    assert {*order[:3] % 2} in ({0}, {1})
