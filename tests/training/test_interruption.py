"""Trainings that are killed, stopped and resumed end exactly as the one that nobody disturbed."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from lazytui.analyses.core.execute import recorded_params
from lazytui.analyses.train.analysis import ANALYSIS
from lazytui.runs.execution import run_execution
from lazytui.runs.jobs import request_pause, request_stop, wake
from lazytui.runs.progress_report import Report
from lazytui.runs.results.saved_result import save_result
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Progress
from lazytui.runs.workspace import Workspace
from lazytui.training.resume_state import load_snapshot
from tests.commands import PATIENCE, TRAINING, Lab, finish, last_step, read_json, state_of, wait_until
from tests.conftest import FinishedTraining
from tests.training.same import assert_same_training, logged

SAVE_EVERY_STEP = ("--checkpoint-seconds", "0")
ONE_STEP = ("--epochs", "1", "--batch-size", "300")


def test_same_parameters_and_seed_give_the_same_training_in_another_process(
    lab: Lab, finished_training: FinishedTraining
) -> None:
    assert finished_training.finished.code == 0, finished_training.finished.err
    again = lab.run(*TRAINING, "--json", "--export", "page.html", "--export", "all.txt", "--export", "all.json")
    assert again.code == 0, again.err
    assert_same_training(lab.only_run(), finished_training.folder)
    ours, theirs = (run / "model.safetensors" for run in (lab.only_run(), finished_training.folder))
    assert ours.read_bytes() == theirs.read_bytes()
    assert {path.name for path in lab.folder.glob("*.*")} == {"page.html", "all.txt", "all.json"}


def test_kill_minus_nine_twice_loses_nothing_but_time(lab: Lab, finished_training: FinishedTraining) -> None:
    process = lab.start(*TRAINING, *SAVE_EVERY_STEP)
    run = lab.only_run()
    _kill_at_step(20, run, process)
    (listed,) = lab.call("runs", "list", "--json").json
    assert listed["status"] == "interrupted"
    _kill_at_step(60, run, lab.start("runs", "resume", "latest"))
    ended = lab.call("runs", "resume", run.name, "--json", "--quiet")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["status"] == "done"
    assert_same_training(run, finished_training.folder)
    assert not (run / "resume.pt").exists(), "a run that is done needs no way back"
    assert not list(run.glob(".*.tmp")), "what the killed processes left half-written is cleared up"


def test_a_kill_before_the_first_checkpoint_starts_anew_and_the_log_has_one_training(lab: Lab) -> None:
    process = lab.start(*TRAINING, *ONE_STEP, "--model", gated(lab, "self.steps > 0"))
    run = lab.only_run()
    wait_until((lab.folder / "waiting").exists, process)
    process.kill()
    finish(process)
    assert last_step(run) == 0 and not (run / "resume.pt").exists()
    (lab.folder / "gate").touch()
    assert lab.call("runs", "resume", "latest", *GATED, "--quiet").code == 0
    assert logged(run)["step"] == [0, 1]


def test_a_kill_while_the_result_is_measured_keeps_the_training(lab: Lab) -> None:
    """The network is asked for the first time after the last point of the curves was logged: that is the measuring."""
    logged_last = """any('"step":1,' in log.read_text() for log in Path("runs").glob("*/events.jsonl"))"""
    process = lab.start(*TRAINING, *ONE_STEP, "--model", gated(lab, f"self.steps > 0 and {logged_last}"))
    run = lab.only_run()
    wait_until((lab.folder / "waiting").exists, process)
    process.kill()
    finish(process)
    assert last_step(run) == 1 and not (run / "result.json").exists()
    before = (run / "model.safetensors").read_bytes()
    ended = lab.call("runs", "resume", "latest", *GATED, "--json")
    assert ended.code == 0, ended.err
    assert "resumed at step 1" in ended.err
    assert (run / "model.safetensors").read_bytes() == before
    assert logged(run)["step"] == [0, 1]


def test_sigint_and_sigterm_stop_cleanly_and_are_resumed_exactly(lab: Lab, finished_training: FinishedTraining) -> None:
    process = lab.start(*TRAINING)
    run = lab.only_run()
    wait_until(lambda: last_step(run) >= 20, process)
    process.send_signal(signal.SIGINT)
    stopped = finish(process)
    assert stopped.code == 130
    assert stopped.out == ""
    assert stopped.last.startswith("lazytui: Stopped at step ") and f"lazytui runs resume {run.name}" in stopped.last
    _assert_stopped_with_checkpoint(run)

    process = lab.start("runs", "resume", "latest")
    wait_until(lambda: last_step(run) >= 60, process)
    process.send_signal(signal.SIGTERM)
    stopped = finish(process)
    assert stopped.code == 130
    assert stopped.last.startswith("lazytui: Stopped at step ")
    _assert_stopped_with_checkpoint(run)

    ended = lab.call(*TRAINING, "--resume", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["run"] == run.name == lab.only_run().name
    assert_same_training(run, finished_training.folder)
    again = lab.call(*TRAINING, "--resume", "--json")
    assert (again.code, again.json) == (0, ended.json), "a run that is done is shown, not done again"


def test_detached_runs_are_followed_stopped_and_resumed(lab: Lab, finished_training: FinishedTraining) -> None:
    begun = lab.call(*TRAINING, "--detach", "--json")
    run = lab.only_run()
    assert begun.code == 0 and begun.json["run"] == run.name and begun.json["status"] in {"queued", "running"}
    wait_until(lambda: last_step(run) >= 20)
    request_stop(RunFolder(run, run.name))
    wait_until(lambda: state_of(run) == "stopped")
    _assert_stopped_with_checkpoint(run)
    refused = lab.call("runs", "stop", "latest")
    assert (refused.code, refused.sentence) == (2, f"{run.name} isn't running: it was stopped.")
    stopped = lab.call("runs", "follow", "latest")
    assert stopped.code == 1 and "step 20 " in stopped.out
    assert stopped.sentence.startswith(f"{run.name}: stopped. Stopped at step ")

    assert lab.call("runs", "resume", "latest", "--detach").code == 0
    followed = lab.call("runs", "follow", "latest")
    assert followed.code == 0, followed.err
    assert "step 0 " in followed.out and "resumed at step " in followed.out and "step 136 " in followed.out
    assert_same_training(run, finished_training.folder)
    assert "Traceback" not in (run / "output.log").read_text()


class _Pauser:
    """Asks for a pause at some steps. Another thread waits for each, notes what is there and wakes the run."""

    def __init__(self, run: RunFolder, steps: set[int]) -> None:
        self.report: Report
        self.paused: list[tuple[int, int]] = []
        self._run, self._steps = run, steps

    def progress(self, progress: Progress) -> None: ...
    def note(self, text: str) -> None: ...
    def continued(self) -> None: ...
    def metrics(self, step: int, values: Mapping[str, float]) -> None:  # noqa: ARG002
        if step in self._steps:
            request_pause(self._run)
            wait_until(lambda: self.report.pausing)
            threading.Thread(target=self._wake).start()

    def _wake(self) -> None:
        wait_until(lambda: state_of(self._run.path) == "paused")
        progress, saved = self._run.status.progress, load_snapshot(self._run.path / "resume.pt")
        assert progress is not None and saved is not None
        self.paused.append((progress.done, saved.step))
        wake(self._run)


def test_a_training_that_is_paused_on_its_way_ends_the_same(
    lab: Lab, finished_training: FinishedTraining, capfd: pytest.CaptureFixture[str]
) -> None:
    workspace = Workspace(lab.workspace)
    run = workspace.create("train", read_json(finished_training.folder / "run.json")["params"])
    pauser = _Pauser(run, {20, 60, 136})
    with run_execution(run, workspace, pauser) as report:
        pauser.report = report
        save_result(run.path, ANALYSIS.write(ANALYSIS.run(recorded_params(run), report)))
    assert pauser.paused == [(20, 20), (60, 60), (136, 136)], "what was done by then is in the checkpoint"
    assert capfd.readouterr() == ("", "")
    assert_same_training(lab.only_run(), finished_training.folder)


def test_a_paused_training_is_killed_resumed_and_woken_and_ends_the_same(
    lab: Lab, finished_training: FinishedTraining
) -> None:
    """Each pause is asked for while the process is starting, and so comes at its first step."""
    assert lab.call(*TRAINING, "--detach").code == 0
    run = lab.only_run()
    _pause(run, lab)
    psutil.Process(read_json(run / "status.json")["pid"]).kill()
    wait_until(lambda: lab.call("runs", "list", "--json").json[0]["status"] == "interrupted")

    assert lab.call("runs", "resume", "latest", "--detach").code == 0
    _pause(run, lab)
    woken = lab.call("runs", "resume", "latest", "--json")
    assert (woken.code, woken.json["run"]) == (0, run.name) and f"{run.name} continues where it was paused" in woken.err
    followed = lab.call("runs", "follow", "latest")
    assert followed.code == 0 and f"paused; to continue: lazytui runs resume {run.name}" in followed.out
    assert_same_training(run, finished_training.folder)
    refused = lab.call("runs", "pause", "latest")
    assert (refused.code, refused.sentence) == (2, f"{run.name} isn't running: it is done.")


def test_a_stop_that_comes_before_a_queued_run_begins_is_obeyed(lab: Lab) -> None:
    assert lab.call(*TRAINING, "--epochs", "10000", "--detach").code == 0
    run = lab.only_run()
    assert lab.call("runs", "stop", "latest").code == 0
    wait_until(lambda: state_of(run) == "stopped")


def test_one_process_a_run_and_a_second_sigint_stops_at_once(lab: Lab) -> None:
    """The network hangs in its first step, so the loop never gets to look whether it should stop."""
    process = lab.start(*TRAINING, "--model", gated(lab, "self.steps > 0"))
    run = lab.only_run()
    wait_until((lab.folder / "waiting").exists, process)
    busy = lab.call("runs", "resume", "latest", *GATED)
    assert (busy.code, busy.sentence) == (3, f"{run.name} is being run by another process already.")
    busy = lab.call("runs", "resume", "latest", "--detach")
    assert (busy.code, busy.sentence) == (2, f"{run.name} is running already.")
    busy = lab.call("runs", "remove", "latest", "--yes")
    assert (busy.code, run.exists()) == (2, True) and "is running; stop it first" in busy.sentence
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert any("stopping" in line for line in process.stderr), "the first one waits for the step to end, and says so"
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    stopped = finish(process)
    assert stopped.code == 130
    assert stopped.last.startswith("lazytui: Stopped at once; everything up to the last checkpoint is kept.")
    assert state_of(run) == "stopped"


def test_a_crash_in_a_network_is_one_sentence_and_a_traceback_in_the_folder(lab: Lab) -> None:
    code = "import torch\nclass Bad(torch.nn.Linear):\n"
    code += "    def __init__(self):\n        super().__init__(2352, 10)\n        self.calls = 0\n"
    code += "    def forward(self, x):\n        self.calls += self.training\n"
    code += "        if self.calls == 3: raise RuntimeError('the \\x1b[31mbad\\nthing')\n"
    code += "        return super().forward(x.flatten(1))\n"
    (lab.folder / "bad.py").write_text(code)
    failed = lab.call(*TRAINING, "--model", "bad.py:Bad", "--json")
    assert (failed.code, failed.out) == (1, "")
    assert "Internal error (RuntimeError: the" in failed.last and "bad)" in failed.last and "\x1b" not in failed.err
    run = lab.only_run()
    assert "in forward" in (run / "traceback.txt").read_text()
    assert state_of(run) == "failed" and "RuntimeError" in read_json(run / "status.json")["error"]
    shown = lab.call("runs", "show", "latest")
    assert shown.code == 0 and "\x1b" not in shown.out + shown.err and "RuntimeError" in shown.out


GATED = ("--model", "gated.py:Gated")
"""Says that the code may run."""


def gated(lab: Lab, when: str) -> str:
    """Code of a network that waits for a file called `gate` while `when` holds, which may ask for the steps taken.

    What is tried without gradients before a training is no step.
    """
    (lab.folder / "gated.py").write_text(
        f"""
import time
from pathlib import Path
import torch

class Gated(torch.nn.Linear):
    def __init__(self):
        super().__init__(2352, 10)
        self.steps = 0

    def forward(self, images):
        self.steps += self.training and torch.is_grad_enabled()
        deadline = time.monotonic() + {PATIENCE}
        while {when} and not Path("gate").exists() and time.monotonic() < deadline:
            Path("waiting").touch()
            time.sleep(0.02)
        return super().forward(images.flatten(1))
"""
    )
    return GATED[1]


def _kill_at_step(step: int, run: Path, process: subprocess.Popen[str]) -> None:
    wait_until(lambda: last_step(run) >= step and (run / "resume.pt").exists(), process)
    process.kill()
    finish(process)
    assert state_of(run) == "running", "nobody was left to write anything else"
    assert RunFolder(run, run.name).status.state == "interrupted"


def _pause(run: Path, lab: Lab) -> None:
    """Pause it; all that was done so far is in the checkpoint then."""
    asked = lab.call("runs", "pause", "latest")
    assert asked.code == 0 and f"lazytui runs resume {run.name}" in asked.err
    wait_until(lambda: state_of(run) == "paused")
    snapshot = load_snapshot(run / "resume.pt")
    assert snapshot is not None and snapshot.step == read_json(run / "status.json")["progress"]["done"]


def _assert_stopped_with_checkpoint(run: Path) -> None:
    status = read_json(run / "status.json")
    assert status["state"] == "stopped" and "Stopped at step" in status["error"]
    assert (run / "resume.pt").exists() and (run / "model.safetensors").exists()
    assert not (run / "result.json").exists()
    assert RunFolder(run, run.name).status.state == "stopped"
