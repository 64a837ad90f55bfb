"""A real Slurm of one node: what happens to jobs there, and that each run ends once, whatever does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lazytui.errors import BadInput, UsageError
from lazytui.runs.engines import loop
from lazytui.runs.engines.control import settle_vanished, stop_run
from lazytui.runs.engines.engine import RefusedJobs
from lazytui.runs.engines.loop import EngineExecutor
from lazytui.runs.engines.slurm import Slurm
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.ticket import new_ticket
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import run_line
from tests.commands import ROOT, wait_until
from tests.one_node_slurm import OneNodeSlurm
from tests.runs.engines.observed_loop import (
    Observer,
    executing,
    hold_is_reached,
    let_go,
    runs_of,
    says_so,
    starts,
    states,
)

JOB = f"""#!/bin/sh
PYTHONPATH={ROOT} exec {sys.executable} {ROOT}/tests/runs/engines/tiny_job.py "$@"
"""


class Cluster:
    """The cluster, an empty workspace, and runs of so many steps whose jobs do next to nothing."""

    def __init__(self, slurm: OneNodeSlurm, folder: Path) -> None:
        self.slurm, self.workspace, self.programs = slurm, Workspace(folder / "runs"), folder / "programs"
        self.programs.mkdir()
        python = self.program("tiny-python", JOB)
        self.settings = {"python": str(python), "look-every": "0.2"}

    def engine(self, **options: str) -> Slurm:
        return Slurm({**self.settings, **options})

    def runs(self, count: int, steps: int = 20, hold: int | None = None) -> list[RunFolder]:
        return runs_of(self.workspace, count, steps, hold)

    def program(self, name: str, text: str) -> Path:
        file = self.programs / name
        file.write_text(text)
        file.chmod(0o755)
        return file

    def instead_of(self, name: str, text: str) -> None:
        """Another program before a command of Slurm, which it may call as $REAL."""
        self.program(name, f"#!/bin/bash\nREAL={shutil.which(name)}\n{text}\n")

    def jobs(self) -> list[list[str]]:
        """Name, index, state and id of all jobs of lazytui that the cluster knows."""
        lines = self.slurm.call("squeue", "-h", "-r", "--states=all", "--format=%j|%K|%T|%i").splitlines()
        return [line.split("|") for line in lines if line.startswith("lazytui-")]

    def job_of(self, run: RunFolder) -> str:
        ticket = run.ticket
        return (ticket and ticket.job) or ""

    def begin_again(self, run: RunFolder) -> None:
        """Have a job begin soon that Slurm has put into its queue again, which it lets wait for two minutes.

        Not in the same second, in which the node would still refuse it: its credentials were revoked then.
        """
        job = self.job_of(run)
        wait_until(lambda: self.slurm.call("squeue", "-h", "-j", job, "-o", "%T") == "PENDING", every=0.2)
        self.slurm.call("scontrol", "update", f"JobId={job}", "StartTime=now+2")


@pytest.fixture
def cluster(slurm: OneNodeSlurm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    made = Cluster(slurm, tmp_path)
    monkeypatch.setenv("SLURM_CONF", slurm.environment["SLURM_CONF"])
    monkeypatch.setenv("PATH", f"{made.programs}{os.pathsep}{slurm.environment['PATH']}")
    yield made
    wait_until(lambda: not slurm.call("squeue", "-h"), every=0.2)


def test_runs_go_through_arrays_and_two_loops_over_them_submit_each_once(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_BATCH", 2)
    runs = cluster.runs(3, hold=4)
    with executing(cluster.engine(), runs, cluster.workspace):
        wait_until(lambda: hold_is_reached(runs[0]) and hold_is_reached(runs[1]))
        assert run_line(runs[2]).state == f"queued (slurm {cluster.job_of(runs[2])})"
        assert {len(jobs) for jobs in _by_array(cluster).values()} == {2, 1}
        with executing(cluster.engine(), runs, cluster.workspace):
            let_go(runs)
    assert states(runs) == ["done"] * 3 and [len(starts(run)) for run in runs] == [1, 1, 1]
    assert [run.ticket for run in runs] == [None] * 3


def test_what_another_loop_has_finished_meanwhile_is_not_submitted_again(cluster: Cluster) -> None:
    (run,), earlier = cluster.runs(1), {name for name, *_ in cluster.jobs()}
    observer = Observer(cluster.workspace)
    observer.looked = lambda _: run.set_status(Status(state="done", heartbeat=time.time()))
    EngineExecutor(cluster.engine()).execute({"one": run}, observer, lambda _: "")
    assert starts(run) == [] and run.ticket is None and {name for name, *_ in cluster.jobs()} <= earlier


def _by_array(cluster: Cluster) -> dict[str, list[str]]:
    arrays: dict[str, list[str]] = {}
    for name, index, state, _ in cluster.jobs():
        if state in {"PENDING", "RUNNING"}:
            arrays.setdefault(name, []).append(index)
    return arrays


def test_runs_that_are_preempted_or_warned_before_their_time_is_over_go_on_as_the_same_jobs(cluster: Cluster) -> None:
    preempted, warned = runs = cluster.runs(2, hold=7)
    with executing(cluster.engine(), runs, cluster.workspace) as observer:
        wait_until(lambda: all(map(hold_is_reached, runs)))
        jobs = [cluster.job_of(run) for run in runs]
        cluster.slurm.call("scancel", "--batch", "--signal=USR1", jobs[1])  # as Slurm does
        wait_until(lambda: warned.status.state == "queued")
        cluster.slurm.call("sbatch", "--partition=high", "--exclusive", "--output=/dev/null", "--wrap=true")
        wait_until(lambda: preempted.status.state == "queued")
        assert [run_line(run).state for run in runs] == [f"queued (slurm {job})" for job in jobs]
        let_go(runs)
        for run in runs:
            cluster.begin_again(run)
    assert states(runs) == ["done"] * 2 and [[step for _, step in starts(run)] for run in runs] == [[0, 7]] * 2
    assert "submitted again" not in observer.said


def test_a_killed_run_goes_on_in_its_job_while_it_gets_further_and_else_is_submitted_again(cluster: Cluster) -> None:
    """Also one that nobody waits for; and if the queue doesn't answer just then, which is no end."""
    mute = cluster.programs / "mute"
    cluster.instead_of(
        "squeue", f'if [ -e {mute} ]; then echo "squeue: error: Unable to contact" >&2; exit 1; fi; $REAL "$@"'
    )
    (run,) = runs = cluster.runs(1, hold=3)
    EngineExecutor(cluster.engine()).submit(run, cluster.workspace)
    wait_until(lambda: says_so(run))
    os.kill(starts(run)[0][0], signal.SIGKILL)
    wait_until(lambda: len(starts(run)) == 2)
    with executing(cluster.engine(), runs, cluster.workspace) as observer:
        wait_until(lambda: "submitted earlier" in observer.said)
        mute.touch()
        wait_until(lambda: "Unable to contact" in observer.said)
        os.kill(starts(run)[1][0], signal.SIGKILL)
        mute.unlink()
        wait_until(lambda: len(starts(run)) == 3)
        let_go(runs)
    assert states(runs) == ["done"]
    assert f"{run.id}: slurm ended its job (failed); submitted again (1 of 3 without progress)" in observer.notes


def test_what_never_begins_is_given_up_and_says_why(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    (run,) = runs = cluster.runs(1)
    broken = cluster.program("broken", "#!/bin/sh\necho no such module: torch >&2; exit 1\n")
    monkeypatch.setattr(Slurm, "tries", 1)
    with executing(cluster.engine(python=str(broken)), runs, cluster.workspace):
        pass
    assert run.status.state == "failed"
    assert run.status.error == (
        f"slurm ended its job 2 times without progress (failed), before lazytui started: check that {run.path} "
        "exists on its nodes, and that lazytui runs there (its output: no such module: torch)."
    )


def test_a_study_that_is_killed_loses_nothing_and_submits_nothing_twice(cluster: Cluster) -> None:
    """Also where it is killed after sbatch took its jobs and before it could write down which they are."""
    runs = cluster.runs(2, hold=4)
    cluster.instead_of("sbatch", '$REAL "$@"; kill -9 $PPID')
    command = [sys.executable, "-m", "tests.runs.engines.observed_loop", str(cluster.workspace.path)]
    command += [json.dumps(cluster.settings), *(run.id for run in runs)]
    killed = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert killed.returncode == -signal.SIGKILL and [cluster.job_of(run) for run in runs] == ["", ""]
    (cluster.programs / "sbatch").unlink()
    with executing(cluster.engine(), runs, cluster.workspace) as observer:
        wait_until(lambda: all(map(hold_is_reached, runs)))
        let_go(runs)
    assert states(runs) == ["done"] * 2 and [len(starts(run)) for run in runs] == [1, 1]
    assert "2 jobs of slurm submitted earlier: following them" in observer.notes


def test_a_submission_whose_answer_is_lost_is_found_again(cluster: Cluster) -> None:
    cluster.instead_of(
        "sbatch", '$REAL "$@" >/dev/null; echo "sbatch: error: Socket timed out on send/recv" >&2; exit 1'
    )
    runs = cluster.runs(1)
    with executing(cluster.engine(), runs, cluster.workspace) as observer:
        pass
    assert states(runs) == ["done"] and [len(starts(run)) for run in runs] == [1]
    assert "Slurm doesn't answer: Socket timed out on send/recv. Trying again; its jobs continue." in observer.notes


def test_neither_a_status_that_cannot_be_read_for_a_while_nor_a_killed_daemon_ends_a_run(cluster: Cluster) -> None:
    (run,) = runs = cluster.runs(1, hold=2)
    away = run.path / "status.away"
    looks: list[str] = []
    with executing(cluster.engine(), runs, cluster.workspace) as observer:
        wait_until(lambda: hold_is_reached(run))
        os.kill(starts(run)[0][0], signal.SIGSTOP)  # which writes it every other second
        (run.path / "status.json").rename(away)
        observer.looked = looks.append
        wait_until(lambda: len(looks) > 3)
        away.rename(run.path / "status.json")
        cluster.slurm.kill_node()
        os.kill(starts(run)[0][0], signal.SIGCONT)
        let_go(runs)
        wait_until(lambda: run.status.state == "done")
        cluster.slurm.start_node()
    assert [step for _, step in starts(run)] == [0] and not any("failed" in note for note in observer.notes)
    wait_until(lambda: cluster.slurm.call("sinfo", "-h", "-p", "low", "-o", "%T") == "idle", every=0.2)


def test_a_stop_saves_what_runs_and_takes_out_what_waits(cluster: Cluster) -> None:
    runs = cluster.runs(3, hold=9)
    with executing(cluster.engine(), runs, cluster.workspace) as observer:
        wait_until(lambda: hold_is_reached(runs[0]) and hold_is_reached(runs[1]))
        observer.stop.set()
    assert states(runs) == ["stopped"] * 3
    assert [(run.path / "saved").exists() for run in runs] == [True, True, False]
    with executing(cluster.engine(), runs, cluster.workspace):
        let_go(runs)
    assert [[step for _, step in starts(run)] for run in runs] == [[0, 9], [0, 9], [0]]
    assert states(runs) == ["done"] * 3


def test_a_queue_that_never_starts_says_why_and_a_person_can_take_a_run_out_of_it(cluster: Cluster) -> None:
    """That run alone, whatever job the ticket of another one names."""
    kept, canceled, foreign = cluster.runs(3)
    with executing(cluster.engine(partition="never"), [kept, canceled], cluster.workspace) as observer:
        wait_until(lambda: "2 jobs in the queue of slurm: 2 PartitionDown" in observer.notes)
        late = Status(state="queued", heartbeat=1.0)
        kept.set_status(late)
        assert kept.status == late, "it waits however long it takes"
        foreign.set_ticket(new_ticket("slurm", "lazytui-x_0").model_copy(update={"job": cluster.job_of(kept)}))
        foreign.set_status(late)
        stop_run(foreign)
        assert (foreign.status.state, kept.status.state) == ("stopped", "queued")
        cluster.slurm.call("scancel", cluster.job_of(canceled))
        wait_until(lambda: canceled.status.state == "stopped")
        assert {state for _, _, state, job in cluster.jobs() if job == cluster.job_of(kept)} == {"PENDING"}
        stop_run(kept)
    assert states([kept, canceled]) == ["stopped"] * 2 and [starts(run) for run in (kept, canceled)] == [[], []]


def test_a_run_whose_job_has_vanished_is_interrupted_when_somebody_looks(cluster: Cluster) -> None:
    vanished, young, unknown = cluster.runs(3)
    for run, engine, age in ((vanished, "slurm", 100.0), (young, "slurm", 0.0), (unknown, "pbs", 100.0)):
        ticket = new_ticket(engine, "lazytui-gone_0")
        run.set_ticket(ticket.model_copy(update={"submitted": ticket.submitted - age}))
        run.set_status(Status(state="queued", heartbeat=1.0))
    assert settle_vanished([vanished, young, unknown]) == [vanished]
    assert states([vanished, young, unknown]) == ["interrupted", "queued", "queued"]
    for run in (young, unknown):
        stop_run(run)
    assert states([vanished, young, unknown]) == ["interrupted", "stopped", "stopped"], "so they can be removed"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"partition": "nowhere"}, "Slurm refused the jobs: invalid partition specified: nowhere."),
        ({"time": "soon"}, "Slurm refused the jobs: Invalid --time specification."),
        ({"colour": "red"}, "Slurm refused the jobs: unrecognized option '--colour=red'."),
    ],
)
def test_what_slurm_refuses_is_reported_before_anything_is_submitted(
    cluster: Cluster, options: dict[str, str], sentence: str
) -> None:
    with pytest.raises(RefusedJobs) as refused:
        cluster.engine(**options).check()
    assert str(refused.value) == sentence


def test_a_refusal_leaves_the_runs_as_they_were(cluster: Cluster) -> None:
    (run,) = runs = cluster.runs(1)
    with executing(cluster.engine(partition="nowhere"), runs, cluster.workspace) as observer:
        pass
    assert "nowhere" in str(observer.error) and (run.status.state, run.ticket) == ("queued", None)


def test_fewer_are_submitted_at_once_where_a_person_may_have_only_so_many(cluster: Cluster) -> None:
    limit = 'case "$*" in *--array=0-[2-9]*) echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1 ;; esac'
    cluster.instead_of("sbatch", f'{limit}\n$REAL "$@"')
    runs = cluster.runs(3, steps=1)
    with executing(cluster.engine(), runs, cluster.workspace) as observer:
        pass
    assert states(runs) == ["done"] * 3 and [len(starts(run)) for run in runs] == [1] * 3
    assert (
        "Slurm takes no more jobs now: QOSMaxSubmitJobPerUserLimit. Trying again when others have ended."
        in observer.notes
    )


def test_a_run_that_nobody_waits_for_is_refused_where_slurm_takes_none_now(cluster: Cluster) -> None:
    cluster.instead_of("sbatch", 'echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1')
    (run,) = cluster.runs(1)
    with pytest.raises(BadInput) as refused:
        EngineExecutor(cluster.engine()).submit(run, cluster.workspace)
    assert str(refused.value) == (
        "Slurm takes no more jobs now: QOSMaxSubmitJobPerUserLimit. Once it does: "
        f"lazytui runs resume {run.id} --engine slurm --detach"
    )
    assert (run.status.state, run.ticket) == ("interrupted", None)


def test_without_slurm_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match="sbatch isn't on the PATH"):
        Slurm({}).check()


@pytest.mark.parametrize("option", ["array", "output", "wrap", "job-name"])
def test_what_lazytui_sets_itself_cannot_be_chosen(option: str) -> None:
    with pytest.raises(UsageError, match=f"--{option} of sbatch can't be chosen"):
        Slurm({option: "1"})
