"""Weights come back exactly, and everything that isn't them is refused in one sentence."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load, save_file
from torch import nn

from lazytui.errors import BadInput
from lazytui.models.build import build_model
from lazytui.models.fingerprint import fingerprint
from lazytui.models.foreign_weights import fit_weights
from lazytui.models.weights_header import describe, pack
from lazytui.models.weights_loading import load_model, load_weights
from lazytui.models.weights_reading import read_weights
from lazytui.models.weights_saving import save_weights
from lazytui.runs.run_folder import WEIGHTS_FILE
from tests.files.test_reading import ZIP_END


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / WEIGHTS_FILE
    save_weights(build_model("gap-cnn", seed=3), path, metadata={"model": "gap-cnn", "made_by": "a test"})
    return path


class Bomb:
    """Unpickling it makes a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.target,)


@pytest.mark.parametrize("name", ["gap-cnn", "cnn-1x1", "gauss-pool"])
def test_round_trip_is_exact(tmp_path: Path, name: str) -> None:
    model = build_model(name, seed=1)
    model(torch.rand(8, 3, 28, 28))  # moves the running statistics, which are kept too
    save_weights(model, tmp_path / WEIGHTS_FILE, metadata={"model": name})
    loaded = load_model(tmp_path)
    assert not loaded.training
    assert loaded.state_dict().keys() == model.state_dict().keys()
    assert all(torch.equal(value, model.state_dict()[key]) for key, value in loaded.state_dict().items())
    assert fingerprint(loaded) == fingerprint(model)


def test_safetensors_may_begin_as_a_pickle_does(tmp_path: Path) -> None:
    """Their first bytes are the length of their head: 640 bytes begin as pickles of long ago."""
    file = tmp_path / "some.safetensors"
    for padding in range(0, 640, 8):
        save_file({"weight": torch.ones(2)}, file, metadata={"padding": "x" * padding})
        if file.read_bytes().startswith(b"\x80\x02"):
            break
    assert read_weights(file)["weight"].tolist() == [1, 1]


def test_safetensors_may_end_as_an_archive_does(tmp_path: Path) -> None:
    end = torch.frombuffer(bytearray(100) + ZIP_END, dtype=torch.uint8)
    save_file({"weight": end}, tmp_path / "some.safetensors")
    assert read_weights(tmp_path / "some.safetensors")["weight"].equal(end)


@pytest.mark.parametrize("kind", ["F4", "F6_E2M3", "F8_E8M0"])
def test_numbers_of_a_kind_that_torch_does_not_know_are_reported(tmp_path: Path, kind: str) -> None:
    tensor = {"dtype": kind, "shape": [8], "data_offsets": [0, {"F4": 4, "F6_E2M3": 6, "F8_E8M0": 8}[kind]]}
    head = json.dumps({"weight": tensor}).encode()
    file = tmp_path / "some.safetensors"
    file.write_bytes(len(head).to_bytes(8, "little") + head + bytes(tensor["data_offsets"][1]))
    with pytest.raises(BadInput, match="can't be read: it holds numbers of a kind that torch doesn't know here"):
        load_model(file, name="mlp")


def test_fingerprint_is_of_the_weights_alone() -> None:
    model = build_model("gap-cnn", seed=0)
    of_zero = fingerprint(model)
    assert fingerprint(model.eval().to(memory_format=torch.channels_last)) == of_zero
    assert fingerprint(build_model("gap-cnn", seed=1)) != of_zero
    with torch.no_grad():
        model.get_parameter("head.bias")[3] += 1e-6
    assert fingerprint(model) != of_zero


def test_same_weights_are_the_same_bytes_in_another_process(saved: Path) -> None:
    code = (
        "import sys, pathlib; from lazytui.models.build import build_model;"
        "from lazytui.models.weights_saving import save_weights;"
        "save_weights(build_model('gap-cnn', seed=3), pathlib.Path(sys.argv[1]),"
        " metadata={'made_by': 'a test', 'model': 'gap-cnn'})"
    )
    other = saved.with_name("other.safetensors")
    subprocess.run([sys.executable, "-c", code, str(other)], check=True)
    assert other.read_bytes() == saved.read_bytes()


def test_header_is_read_without_torch(saved: Path) -> None:
    code = (
        "import sys, pathlib; from lazytui.models.weights_header import describe;"
        "header = describe(pathlib.Path(sys.argv[1]));"
        "print(header.metadata['model'], header.metadata['made_by'], header.metadata['fingerprint'],"
        " header.shapes['head.weight'], 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(saved)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"gap-cnn a test {fingerprint(load_model(saved))} (10, 128) False"


def test_own_state_dict_needs_a_name(tmp_path: Path) -> None:
    model = build_model("cnn3", seed=2)
    for suffix in (".pt", ".pth"):
        path = tmp_path / f"mine{suffix}"
        torch.save(model.state_dict(), path)
        assert fingerprint(load_model(path, name="cnn3")) == fingerprint(model)
        with pytest.raises(BadInput, match="doesn't say which model"):
            load_model(path)


@pytest.mark.parametrize("write", [torch.save, lambda content, path: path.write_bytes(pickle.dumps(content, 2))])
def test_pickled_code_is_never_run(tmp_path: Path, write: Callable[[object, Path], object]) -> None:
    made, path = tmp_path / "made", tmp_path / "mine.pt"
    write({"head.weight": Bomb(made)}, path)
    with pytest.raises(BadInput, match="pickled Python objects, which could run code and are never loaded"):
        load_model(path, name="cnn3")
    assert not made.exists()


def test_whole_pickled_module_is_refused(tmp_path: Path) -> None:
    torch.save(nn.Linear(3, 3), tmp_path / "mine.pt")
    with pytest.raises(BadInput, match=r"state_dict\(\) alone"):
        load_model(tmp_path / "mine.pt", name="cnn3")


def test_code_that_a_file_names_is_never_run(tmp_path: Path) -> None:
    code = tmp_path / "evil.py"
    code.write_text(f"import pathlib; pathlib.Path({str(tmp_path / 'made')!r}).touch()\ndef net(): ...\n")
    save_weights(build_model("mlp", seed=0), tmp_path / WEIGHTS_FILE, metadata={"model": f"{code}:net"})
    with pytest.raises(BadInput, match="code that a file names is never run"):
        load_model(tmp_path)
    assert not (tmp_path / "made").exists()
    load_model(tmp_path, name="mlp")


@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
@pytest.mark.parametrize("damage", [b"", b"\x00", b"hello, I am no checkpoint " * 20, None])
def test_damaged_and_foreign_files(tmp_path: Path, suffix: str, damage: bytes | None) -> None:
    path = tmp_path / f"weights{suffix}"
    if damage is None:  # cut short
        model = build_model("mlp", seed=0)
        if suffix == ".pt":
            torch.save(model.state_dict(), path)
        else:
            save_weights(model, path, metadata={"model": "mlp"})
        damage = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(damage)
    with pytest.raises(BadInput, match=r"damaged") as refusal:
        load_model(path, name="mlp")
    assert "\n" not in str(refusal.value) and str(path) in str(refusal.value)


def test_missing_files(tmp_path: Path) -> None:
    for name in (".", "absent.safetensors", "absent.pt"):
        with pytest.raises(BadInput, match="There are no weights at"):
            load_model(tmp_path / name, name="mlp")


@pytest.mark.parametrize(
    "content", [[1, 2], {}, {"epoch": 3}, {"state_dict": {"epoch": 3}}, {"net": {}}, {1: torch.zeros(1)}]
)
def test_pickled_file_without_a_state_dict(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "mine.pt")
    with pytest.raises(BadInput, match="holds no state dict"):
        load_model(tmp_path / "mine.pt", name="mlp")


FORMS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "compiled": lambda weights: {f"_orig_mod.{name}": value for name, value in weights.items()},
    "parallel": lambda weights: {f"module.{name}": value for name, value in weights.items()},
    "both": lambda weights: {f"module._orig_mod.{name}": value for name, value in weights.items()},
    "lightning": lambda weights: {"epoch": 3, "state_dict": {f"net.{name}": value for name, value in weights.items()}},
    "lightning and parallel": lambda weights: {f"model.module.{name}": value for name, value in weights.items()},
    "deeper": lambda weights: {f"model.net._orig_mod.{name}": value for name, value in weights.items()},
    "beside a metric": lambda weights: {
        "accuracy.total": torch.zeros(1),
        **{f"model.{name}": value for name, value in weights.items()},
    },
    "wrapped": lambda weights: {"model_state_dict": weights, "optimizer_state_dict": {"state": {}}, "loss": 0.1},
    "twice": lambda weights: {"model": {"state_dict": weights}},
}


@pytest.mark.parametrize("form", FORMS)
def test_the_forms_that_public_tools_save(tmp_path: Path, form: str) -> None:
    model = build_model("cnn-1x1", seed=2)
    for path in (tmp_path / "mine.pth", tmp_path / "mine.ckpt"):
        torch.save(FORMS[form](model.state_dict()), path)
        assert fingerprint(load_model(path, name="cnn-1x1")) == fingerprint(model)


def test_a_network_that_is_compiled_finds_its_own_weights_and_those_of_one_that_is_not() -> None:
    model = nn.Sequential(nn.Linear(2, 2))
    compiled = torch.compile(model)
    assert isinstance(compiled, nn.Module)
    wanted = compiled.state_dict()
    assert all(name.startswith("_orig_mod.") for name in wanted)
    for weights in (wanted, model.state_dict()):
        found = fit_weights(weights, wanted)
        assert found.keys() == wanted.keys() and all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_of_two_networks_in_a_file_none_is_chosen() -> None:
    wanted = nn.Linear(2, 2).state_dict()
    both = {f"{prefix}.{name}": value for prefix in ("model", "ema") for name, value in wanted.items()}
    assert fit_weights(both, wanted).keys() == both.keys()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_widened(tmp_path: Path, dtype: torch.dtype) -> None:
    weights = build_model("cnn-1x1", seed=2).state_dict()
    narrow = {name: value.to(dtype) if value.is_floating_point() else value for name, value in weights.items()}
    torch.save(narrow, tmp_path / "mine.pt")
    save_file(narrow, tmp_path / "mine.safetensors")
    for path in (tmp_path / "mine.pt", tmp_path / "mine.safetensors"):
        for name, value in load_model(path, name="cnn-1x1").state_dict().items():
            assert value.dtype == weights[name].dtype and torch.equal(value, narrow[name].to(value.dtype))


def test_a_refusal_shows_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "mine.pth"
    torch.save({"state_dict": {f"module.enc.{i}.weight": torch.zeros(1) for i in range(5)}}, path)
    with pytest.raises(BadInput) as refusal:
        load_model(path, name="small-16")
    assert str(refusal.value) == (
        f"The weights in {path} belong to another network: they have no features.conv1.weight, features.conv1.bias, "
        "features.conv2.weight and 3 more; the network has no 'enc.0.weight', 'enc.1.weight', 'enc.2.weight' and 2 "
        "more (all their names begin with 'enc.')."
    )


def test_a_program_is_not_called_damaged(tmp_path: Path) -> None:
    with warnings.catch_warnings(action="ignore"):  # it is deprecated, but such files are about
        torch.jit.trace(nn.Linear(2, 2), torch.zeros(1, 2)).save(tmp_path / "mine.pt")
    with pytest.raises(BadInput, match="is a TorchScript program"):
        load_model(tmp_path / "mine.pt", name="mlp")


def test_another_architecture_is_named(saved: Path) -> None:
    model = build_model("cnn3", seed=0)
    before = fingerprint(model)
    with pytest.raises(BadInput) as refusal:
        load_weights(model, saved)
    assert str(refusal.value) == (
        f"The weights in {saved} belong to another network: their features.conv3.weight is 128 x 64 x 3 x 3, "
        "the network's is 64 x 64 x 3 x 3 (and 1 more of another shape); they have no features.fc1.weight, "
        "features.fc1.bias. They fit gap-cnn."
    )
    assert fingerprint(model) == before


def test_missing_and_surplus_tensors(tmp_path: Path) -> None:
    weights = build_model("mlp", seed=0).state_dict()
    path = tmp_path / "mine.pt"
    torch.save({name: value for name, value in weights.items() if name != "features.fc2.bias"}, path)
    with pytest.raises(BadInput, match=r"they have no features\.fc2\.bias\.$"):
        load_model(path, name="mlp")
    torch.save({**weights, "\x1b[31mextra": torch.zeros(1)}, path)
    with pytest.raises(BadInput, match=r"the network has no '\\x1b\[31mextra'\.$"):
        load_model(path, name="mlp")


def test_looking_for_a_fitting_model_draws_no_random_numbers(saved: Path) -> None:
    model = nn.Linear(2, 2)
    before = torch.get_rng_state()
    with pytest.raises(BadInput, match="They fit gap-cnn"):
        load_weights(model, saved)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda weight: weight.double(), r"head\.weight is float64, and the network needs float32"),
        (lambda weight: weight.long(), r"head\.weight is int64, and the network needs float32"),
        (
            lambda weight: weight.index_fill(1, torch.tensor([2]), torch.nan),
            r"head\.weight holds numbers that aren't fin",
        ),
        (lambda weight: weight / 0, r"head\.weight holds numbers that aren't finite"),
    ],
)
def test_wrong_numbers(saved: Path, change: Callable[[torch.Tensor], torch.Tensor], sentence: str) -> None:
    weights = load(saved.read_bytes())
    save_file({**weights, "head.weight": change(weights["head.weight"])}, saved)
    with pytest.raises(BadInput, match=sentence):
        load_model(saved, name="gap-cnn")


def test_changed_weights_betray_themselves(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[-2] ^= 1
    saved.write_bytes(content)
    with pytest.raises(BadInput, match="don't match the fingerprint"):
        load_model(saved)


def test_foreign_and_future_metadata(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    weights = build_model("mlp", seed=0).state_dict()
    save_file(weights, path, {"format": "pt"})
    assert describe(path).metadata == {}
    assert fingerprint(load_model(path, name="mlp")) == fingerprint(build_model("mlp", seed=0))
    with pytest.raises(BadInput, match="doesn't say which model"):
        load_model(path)
    save_file(weights, path, pack({"model": "mlp-9000"}))
    with pytest.raises(BadInput, match="model 'mlp-9000', which this lazytui doesn't know"):
        load_model(path)
    for text, sentence in (('{"format": "2"}', "is of format '2'"), ("[", "metadata .* damaged"), ("[]", "damaged")):
        save_file(weights, path, {"lazytui": text})
        with pytest.raises(BadInput, match=sentence):
            load_model(path)


def test_a_header_of_any_length_is_read(tmp_path: Path) -> None:
    """One of 640 bytes begins like an old pickle, and one that torch.save wrote long ago is one."""
    path, model = tmp_path / "other.safetensors", build_model("mlp", seed=0)
    lengths = set()
    for padding in range(0, 400, 4):
        save_file(model.state_dict(), path, {"format": "pt", "padding": "x" * padding})
        lengths.add(int.from_bytes(path.read_bytes()[:8], "little"))
        assert fingerprint(load_model(path, name="mlp")) == fingerprint(model)
    assert 640 in lengths
    torch.save(model.state_dict(), path, _use_new_zipfile_serialization=False)
    assert fingerprint(load_model(path, name="mlp")) == fingerprint(model)


def test_a_save_that_fails_leaves_the_old_file(saved: Path) -> None:
    before = saved.read_bytes()
    code = (
        "import resource, sys, pathlib; from lazytui.errors import BadInput;"
        "from lazytui.models.build import build_model; from lazytui.models.weights_saving import save_weights\n"
        "model = build_model('gap-cnn', seed=4); resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        "try: save_weights(model, pathlib.Path(sys.argv[1]), metadata={'model': 'gap-cnn'})\n"
        "except BadInput as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(saved)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{saved} can't be written: ")
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]
