"""Guidance by the local learning coefficient: what it estimates is that coefficient, and it is what goes up."""

from __future__ import annotations

import math

import torch
from torch.func import functional_call
from torch.nn.functional import cross_entropy

from lazytui.data.device_split import DeviceSplit
from lazytui.data.splits import BiasedDataset
from lazytui.llc.local_learning_coefficient import SamplingSettings, local_learning_coefficient
from lazytui.training.loop import Trained, train
from lazytui.training.settings import TrainingSettings
from tests.training.methods.contexts import CPU, at_work, color_reader, first_batch, small_data


def test_the_term_is_the_excess_on_both_sides_of_the_weights() -> None:
    data, model = small_data(), color_reader()
    batch, n = first_batch(data), len(data.train)
    method = at_work("llc-guided", data, model, penalty=3.0, target_llc=50.0, chain_spring=100.0)
    fit, term = method.fit_and_term(batch, 0)
    assert term is not None
    weights, offset = dict(model.named_parameters()), method.state_dict()["offset"]
    above, here, below = (
        cross_entropy(
            functional_call(model, {name: w + sign * offset[name] for name, w in weights.items()}, (batch.images,)),
            batch.labels,
        )
        for sign in (1, 0, -1)
    )
    estimate = n / math.log(n) * ((above + below) / 2 - here)
    torch.testing.assert_close(fit, here)
    torch.testing.assert_close(term, 3 * (1 - estimate / 50).relu())
    assert 0 < estimate.item() < 50, "the hinge is open"
    torch.testing.assert_close(method.fit_and_term(batch, 1)[1], term)  # the offset stays for a while


def trained_with(data: BiasedDataset, penalty: float) -> Trained:
    settings = TrainingSettings(
        method="llc-guided", model="lazy-gap", epochs=8, lr=0.01, metrics_samples=100, metrics_every=1000,
        precision="fp32", device="cpu", penalty=penalty, target_llc=0.5,
    )  # fmt: skip
    return train(settings, data)


def coefficient(trained: Trained, data: BiasedDataset) -> float:
    """As `lazytui run llc` measures it: by long chains."""
    sampling = SamplingSettings([4e-6] * 3, [1e4] * 3, 120, 32, 0)
    estimate = local_learning_coefficient(trained.model, DeviceSplit(data.train, CPU.device), sampling, CPU)
    return float(estimate.coefficient.mean())


def test_guided_networks_have_a_larger_coefficient() -> None:
    data = small_data(train_size=600)
    plain, guided = (trained_with(data, penalty) for penalty in (0.0, 1.0))
    measured, raised = coefficient(plain, data), coefficient(guided, data)
    assert 0 < measured < 0.4 and raised > 1.5 * measured
    assert 0.4 < plain.history["llc_estimate"][-1] / measured < 2.5, "short chains see about what long ones do"
