"""`--target margin:3,8` and `--target file.py:function`: what a run finds of them, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.core.execute import recorded_result
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab

OF = ("run", "gradcam", "small", "--images", "40", "--checked", "2", "--split", "hard")

FUNCTIONS = """
import torch
def contrast(logits):
    return logits[:, 3] - logits[:, 8]
def whole(logits):
    return logits.sum()
def undefined(logits):
    return logits[:, 0] / 0
def together(logits):
    return logits[:, 0] - logits[:, 0].mean()
def flat(logits):
    return torch.ones(len(logits))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A laboratory with a network that takes next to no time. Tests only read it."""
    lab = Lab(tmp_path_factory.mktemp("trained"))
    done = lab.call(
        "run", "train", *TINY_TRAINING, "--model", "lazy-gap", "--epochs", "1", "--name", "small", "--quiet"
    )
    assert done.code == 0, done.err
    return lab


@pytest.fixture
def lab(trained: Lab, tmp_path: Path) -> Lab:
    """A laboratory of this test's own with that network."""
    shutil.copytree(trained.workspace, tmp_path / trained.workspace.name)
    return Lab(tmp_path)


def result_of(lab: Lab, *options: str) -> tuple[object, dict[str, object]]:
    done = lab.call(*OF, *options, "--json")
    assert done.code == 0, done.err
    return recorded_result(Workspace(lab.workspace).find(done.json["run"])).first, done.json


def test_a_margin_and_the_same_as_a_function_give_the_same_maps_and_name_themselves(lab: Lab) -> None:
    (lab.folder / "mine.py").write_text(FUNCTIONS)
    maps, shown = result_of(lab, "--target", "margin:3,8", "--show", "red 7")
    same, of_function = result_of(lab, "--target", "mine.py:contrast", "--show", "red 7")
    three, _ = result_of(lab, "--target", "3")
    eight, _ = result_of(lab, "--target", "8")
    assert np.allclose(maps.examples.maps, same.examples.maps, atol=1e-6)  # type: ignore[attr-defined]
    conflict = [one.cue_conflict.maps for one in (maps, three, eight)]  # type: ignore[attr-defined]
    assert np.allclose(conflict[0], conflict[1] - conflict[2], atol=1e-5)
    drops = [one.recoloring.drops for one in (maps, three, eight)]  # type: ignore[attr-defined]
    assert np.allclose(drops[0], drops[1] - drops[2], atol=1e-4, equal_nan=True)
    assert shown["params"]["target"] == "margin:3,8"  # type: ignore[index]
    assert "margin 3 - 8" in json.dumps(shown["figures"])
    assert "contrast of mine.py" in json.dumps(of_function["figures"])


def test_a_function_that_only_a_run_folder_names_is_never_called(lab: Lab) -> None:
    (lab.folder / "mine.py").write_text(FUNCTIONS)
    _, done = result_of(lab, "--target", "mine.py:contrast")
    run = lab.workspace / str(done["run"])
    status = json.loads((run / "status.json").read_text())
    (run / "status.json").write_text(json.dumps({**status, "state": "stopped"}))
    (lab.folder / "mine.py").write_text("open('ran', 'w')\n" + FUNCTIONS)
    refused = lab.run("runs", "resume", run.name)
    assert refused.code == 3 and f"lazytui runs resume {run.name} --model mine.py:contrast" in refused.sentence
    assert not (lab.folder / "ran").exists()
    assert lab.run("runs", "resume", run.name, "--model", "mine.py:contrast", "--quiet").code == 0
    assert (lab.folder / "ran").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("margin:3,12",), "There is no digit '12'"),
        (("margin:3",), "a margin needs two"),
        (("margin:3,3",), "names one class twice"),
        (("none.py:f",), "There is no file 'none.py'"),
        (("mine.py:missing",), "There is no function in mine.py 'missing'"),
        (("mine.py:whole",), "makes a tensor of shape ()"),
        (("mine.py:undefined",), "aren't finite"),
        (("mine.py:together",), "gives a row alone another number"),
        (("mine.py:flat",), "has no gradient in the logits"),
        (("mine.py:contrast", "--method", "cam"), "CAM has weights of classes and margins only"),
    ],
)
def test_a_target_that_is_none_is_refused_before_a_run_is_made(
    options: tuple[str, ...], sentence: str, lab: Lab
) -> None:
    (lab.folder / "mine.py").write_text(FUNCTIONS)
    before = sorted(lab.workspace.iterdir())
    refused = lab.call(*OF, "--target", *options)
    assert refused.code in (2, 3) and sentence in refused.sentence
    assert sorted(lab.workspace.iterdir()) == before
