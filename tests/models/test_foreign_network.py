"""Networks as people have them: other channels, sizes and normalizations, wrapped, with one logit, or of a library."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from lazytui.certificates.chain import chain_of
from lazytui.code_permission import allow
from lazytui.data.content import colored_digits
from lazytui.errors import BadInput, UsageError
from lazytui.hooks.layer_hooks import layer_shapes
from lazytui.hooks.split_model import SplitModel
from lazytui.models.adaptation import KNOWN, NO_ADAPTATION, Adaptation, parse_normalization
from lazytui.models.build import build_model
from lazytui.models.weights_loading import load_weights
from lazytui.saliency.explainer import Explainer
from lazytui.training.initial_model import fresh_model
from lazytui.training.settings import TrainingSettings

NETWORKS = """
import torch
from torch import nn

class Gray(nn.Module):
    def __init__(self, num_classes=7):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.act = nn.ReLU(inplace=True)
        self.fc = nn.Linear(4, num_classes)

    def forward(self, x):
        x = self.act(self.act(self.conv(x)) - 0.01)
        return self.fc(x.mean((2, 3)))

def parallel(num_classes):
    return nn.DataParallel(Gray(num_classes))

def compiled(num_classes):
    return torch.compile(Gray(num_classes))

class Eye(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))

def means():
    return nn.Sequential(Eye(), nn.Identity())

def one_logit():
    return nn.Sequential(Eye(), nn.Linear(3, 1))

class Tupled(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
    def forward(self, x):
        return self.fc(x.mean((2, 3))), x

class Several(Tupled):
    # as a detector does it: a box, and then one number a class
    def __init__(self, kind=list):
        super().__init__()
        self.kind = kind
    def forward(self, x):
        scores, _ = super().forward(x)
        found = {"box": scores[:, :1].repeat(1, 4), "scores": scores}
        return found if self.kind is dict else self.kind(found.values())

def in_dictionary():
    return Several(dict)

def tokens():
    return nn.Sequential(nn.Upsample(3), nn.Flatten(), nn.Linear(27, 3))

def fixed():
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 12 * 12, 3))
"""


def named(folder: Path, factory: str) -> str:
    (folder / "nets.py").write_text(NETWORKS)
    name = f"{folder / 'nets.py'}:{factory}"
    allow(name)
    return name


def build(folder: Path, factory: str, classes: int = 3, options: Adaptation = NO_ADAPTATION) -> nn.Module:
    name = factory if ":" in factory else named(folder, factory)
    return build_model(name, seed=0, image_shape=(3, 20, 16), classes=classes, options=options).eval()


def images(count: int = 4) -> Tensor:
    return torch.rand(count, 3, 20, 16, generator=torch.Generator().manual_seed(1))


def test_a_network_with_one_channel_sees_brightness(tmp_path: Path) -> None:
    model = build(tmp_path, "Gray")
    luma = (images() * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)
    pre_hooks = list(model._forward_pre_hooks.items())
    output = model(images())
    model._forward_pre_hooks.clear()
    torch.testing.assert_close(output, model(luma))
    assert pre_hooks and output.shape == (4, 3), "the factory was given how many classes there are"


@pytest.mark.parametrize("factory", ["parallel", "compiled"])
def test_wrapped_networks_are_the_networks_in_them(tmp_path: Path, factory: str) -> None:
    model, plain = build(tmp_path, factory), build(tmp_path, "Gray")
    assert type(model).__name__ == "Gray"
    torch.testing.assert_close(model(images()), plain(images()))
    file = tmp_path / "saved.pth"
    torch.save({"state_dict": {f"module.{name}": value + 1 for name, value in plain.state_dict().items()}}, file)
    load_weights(model, file)
    torch.testing.assert_close(model.state_dict()["fc.weight"], plain.state_dict()["fc.weight"] + 1)


def test_normalization_and_resizing_come_before_the_first_layer(tmp_path: Path) -> None:
    model = build(tmp_path, "means", options=Adaptation(parse_normalization("imagenet")))
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    torch.testing.assert_close(model(images()), (images().mean((2, 3)) - mean) / std)
    split = SplitModel(model, "0")
    torch.testing.assert_close(split.logits(split.pool(split.activations(images())), images()), model(images()))
    with pytest.raises(BadInput, match="can't be built: RuntimeError"):
        build(tmp_path, "fixed")
    assert build(tmp_path, "fixed", options=Adaptation(side=12))(images()).shape == (4, 3)
    for options, sentence in ((Adaptation(parse_normalization("mnist")), "is of 1 channel, and the network takes 3"),):
        with pytest.raises(BadInput, match=sentence):
            build(tmp_path, "means", options=options)
    listed = build_model("gap-cnn", seed=0, options=Adaptation(parse_normalization("imagenet")))
    shifted = (torch.rand(2, 3, 28, 28) - mean[:, None, None]) / std[:, None, None]
    back = shifted * std[:, None, None] + mean[:, None, None]
    torch.testing.assert_close(listed.features(back), build_model("gap-cnn", seed=0).features(shifted))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cifar", "isn't a normalization: imagenet"),
        ("1,2/3", "as many means as standard deviations"),
        ("0/0", "standard deviations above 0"),
        ("nan/1", "finite means"),
    ],
)
def test_what_is_no_normalization_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        parse_normalization(text)


def test_one_logit_is_a_network_of_two_classes_and_several_outputs_have_logits_among_them(tmp_path: Path) -> None:
    model = build(tmp_path, "one_logit", classes=2)
    z = model.get_submodule("1")(images().mean((2, 3)))[:, 0]
    torch.testing.assert_close(model(images()), torch.stack((torch.zeros(4), z), 1))
    split = SplitModel(model, "0")
    run_on = split.logits(split.pool(split.activations(images())), images())
    torch.testing.assert_close(run_on, model(images()), msg="also where it is run on from a layer")
    assert build(tmp_path, "Tupled")(images()).shape == (4, 3)
    for factory in ("Several", "in_dictionary"):
        several = build(tmp_path, factory)
        expected = several.get_submodule("fc")(images().mean((2, 3)))
        torch.testing.assert_close(several(images()), expected, msg="the first with a number for each class")
    with pytest.raises(BadInput, match=r"makes \(2, 1\), not \(2, 3\)"):
        build(tmp_path, "one_logit")


def test_an_input_scale_multiplies_what_the_network_sees_and_is_recorded_with_it() -> None:
    """After any normalization; a bound's chain of layers and an ONNX file's card know it, too."""
    once = TrainingSettings(model="mlp-100x3")
    twice = TrainingSettings(model="mlp-100x3", input_scale=1 / 255, normalize="imagenet")
    content = colored_digits("distinct")
    plain, scaled = (fresh_model(one, content, 0).eval() for one in (once, twice))
    digits = torch.rand(2, 3, 28, 28, generator=torch.Generator().manual_seed(0))
    mean, std = (torch.tensor(each).view(3, 1, 1) for each in KNOWN["imagenet"])
    expected = plain((digits - mean) / std / 255)
    torch.testing.assert_close(scaled(digits), expected)
    torch.testing.assert_close(scaled.head(scaled.features(digits)), expected)  # methods run the features by themselves
    torch.testing.assert_close(chain_of(scaled, (3, 28, 28)).forward(digits), expected)
    input_map = twice.adaptation(content.classes).input_map
    assert input_map is not None and input_map.std == pytest.approx([255 * each for each in KNOWN["imagenet"][1]])
    again = TrainingSettings.model_validate(twice.model_dump(mode="json"))
    assert again.input_scale == 1 / 255 and TrainingSettings().adaptation(content.classes).input_map is None


def test_a_relu_that_is_used_again_in_place_can_be_explained_and_replaced(tmp_path: Path) -> None:
    for factory, layer in (("Gray", "act"), ("torchvision:resnet18", "layer4.1.relu")):
        model = build(tmp_path, factory)
        split = SplitModel(model, layer)
        assert split.runs == 2
        with torch.no_grad():
            activations = split.activations(images())
            torch.testing.assert_close(split.logits(split.pool(activations), images()), model(images()))
            halved = split.logits(split.pool(activations / 2), images())
        head = model.get_submodule("fc")
        torch.testing.assert_close(halved, head(activations.mean((2, 3)) / 2))
        again = split.logits(split.pool(activations.clone().requires_grad_()), images())
        assert again.requires_grad and torch.equal(split.activations(images()), activations)


def test_models_of_a_library_are_networks_like_others(tmp_path: Path) -> None:
    model = build(tmp_path, "torchvision:resnet18")
    assert layer_shapes(model)["layer1"] == (64, 5, 4)
    rows = (images().permute(0, 2, 3, 1) * 255).to(torch.uint8).numpy()
    found = Explainer(model, rows, "torchvision:resnet18").explain(rows[0], method="grad-cam", layer=None, target=1)
    assert found.probabilities.shape == (3,) and found.heat is not None
    for name, sentence in (
        ("torchvision:resnet19", "no classifier of torchvision 'resnet19'. Did you mean resnet18"),
        ("torchvision:vit_b_16", "can't be built: AssertionError"),
    ):
        with pytest.raises(BadInput, match=sentence):
            build(tmp_path, name)
