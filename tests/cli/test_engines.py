"""`--engine` on the command line: a study as an array of jobs, a run in a queue, and what is wrong, in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import TINY_TRAINING, Lab, read_json, wait_until
from tests.conftest import FinishedTraining
from tests.one_node_slurm import OneNodeSlurm

_QUICK = ("--engine", "slurm", "--engine-option", "look-every=0.2")


def test_a_study_on_slurm_has_the_weights_of_one_here(
    lab: Lab, slurm: OneNodeSlurm, finished_training: FinishedTraining
) -> None:
    study = ("run", "study", *TINY_TRAINING, "--model", "cnn3", "--epochs", "8", "--methods", "erm", "--seeds", "3")
    done = lab.run(*study, *_QUICK, "--json", **slurm.environment)
    assert done.code == 0, done.err
    assert done.json["metrics"]["done"] == 1 and done.json["params"]["engine"] == "slurm"
    (erm,) = (run for run in lab.workspace.glob("*-train-*") if read_json(run / "status.json")["state"] == "done")
    assert (erm / "model.safetensors").read_bytes() == (finished_training.folder / "model.safetensors").read_bytes()
    assert (erm / "output.log").read_text() == "", "a job says nothing beside its log of events"


def test_a_run_in_a_queue_is_listed_with_its_job_and_taken_out_of_it(lab: Lab, slurm: OneNodeSlurm) -> None:
    training = ("run", "train", *TINY_TRAINING, *_QUICK, "--engine-option", "partition=never", "--detach")
    begun = lab.run(*training, **slurm.environment)
    assert begun.code == 0 and "is in the queue (slurm " in begun.err, begun.err
    job = slurm.call("squeue", "-h", "-r", "--partition=never", "-o", "%i")
    assert f"queued (slurm {job})" in lab.call("runs", "list").out
    assert json.loads(lab.call("runs", "list", "--json").out)[0]["job"] == job
    assert (
        f"waits in a queue (slurm {job}); to remove it from there: lazytui runs stop"
        in lab.call("runs", "resume", "latest").sentence
    )
    assert lab.run("runs", "stop", "latest", **slurm.environment).code == 0
    wait_until(lambda: not slurm.call("squeue", "-h", "--partition=never"), every=0.2)
    assert "stopped" in lab.call("runs", "list").out
    assert lab.call("runs", "remove", "latest", "--yes").code == 0


_WRONG = {
    "study --engine slrm": (2, "--engine: There is no engine 'slrm'. Did you mean slurm?"),
    "train --engine slrm": (2, "There is no engine 'slrm'. Did you mean slurm?"),
    "train --engine-option time=1": (2, "--engine-option is for an --engine."),
    "study --engine local --engine-option time=1": (
        2,
        "There is no option of the engine local 'time'. Available: persistent, per-device, devices.",
    ),
    "study --engine slurm --per-device 2": (2, "--per-device shares this machine's GPUs, and the engine is slurm."),
    "study --engine slurm --engine-option wrap=x": (
        2,
        "--wrap of sbatch can't be chosen: the engine slurm sets it, or doesn't work with it.",
    ),
    "recipe all --engine slurm --engine-option =x": (
        2,
        "--engine-option: '=x' isn't an engine's option: write NAME=VALUE, as in time=2:00:00.",
    ),
    "study --engine slurm": (
        3,
        "sbatch isn't on the PATH: the engine slurm needs a machine with Slurm's commands.",
    ),
}


@pytest.mark.parametrize("words", _WRONG)
def test_what_is_wrong_is_refused_before_anything_is_written(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = lab.call("run", *words.split())
    assert (refused.code, refused.sentence) == _WRONG[words]
    assert not lab.workspace.exists()
