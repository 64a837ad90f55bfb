"""A seed alone decides the weights; custom code is built or refused in one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lazytui.code_permission import allow
from lazytui.errors import BadInput, UsageError
from lazytui.models.architectures.classifier import Classifier
from lazytui.models.build import build_model, takes_one_image
from lazytui.models.factory_import import resolve_model

CUSTOM = """
from dataclasses import dataclass
import torch
from torch import nn
from torch.nn import Linear, Sequential

@dataclass
class _Sizes:
    width: int = 5

class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = Sequential(nn.Flatten(), Linear(2352, _Sizes().width), nn.Dropout(0.5), Linear(_Sizes().width, 10))
    def forward(self, x):
        return self.body(x)
"""


def build_own(name: str) -> torch.nn.Module:
    """A network from code that a person named."""
    allow(name)
    return build_model(name, seed=0)


def weights(model: torch.nn.Module) -> torch.Tensor:
    return torch.cat([weight.detach().flatten() for weight in model.parameters()])


def test_same_seed_same_weights_and_global_random_state_is_untouched() -> None:
    torch.manual_seed(123)
    before = torch.get_rng_state()
    first = weights(build_model("gap-cnn", seed=7))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(weights(build_model("gap-cnn", seed=7)), first)
    assert not torch.equal(weights(build_model("gap-cnn", seed=8)), first)


def test_same_seed_same_weights_in_another_process() -> None:
    code = (
        "import torch; torch.rand(3); from lazytui.models.build import build_model;"
        "print(sum(w.double().abs().sum().item() for w in build_model('cnn3', seed=3).parameters()).hex())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = sum(weight.double().abs().sum().item() for weight in build_model("cnn3", seed=3).parameters())
    assert done.stdout.strip() == float(ours).hex()


def test_own_code_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(CUSTOM)
    path_before = list(sys.path)
    for name in (str(file), f"{file}:Tiny"):
        model = build_own(name)
        assert type(model).__name__ == "Tiny"
        assert all(module.training for module in model.modules())
        assert torch.equal(weights(model), weights(build_own(name)))
    assert sys.path == path_before


def test_own_code_in_a_package_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "labnets").mkdir()
    (tmp_path / "labnets" / "__init__.py").write_text("")
    (tmp_path / "labnets" / "tiny.py").write_text(CUSTOM)
    monkeypatch.chdir(tmp_path)
    assert type(build_own("labnets.tiny:Tiny")).__name__ == "Tiny"


def test_own_code_that_nobody_named_is_not_run(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(f"import pathlib\npathlib.Path({str(tmp_path / 'ran')!r}).touch()\n" + CUSTOM)
    with pytest.raises(BadInput, match=r"named only by a file, .* name it yourself: --model"):
        build_model(f"{file}:Tiny", seed=0)
    assert not (tmp_path / "ran").exists()
    build_own(f"{file}:Tiny")
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("code", "suffix", "sentence"),
    [
        (CUSTOM, ":Tinny", "no function in .* 'Tinny'. Did you mean Tiny"),
        (CUSTOM + "\ndef other(): return Tiny()\n", "", "Say which function .* it has Tiny, other"),
        ("x = 3\n", "", "Say which function .* it has none"),
        ("x = 3\n", ":x", "There is no function in .* 'x'"),
        ("def net(:\n", ":net", "can't be imported: SyntaxError"),
        ("raise SystemExit('bye')\n", ":net", "can't be imported: SystemExit: bye"),
        ("import no_such_module\n", ":net", "can't be imported: ModuleNotFoundError"),
        ("def net(): return 3\n", ":net", "it made a int, not a torch.nn.Module"),
        ("def net(width): return 3\n", ":net", "can't be built: TypeError"),
        ("from torch import nn\ndef net(): return nn.Flatten()\n", ":net", r"it makes \(2, 2352\), not \(2, 10\)"),
        ("from torch import nn\ndef net(): return nn.Linear(5, 10)\n", ":net", "can't be built: RuntimeError"),
        (
            "from torch.nn import *\nclass net(Linear):\n"
            " def __init__(self): super().__init__(2352, 10)\n"
            " def forward(self, x): return super().forward(x.flatten(1)).squeeze()\n",
            ":net",
            r"from images \(1, 3, 28, 28\) it makes \(10,\), not \(1, 10\)",
        ),
        (
            "from torch.nn import *\ndef net(): return Sequential(Conv2d(4, 4, 3), Flatten(), LazyLinear(10))\n",
            ":net",
            r"to have 4 channels.* Images here are 3 x 28 x 28 \(red, green, blue\), float32, from 0 to 1",
        ),
    ],
)
def test_faults_in_own_code_are_one_sentence(tmp_path: Path, code: str, suffix: str, sentence: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(code)
    with pytest.raises(BadInput, match=sentence) as refusal:
        build_own(f"{file}{suffix}")
    assert "\n" not in str(refusal.value)


def test_own_code_that_trains_on_no_image_alone_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(
        "from torch import nn\n"
        "class Squeezed(nn.Linear):\n"
        "    def forward(self, x): return super().forward(x.flatten(1).squeeze() if self.training else x.flatten(1))\n"
        "class Paired(nn.Linear):\n"
        "    def forward(self, x): return super().forward((x if not self.training else x[[0, 1]]).flatten(1))\n"
        "def squeezed(): return Squeezed(2352, 10)\n"
        "def paired(): return Paired(2352, 10)\n"
        "def normalized(): return nn.Sequential(nn.Flatten(), nn.BatchNorm1d(2352), nn.Linear(2352, 10))\n"
    )
    for name in ("squeezed", "paired", "normalized"):
        allow(f"{tmp_path}/net.py:{name}")
    with pytest.raises(BadInput, match=r"can't be trained on one image alone: TypeError: .* it makes \(10,\)"):
        takes_one_image(f"{tmp_path}/net.py:squeezed")
    with pytest.raises(BadInput, match="can't be trained on one image alone: IndexError: index 1 is out of bounds"):
        takes_one_image(f"{tmp_path}/net.py:paired")
    assert not takes_one_image(f"{tmp_path}/net.py:normalized") and takes_one_image("mlp")


def test_names_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no file '.*absent.py'"):
        build_own(str(tmp_path / "absent.py"))
    with pytest.raises(BadInput, match=r"'no_such_package\.nets' can't be imported"):
        build_own("no_such_package.nets:make")
    with pytest.raises(UsageError, match="Did you mean cnn3"):
        resolve_model("cnn33")


VIEWS = """
import torch
from torch import nn
from torch.nn.functional import max_pool2d, relu
from lazytui.models.architectures.classifier import Classifier

class Rows(nn.Module):
    def forward(self, x):
        return x.view(x.size(0), -1)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.fc = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.Linear(8 * 14 * 14, 10)
    def forward(self, x):
        x = max_pool2d(relu(self.norm(self.conv(x))), 2)
        return self.fc(x.view(x.size(0), -1))

def split():
    return Classifier(conv=nn.Conv2d(3, 8, 3, stride=2), relu=nn.ReLU(), rows=Rows(), head=nn.Linear(8 * 169, 10))

class Joined(nn.Module):
    def forward(self, many, more):
        return torch.cat([x.view(len(x), -1) for x in (*many, more)], 1)

class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.joined, self.fc = nn.Conv2d(3, 8, 3, stride=2), Joined(), nn.Linear(3 * 8 * 169, 10)
    def forward(self, x):
        x = self.conv(x)
        return self.fc(self.joined([x, x], more=x))

def flattened():
    return nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 169, 10))
"""


@pytest.mark.parametrize(("factory", "last"), [("Net", False), ("split", False), ("flattened", True)])
def test_a_network_is_channels_last_unless_it_views_its_maps(tmp_path: Path, factory: str, last: bool) -> None:
    """Whatever layout the images come in, both as a whole and by parts, in both modes."""
    (tmp_path / "net.py").write_text(VIEWS)
    model = build_own(f"{tmp_path}/net.py:{factory}")
    conv = next(weight for weight in model.parameters() if weight.ndim == 4)
    assert conv.is_contiguous(memory_format=torch.channels_last) == last
    assert all(value.sum() == 0 for name, value in model.state_dict().items() if name.endswith("batches_tracked"))
    images = torch.rand(4, 3, 28, 28)
    as_trained = images.to(memory_format=torch.channels_last).requires_grad_()
    for training in (True, False):
        model.train(training)
        torch.testing.assert_close(model(as_trained), model(images))
    model(as_trained).sum().backward()
    if isinstance(model, Classifier):
        torch.testing.assert_close(model.head(model.features(as_trained)), model(images))


def test_a_part_that_views_its_maps_gets_them_contiguous_however_they_are_given(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(VIEWS)
    joined = build_own(f"{tmp_path}/net.py:Nested").get_submodule("joined")
    maps = torch.rand(2, 8, 13, 13)
    last = maps.to(memory_format=torch.channels_last)
    torch.testing.assert_close(joined([last, last], more=last), joined([maps, maps], more=maps))
