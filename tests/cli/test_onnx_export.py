"""`lazytui export RUN net.onnx`: what another program computes with the file alone is what lazytui computes."""

from __future__ import annotations

import json
import shutil
from typing import Any

import numpy as np
import pytest
import torch

from lazytui.analyses.core.execute import recorded_params
from lazytui.analyses.sae.loaded_sae import load_sae
from lazytui.analyses.train.params import TrainParams
from lazytui.data.splits import Split, build_dataset
from lazytui.models.adaptation import LUMA
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace, shipped_runs
from lazytui.sae.edits.interventions import ablation_edit
from lazytui.system import optional_packages
from lazytui.training.initial_model import load_trained
from tests.commands import TINY_DATA, Lab

_ELSEWHERE = """
import json, sys
import numpy as np, onnxruntime
session = onnxruntime.InferenceSession("net.onnx", providers=["CPUExecutionProvider"])
assert not {"torch", "lazytui"} & set(sys.modules)
images = np.load("images.npy")
logits = session.run(["logits"], {"images": images})[0]
alone = session.run(["logits"], {"images": images[:1]})[0]
print(json.dumps([logits.tolist(), alone.tolist(), session.get_modelmeta().custom_metadata_map]))
"""

_OF_ONE_CHANNEL = "from torch import nn\ndef net():\n    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n"


def shipped(name: str) -> RunFolder:
    return next(run for run in shipped_runs() if run.reference == f"shipped/{name}")


@pytest.fixture(scope="module")
def strokes() -> Split:
    """Real images of digits: 64 of which no two need be alike."""
    params = recorded_params(shipped("lazy-strokes"))
    assert isinstance(params, TrainParams)
    few = params.model_copy(update={"train_size": 300, "test_size": 200})
    return build_dataset(few).hard.take(np.arange(64))


def computed_elsewhere(lab: Lab, images: np.ndarray) -> tuple[np.ndarray, dict[str, str]]:
    """The logits of (n, h, w, 3) uint8 images by a program that has the file only, and what it reads of the network."""
    np.save(lab.folder / "images.npy", images.transpose(0, 3, 1, 2).astype(np.float32) / 255)
    done = lab.python(_ELSEWHERE)
    assert done.code == 0, done.err
    logits, alone, metadata = done.json
    assert np.allclose(alone, logits[:1], atol=1e-4), "a batch may have any size"
    return np.array(logits), metadata


def logits_here(model: torch.nn.Module, images: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        logits: np.ndarray = model(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255).numpy()
    return logits


def test_a_training_and_a_network_from_elsewhere_that_normalizes(lab: Lab, strokes: Split) -> None:
    run = shipped("lazy-strokes")
    params: Any = recorded_params(run)
    assert lab.call("export", run.reference, "net.onnx").code == 0
    logits, metadata = computed_elsewhere(lab, strokes.images)
    assert np.abs(logits - logits_here(load_trained(run.path, params, params.content), strokes.images)).max() < 1e-4
    assert json.loads(metadata["class_names"]) == [str(digit) for digit in range(10)]
    assert (json.loads(metadata["input_shape"]), metadata["normalization"]) == ([3, 28, 28], "null")

    (lab.folder / "mine.py").write_text(_OF_ONE_CHANNEL)
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
    torch.save(network.state_dict(), lab.folder / "w.pt")
    mine = ("--model", "mine.py:net")
    added = lab.call("add", "w.pt", *mine, "--normalize", "0.5/0.25", *TINY_DATA, "--name", "added", "--json")
    assert added.code == 0, added.err
    assert lab.call("export", "added", "net.onnx", *mine).code == 0
    logits, metadata = computed_elsewhere(lab, strokes.images)
    gray = (strokes.images @ np.array(LUMA)).astype(np.float32)[..., None]
    assert np.abs(logits - logits_here(network, (gray / 255 - 0.5) / 0.25 * 255)).max() < 1e-4
    assert json.loads(metadata["normalization"]) == {"mean": [0.5], "std": [0.25]}


def test_one_whose_color_features_are_cut_is_a_single_graph(lab: Lab, strokes: Split) -> None:
    assert lab.call("export", "shipped/sae-lazy-strokes", "net.onnx").code == 0
    logits, metadata = computed_elsewhere(lab, strokes.images)
    workspace = Workspace(lab.workspace)
    sae = load_sae("shipped/sae-lazy-strokes", workspace, lambda _data: {"hard": strokes}, note=lambda _text: None)
    cut = sae.selectivity.color_selective.tolist()
    assert cut and metadata["features_cut"] == ",".join(map(str, cut))
    assert np.abs(logits - sae.spliced.logits("hard", ablation_edit(cut))).max() < 1e-4
    assert np.abs(logits - sae.spliced.logits("hard")).max() > 1, "the cut changes what the network says"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("shipped/evaluate-lazy-strokes", "x.onnx"), 2, "A run of evaluate has no network"),
        (("shipped/lazy-strokes", "nowhere/x.onnx"), 3, "the folder doesn't exist"),
        (("shipped/lazy-strokes", "--feature", "3", "x.onnx"), 2, "--feature is for a run of `lazytui run sae`"),
        (("shipped/sae-lazy-strokes", "--feature", "9999", "x.onnx", "x.json"), 2, "There is no feature 9999"),
        (("elsewhere", "x.onnx", "x.json"), 2, "There is no layer 'features.relu9'"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(
    arguments: tuple[str, ...], code: int, sentence: str, lab: Lab
) -> None:
    shutil.copytree(shipped("sae-lazy-strokes").path, lab.workspace / "elsewhere")
    result = lab.workspace / "elsewhere" / "result.json"
    result.write_text(result.read_text().replace('"layer": "features"', '"layer": "features.relu9"'))
    done = lab.call("export", *arguments)
    assert (done.code, sentence in done.sentence) == (code, True), done.err
    assert not list(lab.folder.glob("x*")), "all files or none"


def test_a_missing_package_is_named_before_a_training_begins(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optional_packages, "find_spec", lambda _name: None)
    done = lab.call("run", "train", *TINY_DATA, "--export", "net.onnx")
    sentence = "An .onnx file needs the packages onnx, onnxscript: python -m pip install onnx onnxscript"
    assert (done.code, done.sentence) == (3, sentence)
    assert not lab.workspace.exists()
