"""A study of 100 trainings on a Slurm of one node, with a fifth of them disturbed; time limits; a queue that is mute.

It needs root, `slurmctld slurmd slurm-client munge`, and some twenty minutes on two cores.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from lazytui.analyses.core.execute import create, execute_run, recorded_params
from lazytui.runs.progress_report import SilentNarrator
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import Lab, read_events, wait_until
from tests.one_node_slurm import OneNodeSlurm

_DATA = ("--source", "strokes", "--train-size", "300", "--test-size", "200", "--model", "small-16")
_GRID = ("--methods", "focal,reweight,subsample,group-dro", "--seeds", "0-4", "--bias", "0.95,0.97,0.98,0.99")
_SLURM = ("--engine", "slurm", "--engine-option", "look-every=1")
_TRAININGS = 100
_DISTURBED = 20
_MUTE_SECONDS = 60


class _Bench:
    def __init__(self, folder: Path) -> None:
        self.slurm = OneNodeSlurm(folder / "slurm")
        self.slurm.start()
        self.programs = folder / "programs"
        self.programs.mkdir()
        self.mute = folder / "mute"
        real = shutil.which("squeue")
        squeue = self.programs / "squeue"
        squeue.write_text(f'#!/bin/bash\n[ ! -e {self.mute} ] || exit 1\nexec {real} "$@"\n')
        squeue.chmod(0o755)
        self.environment = {**self.slurm.environment, "PATH": f"{self.programs}:{self.slurm.environment['PATH']}"}
        self.folder = folder

    def lab(self, name: str) -> Lab:
        (self.folder / name).mkdir()
        return Lab(self.folder / name)


def _row(what: str, found: object) -> None:
    print(f"{what:<76} {found}", flush=True)


def _trainings(lab: Lab) -> list[RunFolder]:
    return [run for run in Workspace(lab.workspace).runs() if run.record.kind == "train"]


def _detached(bench: _Bench) -> None:
    """How long `run study --detach` takes, and that its jobs are submitted though the shell is gone."""
    lab = bench.lab("detached")
    began = time.monotonic()
    command = ("run", "study", *_DATA, *_GRID, *_SLURM, "--engine-option", "partition=never", "--detach")
    study = lab.run(*command, **bench.environment).out.strip()
    _row("run study --engine slurm --detach of 100 cells returns after", f"{time.monotonic() - began:.1f} s")
    wait_until(lambda: len([run for run in _trainings(lab) if run.is_in_a_queue and _job(run)]) == _TRAININGS)
    _row("... and all are in the queue after", f"{time.monotonic() - began:.1f} s")
    lab.run("runs", "stop", study, **bench.environment)
    wait_until(lambda: not bench.slurm.call("squeue", "-h"))


def _job(run: RunFolder) -> str:
    ticket = run.ticket
    return (ticket and ticket.job) or ""


def _disturbed_study(bench: _Bench) -> None:
    lab, chance, began = bench.lab("hundred"), random.Random(0), time.monotonic()
    options = ("run", "study", *_DATA, *_GRID, *_SLURM, "--batch-size", "16", "--epochs", "30")
    process = lab.start(*options, "--json", **bench.environment)
    counts = {"killed": 0, "warned as before a time limit": 0, "requeued": 0}
    disturbed: set[str] = set()
    study_killed = False
    while process.poll() is None:
        time.sleep(0.5)
        running = [run for run in _trainings(lab) if run.status.state == "running" and run.id not in disturbed]
        if running and len(disturbed) < _DISTURBED and _job(run := chance.choice(running)):
            how = chance.choice(list(counts))
            if _disturb(bench, run, how):
                disturbed.add(run.id)
                counts[how] += 1
        _begin_requeued(bench)
        if len(disturbed) == _DISTURBED // 2 and not study_killed:
            study_killed = True
            process.kill()
            process.communicate()
            process = lab.start("runs", "resume", _study(lab), "--json", **bench.environment)
            bench.mute.touch()
            until = time.monotonic() + _MUTE_SECONDS
        if bench.mute.exists() and time.monotonic() > until:
            bench.mute.unlink()
    process.communicate()
    runs = _trainings(lab)
    ended = ", ".join(f"{count} {how}" for how, count in counts.items())
    _row("a study of 100, killed once and its queue mute for a minute", f"exit {process.returncode}")
    _row("... of which 20 were", ended)
    _row("... run folders, and how many are done", f"{len(runs)}, {sum(run.status.state == 'done' for run in runs)}")
    _row("... resumed after they had saved", sum(_resumed(run) for run in runs))
    _row("... last steps in the logs (one each; a kill after it makes another one)", sum(_ends(run) for run in runs))
    _row("... minutes", f"{(time.monotonic() - began) / 60:.1f}")
    _row("... with the weights of a training here, undisturbed", f"{_equal(bench, runs)} of {len(runs)}")


def _begin_requeued(bench: _Bench) -> None:
    """Slurm has jobs that it put back into the queue wait for two minutes; in the same second a node refuses them."""
    for line in bench.slurm.call("squeue", "-h", "-r", "-t", "PENDING", "-o", "%i %S %r").splitlines():
        job, begin, reason = line.split(maxsplit=2)
        late = begin != "N/A" and datetime.fromisoformat(begin) > datetime.now() + timedelta(seconds=10)
        if late and reason == "BeginTime":
            bench.slurm.call("scontrol", "update", f"JobId={job}", "StartTime=now+2")


def _study(lab: Lab) -> str:
    (study,) = [run.id for run in Workspace(lab.workspace).runs() if run.record.kind == "study"]
    return study


def _disturb(bench: _Bench, run: RunFolder, how: str) -> bool:
    if how == "requeued":
        return bench.slurm.call("scontrol", "requeue", _job(run)) == ""
    if how != "killed":
        return bench.slurm.call("scancel", "--batch", "--signal=USR1", _job(run)) == ""
    pid = run.status.pid
    if pid and run.is_claimed_by(pid):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _resumed(run: RunFolder) -> bool:
    return any(event["kind"] == "resumed" and event["step"] > 0 for event in read_events(run.events)[0])


def _ends(run: RunFolder) -> int:
    """How often its log has the last step: twice where it was trained to the end twice."""
    events, _ = read_events(run.events)
    return sum(
        event["kind"] == "progress" and event["unit"] == "steps" and event["done"] == event["total"] for event in events
    )


def _equal(bench: _Bench, runs: list[RunFolder]) -> int:
    here = Workspace(bench.folder / "here")
    equal = 0
    for run in runs:
        own = create("train", recorded_params(run), here)
        execute_run(own, here, SilentNarrator())
        equal += own.weights.read_bytes() == run.weights.read_bytes()
    return equal


def _time_limits(bench: _Bench) -> None:
    """One training through four limits of a minute each, each warned of and gone on from, as the same job."""
    lab = bench.lab("limits")
    limit = ("--engine-option", "time=1", "--engine-option", "signal=B:USR1@40")
    long = ("run", "train", *_DATA, "--batch-size", "16", "--epochs", "10000", "--metrics-every", "1000")
    process = lab.start(*long, *_SLURM, *limit, **bench.environment)
    run = RunFolder(lab.only_run(), lab.only_run().name)
    jobs = set()
    wait_until(lambda: _job(run))
    while len(_steps(run)) < 4:
        time.sleep(0.5)
        assert process.poll() is None, process.communicate()
        jobs.add(_job(run))
        _begin_requeued(bench)
    _row("four time limits in a row: resumed at steps", f"{_steps(run)}, as {', '.join(sorted(jobs))}")
    lab.run("runs", "stop", run.id, **bench.environment)
    said = process.communicate()[1]
    again = [line.partition(": ")[2] for line in said.splitlines() if "submitted again" in line]
    _row("... submitted again by the command that waits", "; ".join(again) or "never")
    _row("... and stopped by a person then", run.status.state)


def _steps(run: RunFolder) -> list[int]:
    return [event["step"] for event in read_events(run.events)[0] if event["kind"] == "resumed"]


def main() -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    folder = Path(tempfile.mkdtemp(prefix="lazytui-engines-"))
    os.environ["LAZYTUI_CACHE"] = str(folder / "cache")
    os.environ["LAZYTUI_DATA"] = str(folder)
    bench = _Bench(folder)
    try:
        _detached(bench)
        _time_limits(bench)
        _disturbed_study(bench)
    finally:
        bench.slurm.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
