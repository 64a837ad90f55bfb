"""`lazytui add`: weights that another program trained become a run, through the real command."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.evaluation.metrics import accuracy
from tests.commands import TINY_DATA, Lab

CODE = """
from torch import nn

class Net(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=3)
        self.act = nn.ReLU(inplace=True)
        self.fc = nn.Linear(512, num_classes)

    def forward(self, x):
        return self.fc(self.act(self.conv(x)).flatten(1))
"""
NAMES = ("nine", "8", "7", "6", "5", "4", "3", "2", "1", "0", "9", "eleven")
"""What the network of the test calls its outputs: two more than there are digits, and the last digit first."""


def trained_elsewhere() -> nn.Module:
    """A plain script's network: gray, normalized images of digits, its outputs in the order of NAMES."""
    data = build_dataset(DatasetParams(source="strokes", train_size=300, test_size=200)).train
    torch.manual_seed(0)
    scope: dict[str, type[nn.Module]] = {}
    exec(CODE, scope)
    model = nn.DataParallel(scope["Net"](len(NAMES)))
    images, labels = gray(data.images), torch.tensor([NAMES.index(str(label)) for label in data.labels])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(60):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    return model.eval()


def gray(images: object) -> torch.Tensor:
    pixels = torch.as_tensor(images).float() / 255
    return ((pixels @ torch.tensor([0.299, 0.587, 0.114]))[:, None] - 0.1307) / 0.3081


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("added"))
    model = trained_elsewhere()
    (lab.folder / "net.py").write_text(CODE)
    (lab.folder / "names.txt").write_text("\n".join(NAMES))
    (lab.folder / "short.txt").write_text("0\n1\n")
    (lab.folder / "twice.txt").write_text("0\n1\n0\n")
    torch.save({"state_dict": model.state_dict(), "epoch": 7}, lab.folder / "net.ckpt")
    save_file(
        {f"model.{name}": value for name, value in model.module.state_dict().items()}, lab.folder / "net.safetensors"
    )
    test = build_dataset(DatasetParams(source="strokes", train_size=300, test_size=200)).hard
    order = [NAMES.index(str(label)) for label in range(10)]
    with torch.no_grad():
        predicted = model(gray(test.images))[:, order].argmax(1).numpy()
    lab.folder.joinpath("expected").write_text(str(accuracy(test.labels, predicted)))
    return lab


ADD = ("--model", "net.py:Net", "--normalize", "mnist", "--classes", "names.txt", *TINY_DATA)


def test_what_it_says_is_what_it_said_elsewhere(lab: Lab) -> None:
    expected = float((lab.folder / "expected").read_text())
    assert expected > 0.3
    for file in ("net.ckpt", "net.safetensors"):
        done = lab.call("add", file, *ADD, "--name", Path(file).suffix[1:], "--json")
        assert done.code == 0, done.err
        assert done.json["metrics"]["hard_accuracy"] == pytest.approx(expected)
        assert done.json["kind"] == "train" and done.json["status"] == "done" and "accuracy" not in done.json["figures"]
    shown = lab.call("runs", "show", "ckpt")
    assert "The weights of net.ckpt: nothing was trained here." in shown.out
    asked = lab.call("run", "evaluate", "ckpt", "--model", "net.py:Net", "--json")
    assert asked.json["metrics"]["hard_accuracy"] == pytest.approx(expected), asked.err
    mapped = lab.call("run", "gradcam", "ckpt", "--model", "net.py:Net", "--layer", "conv", "--images", "20", "--json")
    assert mapped.json["status"] == "done", mapped.err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("net.ckpt", "--model", "net.py:Net"), 3, "fc.weight is 12 x 512, the network's is 10 x 512"),
        (("net.ckpt", "--model", "net.py:Net"), 3, "They are for 12 classes, and the data have 10."),
        (("net.ckpt", *ADD, "--normalize", "imagenet"), 3, "is of 3 channels, and the network takes 1."),
        (
            ("net.ckpt", *ADD, "--classes", "short.txt"),
            2,
            "network's outputs are 0, 1: it lacks 2, 3, 4, 5, 6, 7 and",
        ),
        (("net.ckpt", *ADD, "--classes", "twice.txt"), 3, "names '0' twice"),
        (("net.ckpt", *ADD, "--classes", "absent.txt"), 3, "There is no file absent.txt that names classes."),
        (("net.ckpt", "--model", "gap-cnn"), 3, "they have no features.conv1.weight"),
        (("net.ckpt", *ADD, "--normalize", "mnits"), 2, "isn't a normalization: imagenet, cifar10, mnist"),
        (("net.ckpt",), 2, "Give --model: the architecture that the weights belong to."),
        (("net.py", *ADD), 3, "can't be read as safetensors"),
        (("absent.pth", *ADD), 3, "There are no weights at"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence_and_nothing_is_written(
    lab: Lab, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    before = sorted(lab.workspace.iterdir()) if lab.workspace.exists() else []
    refused = lab.call("add", *arguments, *TINY_DATA)
    assert refused.code == code and sentence in refused.sentence, refused.err
    assert (sorted(lab.workspace.iterdir()) if lab.workspace.exists() else []) == before
