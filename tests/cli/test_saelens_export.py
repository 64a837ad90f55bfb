"""`lazytui export RUN FOLDER.saelens` and `lazytui run sae RUN --saelens FOLDER`: an autoencoder out, and in again."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from lazytui.analyses.core.execute import recorded_params, recorded_result, resolve_params
from lazytui.runs.workspace import Workspace
from tests.commands import Lab


@pytest.fixture
def exported(lab: Lab, features_found: Lab) -> Lab:
    """A laboratory of this test's own with features, and their autoencoder as a folder."""
    shutil.copytree(features_found.workspace, lab.workspace)
    done = lab.call("export", "found", "out.saelens", "found.json")
    assert done.code == 0 and "out.saelens/cfg.json" in done.err
    return lab


def test_what_comes_back_is_the_same_and_can_be_asked_the_same(exported: Lab) -> None:
    done = exported.call(
        "run", "sae", "reference", "--saelens", "out.saelens", "--climb", "2", "--name", "back", "--json"
    )
    assert done.code == 0, done.err
    assert "--expansion: 0.5 means 1.0 here." in done.err
    found, back = (recorded_result(Workspace(exported.workspace).find(name)) for name in ("found", "back"))
    np.testing.assert_array_equal(found.heat, back.heat)
    np.testing.assert_array_equal(found.category, back.category)
    assert found.unexplained_variance == back.unexplained_variance and back.controls is None
    assert exported.call("export", "back", "again.saelens").code == 0
    first, second = (exported.folder / name / "sae_weights.safetensors" for name in ("out.saelens", "again.saelens"))
    assert first.read_bytes() == second.read_bytes()
    cfg = json.loads((exported.folder / "again.saelens" / "cfg.json").read_text())
    assert (cfg["architecture"], cfg["k"], cfg["metadata"]["hook_name"]) == ("topk", 8, "features")
    params = recorded_params(Workspace(exported.workspace).find("back"))
    assert resolve_params("sae", params, Workspace(exported.workspace))[0] == params, "asked again, as the form does"
    shown = exported.call("runs", "show", "back")
    assert "It was loaded from out.saelens" in " ".join(shown.out.split())
    turned = exported.call("run", "sae-dial", "back", "--image", "3", "--feature", "0", "--factor", "0,1", "--json")
    assert turned.code == 0, turned.err


def test_what_cannot_be_is_refused_before_anything_is_written(exported: Lab) -> None:
    runs = sorted(exported.workspace.iterdir())
    (exported.folder / "file.saelens").write_text("")
    export_command = ("run", "sae", "reference", "--saelens")
    for command, code, sentence in (
        (
            (*export_command, "out.saelens", "--steps", "100"),
            2,
            "and --steps is an option of training: leave out one of them.",
        ),
        ((*export_command, "out.saelens", "--controls", "3"), 2, "and --controls is an option of training"),
        (
            (*export_command, "out.saelens", "--layer", "features.relu1"),
            3,
            "has 128 dimensions, and features.relu1 has 32",
        ),
        ((*export_command, "elsewhere"), 3, "There is no folder elsewhere"),
        (("export", "reference", "x.saelens"), 2, "A run of train has no autoencoder"),
        (("export", "found", "nowhere/x.saelens"), 3, "the folder doesn't exist"),
        (("export", "found", "file.saelens"), 3, "it is a file, and an autoencoder is written as a folder"),
    ):
        done = exported.call(*command)
        assert (done.code, sentence in done.sentence) == (code, True), done.err
    assert sorted(exported.workspace.iterdir()) == runs
    (Workspace(exported.workspace).find("found").autoencoder).write_bytes(b"nonsense")
    refused = exported.call("export", "found", "x.saelens")
    assert refused.code == 3 and not (exported.folder / "x.saelens").exists(), "all files or none"
