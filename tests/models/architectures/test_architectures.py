"""The catalog is right about every network it names."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn
from torch.nn import functional

from lazytui.errors import UsageError
from lazytui.models.architectures import ARCHITECTURES, DEFAULT_MODEL, model_entry
from lazytui.models.architectures.classifier import Classifier
from lazytui.models.architectures.parts.channel_pool import ChannelPool
from lazytui.models.build import build_model

SCIENCE_NAMES = {
    "mlp", "lazy-cnn", "lazy-gap", "gap-cnn", "gap-groupnorm", "cnn3", "cnn3-flatten", "cnn-1x1", "torch-mnist",
    "small-24", "small-16", "shape-cnn", "resnet18", "resnet18-1x1", "resnet-early-gap", "color-balance", "gauss-pool",
    "lazy-maxpool", "cnn2", "channel-pool",
}  # fmt: skip
OF_PAPERS = {"mlp-100x3", "mlp-100x4", "mlp-100-16", "mlp-390", "lenet"}


def images(count: int = 4) -> torch.Tensor:
    return torch.rand(count, 3, 28, 28, generator=torch.Generator().manual_seed(5))


@pytest.fixture(scope="module", params=sorted(SCIENCE_NAMES | OF_PAPERS))
def network(request: pytest.FixtureRequest) -> tuple[str, Classifier]:
    """Each architecture, built once."""
    model = build_model(request.param, seed=0)
    assert isinstance(model, Classifier)
    return request.param, model


def test_names_all_of_the_studies() -> None:
    assert set(ARCHITECTURES) == SCIENCE_NAMES | OF_PAPERS
    studies = {name for name, entry in ARCHITECTURES.items() if entry.origin in "ABCDE"}
    assert studies == SCIENCE_NAMES and all(entry.summary for entry in ARCHITECTURES.values())
    assert DEFAULT_MODEL == "gap-cnn"
    assert "placebo" in ARCHITECTURES["gauss-pool"].summary


def test_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no model 'gap-cn'\. Did you mean gap-cnn"):
        model_entry("gap-cn")


def test_catalog_and_names_need_no_torch() -> None:
    code = (
        "import sys; from lazytui.models.architectures import ARCHITECTURES\n"
        "from lazytui.models.factory_import import check_model_name;"
        "check_model_name('gap-cnn'); check_model_name('mine.py:net'); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_recorded_parameters_are_the_trained_ones(network: tuple[str, Classifier]) -> None:
    name, model = network
    assert (
        sum(weight.numel() for weight in model.parameters() if weight.requires_grad) == ARCHITECTURES[name].parameters
    )


def test_layers_have_the_recorded_shapes_and_follow_a_relu(network: tuple[str, Classifier]) -> None:
    name, model = network
    layers = ARCHITECTURES[name].layers
    outputs: dict[str, torch.Tensor] = {}
    hooks = [
        model.get_submodule(layer.name).register_forward_hook(
            lambda _m, _i, out, at=layer.name: outputs.update({at: out})
        )
        for layer in layers
    ]
    logits = model.eval()(images())
    for hook in hooks:
        hook.remove()

    assert {at: tuple(out.shape[1:]) for at, out in outputs.items()} == {layer.name: layer.shape for layer in layers}
    assert all((out >= 0).all() for out in outputs.values())
    assert logits.shape == (4, 10)
    assert layers[-1].name == "features"
    torch.testing.assert_close(model.head(outputs["features"]), logits)


def test_saliency_layer_is_the_last_fine_map() -> None:
    chosen = {name: entry.saliency_layer for name, entry in ARCHITECTURES.items()}
    assert chosen["gap-cnn"] is not None and chosen["gap-cnn"].name == "features.relu3"
    assert chosen["gap-cnn"].shape == (128, 7, 7)
    assert chosen["resnet18"] is not None and chosen["resnet18"].name == "features.layer3"
    assert chosen["resnet-early-gap"] is not None and chosen["resnet-early-gap"].name == "features.relu1"
    assert chosen["mlp"] is None


def test_every_weight_gets_a_gradient_and_no_relu_works_in_place(network: tuple[str, Classifier]) -> None:
    _, model = network
    model.train()
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    loss = functional.cross_entropy(model(images(16)), torch.arange(16) % 10)
    gradients = torch.autograd.grad(loss, weights)
    assert all(gradient.isfinite().all() and gradient.abs().sum() > 0 for gradient in gradients)
    assert not any(module.inplace for module in model.modules() if isinstance(module, nn.ReLU))


def test_channels_last_gives_the_same_logits(network: tuple[str, Classifier]) -> None:
    _, model = network
    model.eval()
    with torch.no_grad():
        plain = model(images())
        turned = model.to(memory_format=torch.channels_last)(images().contiguous(memory_format=torch.channels_last))
    torch.testing.assert_close(turned, plain, rtol=1e-4, atol=1e-5)


def test_runs_under_bfloat16_autocast(network: tuple[str, Classifier]) -> None:
    _, model = network
    model.eval()
    with torch.no_grad():
        plain = model(images())
        with torch.autocast("cpu", torch.bfloat16):
            half = model(images())
    torch.testing.assert_close(half.float(), plain, rtol=0.1, atol=0.05)


def test_pointwise_network_cannot_see_shape() -> None:
    shuffled = images().flatten(2)[:, :, torch.randperm(784, generator=torch.Generator().manual_seed(2))]
    shuffled = shuffled.view(4, 3, 28, 28)
    pointwise, default = build_model("cnn-1x1", seed=1).eval(), build_model("gap-cnn", seed=1).eval()
    with torch.no_grad():
        torch.testing.assert_close(pointwise(shuffled), pointwise(images()))
        assert not torch.allclose(default(shuffled), default(images()))


def test_gauss_pool_blurs_with_fixed_weights_and_keeps_color() -> None:
    model = build_model("gauss-pool", seed=0)
    blur = model.get_submodule("features.blur")
    assert list(blur.parameters()) == []
    flat = torch.tensor([0.2, 0.9, 0.5]).view(1, 3, 1, 1).expand(1, 3, 28, 28)
    torch.testing.assert_close(blur(flat)[:, :, 2:-2, 2:-2], flat[:, :, 2:-2, 2:-2])
    spot = torch.zeros(1, 3, 28, 28)
    spot[0, 1, 14, 14] = 1.0
    spread = blur(spot)[0]
    assert spread[0].abs().sum() == spread[2].abs().sum() == 0
    torch.testing.assert_close(spread[1].sum(), torch.tensor(1.0))
    assert spread[1, 14, 14] > spread[1, 14, 15] > spread[1, 14, 16] > 0

    before = {name: value.clone() for name, value in model.state_dict().items()}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    functional.cross_entropy(model(images()), torch.arange(4)).backward()
    optimizer.step()
    moved = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert "features.blur.kernel" not in moved and "features.conv1.weight" in moved


def test_color_balance_starts_from_the_colors_as_they_are() -> None:
    mix = build_model("color-balance", seed=0).get_submodule("features.mix")
    torch.testing.assert_close(mix(images()), images())


def test_resnets_keep_the_resolution_at_the_start() -> None:
    model = build_model("resnet-early-gap", seed=0)
    conv = model.get_submodule("features.conv1")
    assert isinstance(conv, nn.Conv2d) and conv.kernel_size == (3, 3)
    for name in ("resnet18", "resnet18-1x1"):
        assert ARCHITECTURES[name].layers[1].shape == (64, 28, 28)  # stride 1, no pool: held by the shape test
    pointwise = build_model("resnet18-1x1", seed=0)
    kernels = {module.kernel_size for module in pointwise.modules() if isinstance(module, nn.Conv2d)}
    assert kernels == {(1, 1)}


def test_channels_are_pooled_in_pairs() -> None:
    maps = torch.tensor([1.0, 3, 5, 4]).view(1, 4, 1, 1).expand(1, 4, 2, 3)
    assert ChannelPool(2)(maps)[0, :, 0, 0].tolist() == [3, 5] and ChannelPool(2)(maps).shape == (1, 2, 2, 3)
