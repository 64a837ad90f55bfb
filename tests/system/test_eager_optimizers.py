"""Our optimizers are torch's to the last bit, without the compiler that torch's bring along."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn, optim

from lazytui.system.eager_optimizers import LBFGS, SGD, Adam, AdamW
from tests.commands import Lab

OPTIONS: dict[type[optim.Optimizer], dict[str, Any]] = {
    Adam: {"weight_decay": 0.01},
    AdamW: {"weight_decay": 0.05},
    SGD: {"momentum": 0.9},
}


def trained(optimizer: type[optim.Optimizer], **options: Any) -> Tensor:
    """Weights after six steps, with the optimizer's state saved and loaded halfway."""
    random = torch.Generator().manual_seed(0)
    model = nn.Linear(5, 3)
    model.weight.data, model.bias.data = torch.randn(3, 5, generator=random), torch.zeros(3)
    at_work = optimizer(model.parameters(), lr=0.01, fused=True, **options)  # type: ignore[call-arg]
    for step in range(6):
        if step == 3:
            state = at_work.state_dict()
            at_work = optimizer(model.parameters(), lr=0.5, fused=True, **options)  # type: ignore[call-arg]
            at_work.load_state_dict(state)
        at_work.zero_grad()
        model(torch.randn(8, 5, generator=random)).square().sum().backward()
        at_work.step()
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


@pytest.mark.parametrize("ours", OPTIONS, ids=lambda kind: kind.__name__)
def test_they_are_torchs(ours: type[optim.Optimizer]) -> None:
    theirs = getattr(optim, ours.__name__)
    assert torch.equal(trained(ours, **OPTIONS[ours]), trained(theirs, **OPTIONS[ours]))


def fitted(optimizer: type[optim.LBFGS]) -> Tensor:
    """Weights of a logistic regression, as a probe fits them."""
    random = torch.Generator().manual_seed(0)
    values, labels = torch.randn(40, 5, generator=random), torch.arange(40) % 3
    weights = torch.zeros(3, 5, requires_grad=True)
    at_work = optimizer([weights], max_iter=20, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        at_work.zero_grad()
        found = nn.functional.cross_entropy(values @ weights.T, labels) + weights.square().sum() / 10
        found.backward()
        return found

    at_work.step(loss)
    return weights.detach()


def test_so_is_what_fits_probes() -> None:
    assert torch.equal(fitted(LBFGS), fitted(optim.LBFGS)) and fitted(LBFGS).abs().max() > 0.1


def test_no_training_loads_torchs_compiler(lab: Lab) -> None:
    program = """
import sys
from lazytui.system.eager_optimizers import LBFGS
from tests.system.test_eager_optimizers import OPTIONS, fitted, trained
for optimizer, options in OPTIONS.items():
    trained(optimizer, **options)
fitted(LBFGS)
print("torch" in sys.modules, "torch._dynamo" in sys.modules)
"""
    assert lab.python(program).out.split() == ["True", "False"]
