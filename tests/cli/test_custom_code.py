"""Code that only a run folder names is never run, by whichever command; what a person names on the command line is."""

from __future__ import annotations

import pytest

from tests.commands import TINY_TRAINING, Lab, finish, state_of, wait_until
from tests.runs_of_others import NET, fill_with_runs_of_others, hostile_runs


@pytest.fixture
def hostile(features_found: Lab, lab: Lab) -> Lab:
    fill_with_runs_of_others(lab, features_found)
    return lab


def test_no_command_runs_code_that_only_a_run_names(hostile: Lab) -> None:
    for run in hostile_runs(hostile):
        resumed = hostile.call("runs", "resume", run.id, "--quiet")
        assert resumed.code == 3 and "code" in resumed.sentence, (run.id, run.record.params, resumed.err)
        if run.record.params.get("model"):
            assert f"lazytui runs resume {run.id} --model runs/" in resumed.sentence
            assert hostile.call("runs", "resume", run.id, "--detach").sentence == resumed.sentence
            assert state_of(run.path) == "stopped", "nothing was begun"
        assert not (hostile.folder / "ran").exists(), run.id
    for kind in ("evaluate", "gradcam", "neurons", "sae", "llc", "attack"):
        asked = hostile.call("run", kind, "reference", "--quiet")
        assert asked.code == 3 and "to allow it to run: --model runs/" in asked.sentence
    shown = (("runs", "show", "reference"), ("features", "list", "found"), ("features", "show", "found", "0"))
    for command in (*shown, ("export", "reference", "x.html"), ("run", "compare", "--no-plain", "--quiet")):
        hostile.call(*command)
    assert not (hostile.folder / "ran").exists()


def test_code_that_a_person_names_runs_also_in_the_background_and_when_it_is_resumed(lab: Lab) -> None:
    (lab.folder / "mine.py").write_text(NET)
    long = ("run", "train", *TINY_TRAINING, "--model", "mine.py:net", "--epochs", "10000")
    started = lab.run(*long, "--detach", "--json")
    assert started.code == 0, started.err
    run = lab.only_run()
    wait_until((run / "resume.pt").exists)
    assert lab.run("runs", "stop", "latest").code == 0
    wait_until(lambda: state_of(run) == "stopped")
    asked = lab.run("runs", "show", "latest")
    assert f"Resume it: lazytui runs resume {run.name} --model mine.py:net" in asked.err
    (lab.folder / "ran").unlink()
    refused = lab.run("runs", "resume", "latest", "--detach")
    assert refused.code == 3 and f"lazytui runs resume {run.name} --model mine.py:net" in refused.sentence
    other = lab.run("runs", "resume", "latest", "--model", "other.py:net")
    assert (other.code, other.sentence) == (2, f"{run.name} doesn't name the code other.py:net.")
    assert not (lab.folder / "ran").exists()
    process = lab.start("runs", "resume", "latest", "--model", "mine.py:net")
    wait_until((lab.folder / "ran").exists, process)
    wait_until(lambda: state_of(run) == "running", process)
    assert lab.run("runs", "stop", "latest").code == 0
    assert finish(process).code == 130
