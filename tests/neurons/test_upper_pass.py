"""A pass from a layer on, of networks that are no plain sequence: what lies below runs only where it is needed."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from lazytui.hooks.layer_hooks import replace_activations
from lazytui.hooks.split_model import SplitModel
from tests.neurons.networks import Residual


class Counted(nn.Conv2d):
    """Knows how often it ran."""

    runs = 0

    def forward(self, images: Tensor) -> Tensor:
        self.runs += 1
        return super().forward(images)


class Bypassed(nn.Module):
    """What comes out of `low` goes around `mid`, where there is a bypass, and its values may be looked at."""

    def __init__(self, bypass: float, *, looks: bool = False) -> None:
        super().__init__()
        self.low, self.mid, self.head = Counted(3, 4, 3), Counted(4, 4, 3, padding=1), nn.Linear(4, 10)
        self.bypass, self.looks = bypass, looks

    def forward(self, images: Tensor) -> Tensor:
        low = self.low(images)
        if self.looks and bool(low.isnan().any()):
            raise ValueError("not a number")
        out = self.mid(low)
        if self.bypass:
            out = out + self.bypass * low
        logits: Tensor = self.head(out.mean((2, 3)))
        return logits


@pytest.mark.parametrize(
    ("network", "layer", "runs"),
    [
        (Bypassed(0), "mid", (0, 0)),
        (Bypassed(0.1), "mid", (1, 1)),
        (Bypassed(0.1), "low", (0, 1)),
        (Bypassed(0, looks=True), "mid", (1, 1)),
    ],
    ids=["nothing below runs", "a bypass needs it", "the layer itself does not run", "code that refuses such values"],
)
def test_what_lies_below_runs_only_where_it_is_needed(network: Bypassed, layer: str, runs: tuple[int, int]) -> None:
    model, images = SplitModel(network.eval(), layer), torch.rand(3, 3, 28, 28)
    with torch.no_grad():
        activation = model.activations(images) + 1
        with replace_activations(network, layer, lambda _output: activation):
            whole = network(images)
        model.logits(activation, images)  # the first looks what is needed
        network.low.runs = network.mid.runs = 0
        assert torch.equal(model.logits(activation, images), whole)
        assert (network.low.runs, network.mid.runs) == runs
        network.low.runs = network.mid.runs = 0
        model.activations(images)
    assert (network.low.runs, network.mid.runs) == (1, layer == "mid"), (
        "nothing above the layer runs for its activation"
    )
    assert "forward" not in vars(network.low), "the network is left as it was"


def test_a_module_that_runs_again_above_the_layer_is_left_out_only_below_it() -> None:
    network = Residual().eval()
    images = torch.rand(3, 3, 28, 28)
    for layer in ("stem", "branch", "relu"):
        model = SplitModel(network, layer)
        with torch.no_grad():
            activation = model.activations(images).abs() + 1
            with replace_activations(network, layer, lambda _output, a=activation: a.clone(), model.runs):
                whole = network(images)
            assert torch.equal(model.logits(activation, images), whole)
