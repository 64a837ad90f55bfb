"""Neurons taken out, beside the same done the slow way: hooks on the whole network."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.data.splits import BiasedDataset
from lazytui.errors import UsageError
from lazytui.hooks.split_model import SplitModel
from lazytui.neurons.ablation_and_patching import MODES, Ablation, AblationMode, random_orders
from tests.neurons.networks import CASES, CPU, Case, tiny_data, tiny_splits


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return tiny_data()


def slowly(
    network: nn.Module, layer: str, images: Tensor, neurons: list[int], mode: AblationMode, means: Tensor
) -> Tensor:
    """The whole network, with a hook that overwrites channels."""

    def hook(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
        changed = output.clone()
        stand_in = means if mode == "mean" else torch.zeros_like(means)
        changed[:, neurons] = stand_in[neurons].reshape(1, -1, *(1 for _ in output.shape[2:]))
        return changed

    handle = dict(network.named_modules())[layer].register_forward_hook(hook)
    with torch.inference_mode():
        logits: Tensor = network(images)
    handle.remove()
    return logits


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("mode", MODES)
def test_ablation_is_what_a_hook_on_the_whole_network_does(case: Case, mode: AblationMode, data: BiasedDataset) -> None:
    network, splits = case.network(), tiny_splits(data)
    cut = SplitModel(network, case.layer)
    without = Ablation(cut, splits, CPU)
    images = {name: to_float(torch.from_numpy(split.images)) for name, split in splits.items()}
    with torch.inference_mode():
        shown = cut.activations(torch.cat(list(images.values())))
    means = shown.flatten(2).mean((0, 2)) if shown.ndim == 4 else shown.mean(0)
    neurons = list(range(0, cut.neurons, 2))
    for name, pictures in images.items():
        slow = slowly(network, case.layer, pictures, neurons, mode, means)
        np.testing.assert_allclose(without.logits(name, neurons, mode), slow, rtol=1e-4, atol=1e-5)
        right = float((slow.argmax(1).numpy() == splits[name].labels).mean())
        assert without.accuracies(neurons, mode)[name] == pytest.approx(right)


@pytest.mark.parametrize("layer", ["features.relu3", "features"])
def test_without_any_neuron_only_the_bias_decides(layer: str, data: BiasedDataset) -> None:
    network = CASES[0].network()
    splits = tiny_splits(data, 20)
    without = Ablation(SplitModel(network, layer), splits, CPU)
    bias = network.head.bias.detach().numpy()  # type: ignore[union-attr]
    logits = without.logits("hard", range(128), "zero")
    np.testing.assert_allclose(logits, np.broadcast_to(bias, (20, 10)), atol=1e-6)
    accuracy = without.accuracies(range(128), "zero")["hard"]
    assert accuracy == pytest.approx(float((splits["hard"].labels == bias.argmax()).mean()))


def test_taking_no_neuron_out_changes_nothing(data: BiasedDataset) -> None:
    network, splits = CASES[0].network(), tiny_splits(data)
    without = Ablation(SplitModel(network, "features.relu3"), splits, CPU)
    with torch.inference_mode():
        logits = network(to_float(torch.from_numpy(splits["easy"].images)))
    np.testing.assert_allclose(without.logits("easy", []), logits, rtol=1e-5, atol=1e-6)


def test_contributions_of_a_linear_head_are_its_weights_times_the_activations(data: BiasedDataset) -> None:
    network = CASES[0].network()
    cut = SplitModel(network, "features")
    splits = tiny_splits(data)
    effects = Ablation(cut, splits, CPU).ablate_one_by_one("zero")
    images = torch.cat([to_float(torch.from_numpy(split.images)) for split in splits.values()])
    with torch.inference_mode():
        mean = cut.activations(images).mean(0)
    assert cut.outgoing is not None
    np.testing.assert_allclose(effects.contribution, (cut.outgoing * mean).T, rtol=1e-3, atol=1e-6)
    assert effects.accuracies["hard"].shape == (128,)


def test_an_order_ends_where_all_are_gone(data: BiasedDataset) -> None:
    without = Ablation(SplitModel(CASES[0].network(), "features.relu3"), tiny_splits(data), CPU)
    order = random_orders(128, 0)[3].tolist()
    curve = without.ablate_in_order(order, [0, 64, 128], "zero")
    assert curve["hard"][0] == without.accuracies([])["hard"]
    assert curve["hard"][2] == without.accuracies(range(128), "zero")["hard"]


def test_random_orders_are_permutations_of_a_seed() -> None:
    orders = random_orders(30, 5)
    assert orders.shape == (20, 30) and (np.sort(orders, axis=1) == np.arange(30)).all()
    assert (orders == random_orders(30, 5)).all() and (orders != random_orders(30, 6)).any()


@pytest.mark.parametrize("case", [CASES[0], CASES[4], CASES[-1]], ids=str)
def test_patching_every_neuron_carries_the_whole_layer_over(case: Case, data: BiasedDataset) -> None:
    network = case.network()
    cut = SplitModel(network, case.layer)
    without = Ablation(cut, tiny_splits(data), CPU)
    into, source = data.cue_conflict.images[11:13], data.cue_conflict.images[20:22]
    assert without.patch(into, source, []) == pytest.approx(0)
    shift = without.patch(into, source, range(cut.neurons))
    with torch.inference_mode():
        here, there = (to_float(torch.from_numpy(images)) for images in (into, source))
        target = cut.logits(cut.pool(cut.activations(there)), here) - network(here)
    np.testing.assert_allclose(shift, target, rtol=1e-3, atol=1e-5)
    if case.name != "residual":
        with torch.inference_mode():
            np.testing.assert_allclose(shift, network(there) - network(here), rtol=1e-3, atol=1e-5)
    alone = without.patch_one_by_one(into, source)
    np.testing.assert_allclose(alone[3], without.patch(into, source, [3]), atol=1e-7)


def test_the_network_is_left_as_it_was(data: BiasedDataset) -> None:
    """Mode, hooks, gradients and weights, also of one that was training."""
    network = CASES[-1].network().train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    without = Ablation(SplitModel(network, "branch"), tiny_splits(data), CPU)
    without.ablate_one_by_one("mean")
    without.patch(data.cue_conflict.images[:2], data.cue_conflict.images[2:4], [1])
    assert all(module.training for module in network.modules())
    assert all(not module._forward_hooks for module in network.modules())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in network.parameters())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_threads_get_the_answers_that_they_asked_for(data: BiasedDataset) -> None:
    """On a network that isn't a sequence, where an answer is made with a hook for a while."""
    without = Ablation(SplitModel(CASES[-1].network(), "branch"), tiny_splits(data), CPU)
    alone = {neuron: without.logits("easy", [neuron], "zero") for neuron in range(6)}
    wrong: list[int] = []

    def ask(neuron: int) -> None:
        for _ in range(10):
            if not np.array_equal(without.logits("easy", [neuron], "zero"), alone[neuron]):
                wrong.append(neuron)

    threads = [threading.Thread(target=ask, args=(neuron,)) for neuron in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_layer_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(UsageError, match=r"There is no layer 'features.relu4'. Did you mean features.relu"):
        SplitModel(CASES[0].network(), "features.relu4")
