"""How far an update goes, by the schedule of the learning rate."""

from __future__ import annotations

import pytest
import torch

from lazytui.training.optimizers import set_rate
from tests.training.methods.contexts import at_work, color_reader, first_batch, small_data


@pytest.mark.parametrize(("step", "share"), [(0, 1.0), (25, 0.8535534), (50, 0.5), (75, 0.1464466)])
def test_along_a_cosine_updates_shrink_to_nothing(step: int, share: float) -> None:
    """(1 + cos(pi t / T)) / 2 of the constant one, at t of T = 100."""
    data = small_data()
    moved = {}
    for schedule in ("constant", "cosine"):
        model = color_reader()
        before = model.head.weight.detach().clone()
        method = at_work("erm", data, model, optimizer="sgd", lr=0.1, schedule=schedule)
        method.step(first_batch(data), step)
        moved[schedule] = model.head.weight.detach() - before
    assert moved["constant"].abs().max() > 1e-4
    torch.testing.assert_close(moved["cosine"], share * moved["constant"], rtol=1e-3, atol=1e-8)


@pytest.mark.parametrize("method", ["jtt", "kmeans", "eiil", "cnc"])
def test_each_of_two_networks_has_the_whole_schedule(method: str) -> None:
    """100 steps in 4 epochs, 2 of them the first network's: both begin at the full rate and fall to next to nothing."""
    at = at_work(method, small_data(), color_reader(), epochs=4, first_epochs=2, schedule="cosine", lr=0.1)
    rates = []
    for step in range(100):
        set_rate(at.optimizer, at.context.settings, *at.in_schedule(step))
        rates.append(at.optimizer.param_groups[0]["lr"])
    assert rates[0] == rates[50] == 0.1 and rates[49] == rates[99] == pytest.approx(0, abs=2e-4)
    assert rates[:50] == rates[50:] == sorted(rates[:50], reverse=True)
    assert at_work("erm", small_data(), schedule="cosine").in_schedule(50) == (50, 100)
