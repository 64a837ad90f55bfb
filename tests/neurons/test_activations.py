"""What is gathered of a layer, how it is read, and which images speak for a neuron."""

from __future__ import annotations

import gc
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from lazytui.data.device_split import to_float
from lazytui.errors import LazytuiError, UsageError
from lazytui.hooks.batching import run_in_batches
from lazytui.hooks.layer_hooks import capture_activations, layer_shapes, replace_activations
from lazytui.hooks.split_model import SplitModel
from lazytui.neurons.ablation_and_patching import Ablation
from lazytui.neurons.activations import gather_activations, map_reduction
from lazytui.neurons.exemplars import quantile_images, strongest_images
from lazytui.neurons.feature_visualization import Visualizer, visualize_neurons
from tests.neurons.networks import CASES, CPU, Case, tiny_data, tiny_splits

DATA = tiny_data()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_gathered_is_what_the_layer_put_out(case: Case) -> None:
    """Also where the next layer works in place on it."""
    network = case.network()
    images = DATA.probe.images[:7]
    found = gather_activations(network, [case.layer], images)[case.layer]
    with torch.inference_mode():
        maps = SplitModel(network, case.layer).activations(to_float(torch.from_numpy(images)))
    flat = maps.reshape(*maps.shape[:2], -1)
    assert maps.shape[1:] == layer_shapes(network)[case.layer]
    np.testing.assert_allclose(found.values, flat.mean(2), rtol=1e-5, atol=1e-6)
    strongest = flat.sort(dim=2, descending=True).values[:, :, :5].mean(2)
    np.testing.assert_allclose(found.strongest, strongest, rtol=1e-5, atol=1e-6)


def test_batches_make_no_difference() -> None:
    network = CASES[0].network()
    images = np.concatenate([DATA.train.images] * 3)[:701]
    whole = gather_activations(network, ["features.relu2"], images)["features.relu2"]
    last = gather_activations(network, ["features.relu2"], images[500:])["features.relu2"]
    assert whole.values.shape == (701, 64)
    np.testing.assert_allclose(whole.values[500:], last.values, rtol=1e-4, atol=1e-6)


def test_maps_are_read_as_asked() -> None:
    maps = torch.arange(24.0).reshape(1, 2, 3, 4)
    assert map_reduction("mean")(maps).tolist() == [[5.5, 17.5]]
    assert map_reduction("max")(maps).tolist() == [[11, 23]]
    assert map_reduction("1,2")(maps).tolist() == [[6, 18]]
    assert map_reduction("1,2")(torch.ones(2, 3)).tolist() == [[1, 1, 1]] * 2
    with pytest.raises(UsageError, match=r"Row 3, column 0 is outside the map of this layer, which is 3 x 4"):
        map_reduction("3,0")(maps)
    with pytest.raises(UsageError, match="doesn't say how to read a map"):
        map_reduction("median")


def test_evidence_is_ordered_and_spread() -> None:
    values = torch.rand(160, 3, generator=torch.Generator().manual_seed(0))
    top = strongest_images(values)
    assert top.shape == (3, 8) and (top[:, 0] == values.argmax(0).numpy()).all()
    spread = np.take_along_axis(values.numpy(), quantile_images(values).T, 0)
    ranks = (values.numpy()[:, None] < spread).sum(0)
    assert (ranks == 10 + 20 * np.arange(8)[:, None]).all()


def test_taps_are_gone_when_their_block_ends_however_it_ends() -> None:
    network = CASES[-1].network()
    with (
        pytest.raises(ZeroDivisionError),
        capture_activations(network, "stem", "branch"),
        replace_activations(network, "relu", torch.relu),
    ):
        raise ZeroDivisionError
    assert all(not module._forward_hooks for module in network.modules())
    with pytest.raises(UsageError, match="There is no layer 'trunk'"), capture_activations(network, "stem", "trunk"):
        pass
    assert all(not module._forward_hooks for module in network.modules())


def test_smaller_batches_are_tried_where_memory_is_short_and_that_is_said() -> None:
    notes: list[str] = []

    def work(part: slice) -> int:
        if part.stop - part.start > 3:
            raise torch.OutOfMemoryError("no room")
        return part.stop - part.start

    assert run_in_batches(work, 10, 8, notes.append) == [2, 2, 2, 2, 2]
    assert notes == ["out of memory with batches of 8 images; continuing with batches of 2"]


def test_no_room_for_a_single_image_is_reported() -> None:
    def work(_part: slice) -> None:
        raise torch.OutOfMemoryError("no room")

    with pytest.raises(LazytuiError, match="Out of memory on the device, even with a batch of one image"):
        run_in_batches(work, 3, 4)


def _methods(case: Case) -> dict[str, Callable[[], object]]:
    network = case.network()
    cut = SplitModel(network, case.layer)
    without = Ablation(cut, tiny_splits(DATA, 2), CPU)
    images, others = DATA.cue_conflict.images[:1], DATA.cue_conflict.images[1:2]
    return {
        "gather": lambda: gather_activations(network, [case.layer], images),
        "cut": lambda: SplitModel(network, case.layer),
        "accuracies": lambda: without.accuracies([0, 1]),
        "patched": lambda: without.patch(images, others, [0]),
        "preferred": lambda: visualize_neurons(cut, np.ones(cut.neurons), Visualizer(_COLORS, CPU, steps=1), 1, [0]),
    }


_COLORS = np.arange(30, dtype=np.uint8).reshape(10, 3)


@pytest.mark.parametrize("method", _methods(CASES[-1]))
def test_nothing_is_left_behind_by_two_hundred_calls(method: str) -> None:
    call = _methods(CASES[-1])[method]
    for _ in range(5):
        call()
    before = _tensors()
    for _ in range(200):
        call()
    assert _tensors() <= before


def _tensors() -> int:
    gc.collect()
    return sum(1 for thing in gc.get_objects() if type(thing) is Tensor)
