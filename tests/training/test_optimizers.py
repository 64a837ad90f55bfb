"""How far an update goes, by the schedule of the learning rate."""

from __future__ import annotations

import pytest
import torch

from tests.training.methods.benches import at_work, color_reader, first_batch, small_data


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
