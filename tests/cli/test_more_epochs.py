"""`lazytui run train --resume` with more --epochs than a finished training had: it goes on where that is exact."""

from __future__ import annotations

import json
import os
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file

from lazytui.analyses.trainings.training_lookup import recipe_of, trained_params
from lazytui.runs.metric_history import read_history
from lazytui.runs.workspace import Workspace
from lazytui.training.settings import AllMethodOptions
from tests.commands import TINY_DATA, Lab, state_of, wait_until

SHORT_TRAINING = ("run", "train", *TINY_DATA, "--model", "mlp", "--batch-size", "90", "--metrics-samples", "100")
"""3 steps an epoch."""


def test_a_training_that_is_done_goes_on_to_more_epochs_exactly(lab: Lab) -> None:
    one = lab.workspace / lab.call(*SHORT_TRAINING, "--json").json["run"]
    before = {file.name: file.read_bytes() for file in one.iterdir()}
    two = lab.call(*SHORT_TRAINING, "--epochs", "2", "--resume", "--json")
    longer = lab.workspace / two.json["run"]
    line = f"{longer.name} continues where {one.name} ended, at step 3; its curves include that run's points."
    assert line in two.err.splitlines()
    assert {file.name: file.read_bytes() for file in one.iterdir()} == before
    other = lab.folder / "other"
    straight = lab.call(*SHORT_TRAINING, "--epochs", "2", "--json", "--workspace", other)
    expected = load_file(other / straight.json["run"] / "model.safetensors")
    weights = load_file(longer / "model.safetensors")
    assert all(np.array_equal(weights[name], values) for name, values in expected.items())
    assert read_history(longer / "events.jsonl")["step"].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert lab.call(*SHORT_TRAINING, "--epochs", "2", "--resume").code == 0
    three = lab.call(*SHORT_TRAINING, "--epochs", "3", "--resume")
    assert f" continues where {longer.name} ended, at step 6; " in three.err, "from the longest there is"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--schedule", "cosine"), "--schedule cosine spreads the learning rate over the whole training."),
        (("--keep-checkpoints", "2"), "--keep-checkpoints spreads the weights that it keeps over the whole training."),
        (("--method", "grl"), "grl's reversal rises over the whole training."),
    ],
)
def test_whoever_wants_more_epochs_hears_why_a_training_begins_anew(
    lab: Lab, options: tuple[str, ...], why: str
) -> None:
    one = lab.call(*SHORT_TRAINING, *options, "--json").json["run"]
    two = lab.call(*SHORT_TRAINING, *options, "--epochs", "2", "--resume")
    (line,) = (line for line in two.err.splitlines() if "starting a new run" in line)
    nearest = f"No earlier run with the same options (the nearest, {one}, differs in epochs: 1): starting a new run."
    assert line == f"{nearest} A longer training isn't a continuation of it: {why}"


def test_a_training_of_an_older_version_that_recorded_the_options_of_all_methods_is_the_same(lab: Lab) -> None:
    training = (*SHORT_TRAINING, "--method", "focal", "--gamma", "1", "--quiet")
    older = lab.workspace / lab.call(*training, "--json").json["run"]
    record = json.loads((older / "run.json").read_text())
    assert set(AllMethodOptions.OPTIONS) & record["params"].keys() == {"gamma"}
    params = {**dict.fromkeys(AllMethodOptions.OPTIONS), **record["params"]}
    for newer_option in ("graph", "profile"):
        del params[newer_option]
    (older / "run.json").write_text(json.dumps({**record, "params": params}))
    assert lab.call(*training, "--resume", "--json").json["run"] == older.name
    newer = lab.call(*training, "--json").json["run"]
    trained = [trained_params(Workspace(lab.workspace).find(run)) for run in (older.name, newer)]
    assert recipe_of(trained[0]) == recipe_of(trained[1])
    shutil.rmtree(lab.workspace / newer)
    err = lab.call(*SHORT_TRAINING, "--method", "focal", "--gamma", "1", "--epochs", "2", "--resume").err
    assert f" continues where {older.name} ended, at step 3; " in err


def test_a_training_without_a_sound_state_to_go_on_from(lab: Lab) -> None:
    state = lab.workspace / lab.call(*SHORT_TRAINING, "--json").json["run"] / "longer.pt"
    sound = state.read_bytes()
    for damaged in (b"", b"nonsense", sound[:-100]):
        state.write_bytes(damaged)
        assert "longer.pt is damaged, so this training can't be resumed" in _refused_longer(lab)
    state.unlink()
    os.mkfifo(state)
    assert "longer.pt is damaged, so this training can't be resumed" in _refused_longer(lab)
    state.unlink()
    lost = lab.call(*SHORT_TRAINING, "--epochs", "2", "--resume")
    assert lost.code == 0 and "starting a new run. It has no saved state to continue from" in lost.err


def _refused_longer(lab: Lab) -> str:
    refused = lab.call(*SHORT_TRAINING, "--epochs", "2", "--resume")
    assert refused.code == 3 and len(list(lab.workspace.iterdir())) == 1
    return refused.sentence


def test_a_training_of_own_code_goes_on_to_more_epochs_in_the_background(lab: Lab) -> None:
    (lab.folder / "mine.py").write_text(
        "import torch\ndef net():\n    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(2352, 10))\n"
    )
    training = (*SHORT_TRAINING, "--model", "mine.py:net")
    lab.call(*training)
    started = lab.call(*training, "--epochs", "2", "--resume", "--detach")
    assert started.code == 0 and "ended, at step 3; " in started.err
    run = lab.workspace / started.out.strip()
    wait_until(lambda: state_of(run) in {"done", "failed"})
    assert state_of(run) == "done" and "resumed at step 3" in (run / "output.log").read_text()
