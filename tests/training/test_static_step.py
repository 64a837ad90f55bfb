"""A recorded step, repeated: on the CPU by its operations, which is all that a CUDA graph of it would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lazytui.data.splits import BiasedDataset
from lazytui.errors import BadInput, LazytuiError, UsageError
from lazytui.models.architectures.classifier import Classifier
from lazytui.models.build import build_model
from lazytui.system.hardware import choose_hardware
from lazytui.training.loop import train
from lazytui.training.methods import METHODS
from lazytui.training.methods.base import Method
from lazytui.training.requirements import check_requirements
from lazytui.training.settings import TrainingSettings
from lazytui.training.static_step import StaticStep, takes_graph
from tests.training.methods.contexts import at_work, small_data
from tests.training.recorded_operations import record_operations

STEPS, SIZE, SMALLER = 8, 12, 5
STATIC = [*(name for name, entry in METHODS.items() if entry.static_step), "focal+gradcam-edge"]
EXACT = 2.0**-10
"""A learning rate that is the same number in float32, so that only Adam's rounding of its first steps differs."""


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return small_data(train_size=700, test_size=100)


def train_steps(method: Method, step: Callable[[Tensor, int], Tensor], first: int = 0) -> list[float]:
    """The losses of steps on other images each time, one of them on a smaller batch."""
    torch.manual_seed(first)
    losses = []
    for number in range(first, first + STEPS):
        order = torch.randperm(len(method.context.train), generator=torch.Generator().manual_seed(number))
        losses.append(float(step(order[: SMALLER if number % STEPS == 5 else SIZE], number)))
    return losses


def eager(method: Method) -> Callable[[Tensor, int], Tensor]:
    return lambda indices, step: method.step(method.batch(indices), step)


def pair(name: str, data: BiasedDataset, make: Callable[[], nn.Module], **options: Any) -> tuple[Method, Method]:
    chosen = {"lr": EXACT, "batch_size": SIZE, **options}
    return at_work(name, data, make().train(), **chosen), at_work(name, data, make().train(), **chosen)


def lazy(method: str = "") -> nn.Module:
    """In the form that the method trains."""
    return build_model(lazy_name(method) if method else "lazy-gap", seed=0)


def lazy_name(method: str) -> str:
    form = METHODS[method].network
    return f"{form}:lazy-gap" if form else "lazy-gap"


def with_noise_and_statistics() -> nn.Module:
    torch.manual_seed(3)
    layers = nn.Sequential(nn.Conv2d(3, 4, 3, stride=4, bias=False), nn.BatchNorm2d(4), nn.Dropout(0.5), nn.Flatten())
    return Classifier(head=nn.Linear(196, 10), layers=layers)


def require_alike(one: Method, other: Method, tolerance: float = 2e-6) -> None:
    for name, value in one.context.model.state_dict().items():
        torch.testing.assert_close(other.context.model.state_dict()[name], value, rtol=0, atol=tolerance, msg=name)
    assert dict(other.signals()) == pytest.approx(dict(one.signals()), abs=1e-4)


@pytest.mark.parametrize("name", STATIC)
def test_steps_of_each_method_that_says_so_can_be_repeated(name: str, data: BiasedDataset) -> None:
    plain, static = pair(name, data, lambda: lazy(name))
    expected = train_steps(plain, eager(plain))
    assert train_steps(static, StaticStep(static, SIZE, record_operations).step) == pytest.approx(expected, abs=2e-5)
    require_alike(plain, static)


def test_of_each_other_method_it_is_said_why_not() -> None:
    assert [name for name, entry in METHODS.items() if entry.static_step == bool(entry.varies)] == []


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_schedule_momentum_dropout_and_statistics_go_on(optimizer: str, data: BiasedDataset) -> None:
    options = {"optimizer": optimizer, "schedule": "cosine", "weight_decay": 0.01}
    options |= {"momentum": 0.9} if optimizer == "sgd" else {}
    plain, static = pair("erm", data, with_noise_and_statistics, **options)
    train_steps(plain, eager(plain))
    train_steps(static, StaticStep(static, SIZE, record_operations).step)
    require_alike(plain, static, tolerance=2e-5)
    rates = [method.optimizer.param_groups[0]["lr"] for method in (plain, static)]
    assert float(rates[1]) == pytest.approx(rates[0]) and rates[0] < EXACT


def test_what_was_saved_of_either_is_resumed_by_either(data: BiasedDataset) -> None:
    plain, static = pair("erm", data, lazy)
    train_steps(plain, eager(plain))
    train_steps(static, StaticStep(static, SIZE, record_operations).step)
    states = [method.state_dict() for method in (plain, static)]
    groups = [[{**group} for group in state["optimizer"]["param_groups"]] for state in states]
    assert groups[0] == groups[1]
    for method, state in ((plain, states[1]), (static, states[0])):
        method.load_state_dict(state)
    train_steps(plain, eager(plain), first=STEPS)
    train_steps(static, StaticStep(static, SIZE, record_operations).step, first=STEPS)
    require_alike(plain, static, tolerance=1e-5)


@pytest.mark.parametrize("name", ["rex", "mixup", "permute-jitter"])
def test_what_cannot_be_recorded_is_done_as_ever_and_said(name: str, data: BiasedDataset) -> None:
    plain, static = pair(name, data, lazy)
    expected, notes = train_steps(plain, eager(plain)), list[str]()
    losses = train_steps(static, StaticStep(static, SIZE, record_operations, notes.append).step)
    assert losses == pytest.approx(expected, abs=1e-4)
    (sentence,) = notes
    assert sentence.startswith("The steps of this training can't be recorded as a CUDA graph (")
    with pytest.raises(LazytuiError, match="train it with --graph off"):
        train_steps(static, StaticStep(static, SIZE, record_operations).step)


def test_a_method_that_goes_by_the_step_is_found_out(data: BiasedDataset) -> None:
    """So the comparison above can fail: grl's weight rises with the step, which a repetition doesn't."""
    plain, static = pair("grl", data, lazy)
    train_steps(plain, eager(plain))
    train_steps(static, StaticStep(static, SIZE, record_operations).step)
    with pytest.raises(AssertionError):
        require_alike(plain, static)


@pytest.mark.parametrize(
    ("asked", "error", "sentence"),
    [
        ({"method": "grl"}, UsageError, "method grl aren't all alike: the reversal grows with every step. It can"),
        ({"shift": 0.1}, UsageError, "--graph on repeats one step, and --shift, --rotation and --scale differ in each"),
        ({"device": "cpu"}, BadInput, "--graph on needs an NVIDIA GPU, and this training would compute on cpu"),
    ],
    ids=["method", "augmentation", "device"],
)
def test_a_graph_that_cannot_be_is_refused(
    asked: dict[str, Any], error: type[LazytuiError], sentence: str, data: BiasedDataset
) -> None:
    with pytest.raises(error, match=sentence):
        check_requirements(TrainingSettings.model_validate({**asked, "graph": "on"}), data.params)


def test_on_the_processor_auto_takes_none() -> None:
    assert not takes_graph(TrainingSettings(), choose_hardware("cpu", "fp32"))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
@pytest.mark.parametrize("name", STATIC)
def test_on_a_gpu_a_graph_gives_the_same_weights(name: str, data: BiasedDataset) -> None:
    chosen = {"method": name, "model": lazy_name(name), "batch_size": 30, "epochs": 2, "lr": EXACT, "device": "cuda"}
    each = (TrainingSettings.model_validate({**chosen, "precision": "fp32", "graph": graph}) for graph in ("off", "on"))
    weights = [train(settings, data).model.state_dict() for settings in each]
    for layer, value in weights[0].items():
        torch.testing.assert_close(weights[1][layer], value, rtol=1e-3, atol=1e-4, msg=layer)
