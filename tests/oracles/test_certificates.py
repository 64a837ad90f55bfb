"""Our bounds beside auto_LiRPA's, where that is installed (its releases ask for older versions of torch)."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from lazytui.certificates.bounds import crown_margins, cube, interval_margins
from lazytui.certificates.chain import chain_of

IMAGE = (3, 10, 10)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("method", ["IBP", "CROWN"])
def test_the_margins_of_convolutions_and_linear_layers_are_the_same(method: str, seed: int) -> None:
    lirpa = pytest.importorskip("auto_LiRPA", reason="auto_LiRPA isn't installed: pip install --no-deps auto-LiRPA")
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(4, 6, 3, stride=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(6 * 4 * 4, 12),
        nn.ReLU(),
        nn.Linear(12, 5),
    )
    model = model.double().eval().requires_grad_(False)
    x = torch.rand(4, *IMAGE, dtype=torch.float64)
    labels, epsilon = model(x).argmax(1), 0.03
    low, high = cube(x, torch.full((4,), epsilon, dtype=torch.float64))
    margins = torch.stack([torch.eye(5).double()[y] - torch.eye(5).double()[torch.arange(5) != y] for y in labels])
    bounded = lirpa.BoundedModule(model, torch.empty_like(x))
    norm = lirpa.PerturbationLpNorm(norm=torch.inf, eps=epsilon, x_L=low, x_U=high)
    theirs = bounded.compute_bounds(x=(lirpa.BoundedTensor(x, norm),), C=margins, method=method)
    chain = chain_of(model, IMAGE)
    ours = (
        interval_margins(chain, (low, high), labels)
        if method == "IBP"
        else crown_margins(chain, (low, high), labels, tighten=False)
    )
    for own, other in zip(ours, theirs, strict=True):
        assert (own - other).abs().max() < 1e-6
