"""The loop that sees runs through on an engine: submits them, looks at them, and submits again what was ended unasked.

What happened to a run is in its status.json; the engine says only whether its job is still there. So a job that is gone
and whose status says `stopped` though nobody asked for it was preempted, or came to a time limit; `running`, it was
killed. Whoever has the loop killed resumes it: it takes up the jobs that the tickets in the folders name.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from lazytui.code_permission import require_allowed_for
from lazytui.counted_nouns import counted
from lazytui.errors import BadInput, Interrupted
from lazytui.files.writing import storage_errors
from lazytui.runs.engines.engine import Busy, Engine, Job, RefusedJobs, Unreachable
from lazytui.runs.engines.last_output import last_output
from lazytui.runs.executors import Nobody, Overseer, pause_all, request
from lazytui.runs.formatting import state_word
from lazytui.runs.jobs import request_stop
from lazytui.runs.locks import AlreadyLocked
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE, Status, is_unreadable
from lazytui.runs.ticket import UNKNOWN_SECONDS, new_ticket
from lazytui.runs.workspace import Workspace

_LISTEN_EVERY = 0.2
_LOOKS = 2
"""How often in a row a job has to be gone whose run doesn't say that it ended: files of elsewhere are seen late."""

_BATCH = 1000
"""Jobs that are submitted at once, at most: a Slurm array takes 1,001, unless a site has changed that."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class EngineExecutor:
    """Executes runs on an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def execute(
        self,
        runs: Mapping[str, RunFolder],
        report: Overseer,
        summarize: Callable[[RunFolder], str],
        unit: str = "trainings",
    ) -> None:
        _Loop(self._engine, runs, report, summarize, unit).execute()

    def submit(self, run: RunFolder, workspace: Workspace) -> None:
        """Submit a run, unless it goes on already, and leave it alone. Raises LazytuiError where that can't be now."""
        loop = _Loop(self._engine, {run.id: run}, Nobody(workspace), lambda _: "", "runs")
        loop.take_up()
        loop.submit()
        loop.require_submitted()


@dataclass
class _Going:
    """A run that goes on. name: of its job; empty where another process executes it. looks: in a row, without its job.

    is_listed: whether the engine has said that there is such a job.
    """

    run: RunFolder
    name: str
    is_listed: bool
    submitted: float
    looks: int = 0


@dataclass
class _Tries:
    """progress: the furthest that a run came, in its own unit. count: submissions since then."""

    progress: int = -1
    count: int = 0


class _Loop:
    def __init__(
        self,
        engine: Engine,
        runs: Mapping[str, RunFolder],
        report: Overseer,
        summarize: Callable[[RunFolder], str],
        unit: str,
    ) -> None:
        self._engine, self._report, self._summarize, self._unit = engine, report, summarize, unit
        self._count = len(runs)
        self._names = {run.id: name for name, run in runs.items()}
        self._waiting = [run for run in runs.values() if run.status.state != "done"]
        self._going: list[_Going] = []
        self._tries: dict[str, _Tries] = {}
        self._last_names: dict[str, str] = {}
        self._noted: set[str] = set()
        self._reasons: set[frozenset[str]] = set()
        self._busy = ""
        self._submits_from = 0.0
        self._batch = _BATCH

    def execute(self) -> None:
        report = self._report
        self.take_up()
        while self._waiting or self._going:
            self._tell_progress()
            if report.must_stop():
                self._stop()
                raise Interrupted("Stopped; finished runs are kept, and the others have saved their progress.")
            if report.pausing:
                pause_all([going.run for going in self._going], report)
            self.submit()
            self._wait()
            self._look()
        self._tell_progress()

    def _tell_progress(self) -> None:
        self._report.progress(self._count - len(self._waiting) - len(self._going), self._count, self._unit)

    def _wait(self) -> None:
        until = time.monotonic() + self._engine.look_every
        while (left := until - time.monotonic()) > 0 and not self._report.must_stop() and not self._report.pausing:
            time.sleep(min(left, _LISTEN_EVERY))

    # What there is already

    def take_up(self) -> None:
        """Go on with jobs that an earlier loop has submitted, and with runs that another process executes."""
        jobs: Mapping[str, Job] = {}
        tickets = [run.ticket for run in self._waiting] if self._engine.takes_tickets else []
        names = {ticket.name for ticket in tickets if ticket and ticket.engine == self._engine.name}
        if names:
            jobs = self._answer(names)
        for run in list(self._waiting):
            ticket = run.ticket
            if ticket and ticket.name in names:
                self._last_names[run.id] = ticket.name
                if self._may_be_there(jobs.get(ticket.name), ticket.job, ticket.submitted):
                    self._follow(run, ticket.name, is_listed=ticket.name in jobs, submitted=ticket.submitted)
            elif run.status.state in {"running", "paused"} or run.is_in_a_queue:
                self._follow(run)
        if taken := sum(bool(going.name) for going in self._going):
            self._report.note(f"{counted(taken, 'job')} of {self._engine.name} submitted earlier: following them")

    def _follow(self, run: RunFolder, name: str = "", *, is_listed: bool = True, submitted: float = 0.0) -> None:
        self._waiting.remove(run)
        self._last_names[run.id] = name
        self._going.append(_Going(run, name, is_listed, submitted))

    def _may_be_there(self, job: Job | None, id_: str | None, submitted: float) -> bool:
        """Whether a job goes on, or may come to light: who submitted it was cut off before it heard of an answer."""
        if job is not None:
            return job.state != "gone"
        return id_ is None and abs(time.time() - submitted) < UNKNOWN_SECONDS

    def _answer(self, names: Collection[str]) -> Mapping[str, Job]:
        """What the engine says, however long it takes; nothing where the study is stopped meanwhile."""
        while not self._report.must_stop():
            try:
                return self._engine.look(names)
            except Unreachable as error:
                self._note_unreachable(error)
            self._wait()
        raise Interrupted(f"Stopped before {self._engine.name} answered; its jobs continue.")

    # Submitting

    def submit(self) -> None:
        """As many as there is room for."""
        while time.monotonic() >= self._submits_from:
            room = self._engine.at_a_time - len(self._going) if self._engine.at_a_time else self._batch
            if room <= 0 or not self._waiting:
                return
            self._submit_batch(self._waiting[: min(room, self._batch)])

    def require_submitted(self) -> None:
        """Raise BadInput where the engine takes no more jobs now."""
        for run in self._waiting:
            self._settle(run, "interrupted")
            again = f"lazytui runs resume {run.id} --engine {self._engine.name} --detach"
            raise BadInput(f"{self._busy} Once it does: {again}")

    def _submit_batch(self, chosen: Sequence[RunFolder]) -> None:
        batch = f"lazytui-{''.join(secrets.choice(_LETTERS) for _ in range(8))}"
        runs: dict[str, RunFolder] = {}
        for run in chosen:
            if self._prepare(run, name := f"{batch}_{len(runs)}"):
                runs[name] = run
        if runs:
            self._hand_over(runs)

    def _prepare(self, run: RunFolder, name: str) -> bool:
        """Make a run ready to be submitted: its ticket is written before, so that its job is found whatever happens."""
        if run.status.state == "queued" and run.stop_file.exists():
            self._waiting.remove(run)
            self._settle(run, "stopped")
            self._tell_end(run)
            return False
        if not self._engine.takes_tickets:
            return not self._follow_if_done(run)
        require_allowed_for(run.id, run.record.params)
        try:
            with run.claim():  # nobody begins it meanwhile, and no second loop submits it
                if self._follow_if_done(run):
                    return False
                ticket = run.ticket
                if ticket and ticket.engine == self._engine.name and ticket.name != self._last_names.get(run.id):
                    self._follow(run, ticket.name, submitted=ticket.submitted)  # another study has submitted it
                    return False
                with storage_errors(run.path):
                    run.stop_file.unlink(missing_ok=True)
                    run.pause_file.unlink(missing_ok=True)
                run.set_ticket(new_ticket(self._engine.name, name))
                run.set_status(Status(state="queued", heartbeat=time.time()))
        except AlreadyLocked:
            self._follow(run)
            return False
        return True

    def _follow_if_done(self, run: RunFolder) -> bool:
        """Whether a job of another loop has finished it meanwhile; then the next look ends it here, too."""
        if run.status.state != "done":
            return False
        self._follow(run)
        return True

    def _hand_over(self, runs: Mapping[str, RunFolder]) -> None:
        ids: Mapping[str, str] = {}
        try:
            ids = self._engine.submit(runs, self._report.workspace)
        except Unreachable as error:  # the next look shows whether it has them
            self._note_unreachable(error)
        except (Busy, RefusedJobs) as error:
            for run in runs.values():
                run.remove_ticket()
            if isinstance(error, RefusedJobs):
                raise
            self._busy = str(error)
            self._note_once(f"{error} Trying again when others have ended.")
            self._batch = max(len(runs) // 2, 1)  # a person may have fewer in the queue than are submitted at once
            self._submits_from = time.monotonic() + max(self._engine.look_every, 1.0)
            return
        for name, run in runs.items():
            self._follow(run, name, is_listed=name in ids or not self._engine.takes_tickets, submitted=time.time())
            if name in ids:
                run.set_ticket(new_ticket(self._engine.name, name).model_copy(update={"job": ids[name]}))

    # Looking

    def _look(self) -> None:
        jobs: Mapping[str, Job] | None = {}
        names = [going.name for going in self._going if going.name]
        if names:
            try:
                jobs = self._engine.look(names)
            except Unreachable as error:
                jobs = None
                self._note_unreachable(error)
        for going in list(self._going):
            self._see(going, jobs)
        if jobs is not None:
            self._tell_waiting(jobs)

    def _see(self, going: _Going, jobs: Mapping[str, Job] | None) -> None:
        status, job = going.run.status, (jobs or {}).get(going.name)
        state, is_there = status.state, job is not None and job.state != "gone"
        if is_unreadable(status) and (is_there or jobs is None) and going.name:
            return  # a file system may be away for a while
        if state == "done" or state == "failed" or (not going.name and state not in ACTIVE):
            self._end(going)
        elif going.name and jobs is not None:
            if job and is_there:
                going.is_listed, going.looks = True, 0
                if job.state == "waiting" and state in {"stopped", "interrupted"}:
                    self._say_queued(going.run)  # the engine has put it into its queue again, as after a preemption
            elif self._may_be_there(job, "" if going.is_listed else None, going.submitted):
                return
            else:
                going.looks += 1
                if state not in ACTIVE or going.looks >= _LOOKS:
                    self._end_unasked(going, job)

    def _say_queued(self, run: RunFolder) -> None:
        with suppress(AlreadyLocked), run.claim():
            if run.status.state in {"stopped", "interrupted"} and not run.stop_file.exists():
                run.set_status(Status(state="queued", heartbeat=time.time()))

    def _end_unasked(self, going: _Going, job: Job | None) -> None:
        """Its job is gone and it isn't done: stopped by a person, or else ended by the engine or from outside."""
        run, status = going.run, going.run.status
        if not self._engine.takes_tickets and status.state == "stopped":  # whoever sent a process of here a signal
            self._end(going)
        elif run.stop_file.exists() or (job and job.canceled and (job.id or status.state == "queued")):
            self._settle(run, "stopped")
            self._end(going)
        else:
            tries = self._tries.setdefault(run.id, _Tries())
            if status.progress and status.progress.done > tries.progress:
                tries.progress, tries.count = status.progress.done, 0
            tries.count += 1
            how = f" ({job.reason})" if job and job.reason else ""
            if tries.count > self._engine.tries:
                self._settle(run, "failed", self._why_given_up(run, status, how))
                self._end(going)
                return
            self._going.remove(going)
            self._waiting.append(run)
            self._report.note(
                f"{self._names[run.id]}: {self._engine.name} ended its job{how}; submitted again "
                f"({tries.count} of {self._engine.tries} without progress)"
            )

    def _why_given_up(self, run: RunFolder, status: Status, how: str) -> str:
        times = f"{self._engine.tries + 1} times without progress{how}"
        if status.state != "queued":
            return f"{self._engine.name} ended its job {times}."
        output = last_output(run)
        return (
            f"{self._engine.name} ended its job {times}, before lazytui started: check that {run.path.resolve()} "
            f"exists on its nodes, and that lazytui runs there{f' (its output: {output})' if output else ''}."
        )

    def _settle(self, run: RunFolder, state: str, error: str | None = None) -> None:
        """Write down how a run ended that can't say so itself, unless it has."""
        with suppress(AlreadyLocked), run.claim():
            status = run.status
            if status.state not in {"done", "failed", "stopped"} or error:
                now = {"state": state, "heartbeat": time.time(), "error": error, "progress": status.progress}
                run.set_status(Status.model_validate(now))

    def _end(self, going: _Going) -> None:
        self._going.remove(going)
        if self._engine.takes_tickets:
            going.run.remove_ticket()
        self._tell_end(going.run)

    def _tell_end(self, run: RunFolder) -> None:
        status = run.status
        summary = self._summarize(run) if status.state == "done" else ""
        more = f", {summary}" if summary else f": {status.error}" if status.error else ""
        self._report.note(f"{self._names[run.id]}: {state_word(status)}{more} ({run.id})")

    def _tell_waiting(self, jobs: Mapping[str, Job]) -> None:
        """Say how many wait in the engine's queue, and why, once for each set of reasons."""
        waiting = [jobs[going.name] for going in self._going if going.name in jobs]
        reasons = Counter(job.reason for job in waiting if job.state == "waiting")
        if reasons and frozenset(reasons) not in self._reasons:
            self._reasons.add(frozenset(reasons))
            why = ", ".join(f"{count} {reason}" if reason else str(count) for reason, count in reasons.most_common())
            self._report.note(f"{counted(reasons.total(), 'job')} in the queue of {self._engine.name}: {why}")

    # Stopping

    def _stop(self) -> None:
        """Stop all and wait for it: those that run save; what can't be asked now is asked again."""
        unasked, failures = list(self._going), set[str]()
        while self._going:
            unasked = [going for going in unasked if not request(self._ask_to_stop, going.run, self._report, failures)]
            if names := [going.name for going in self._going if going.name]:
                try:
                    self._engine.cancel(names)
                except Unreachable as error:
                    self._note_unreachable(error)
            time.sleep(min(self._engine.look_every, 1.0))
            self._look()

    def _ask_to_stop(self, run: RunFolder) -> None:
        """Of an engine's job by its folder only: the engine's own signal would be the second, which stops at once.

        Also one that was preempted, whose status says that it stopped.
        """
        if not self._engine.takes_tickets:
            request_stop(run)
            return
        run.refuse_links()
        with storage_errors(run.path):
            run.stop_file.touch()

    # Reporting

    def _note_unreachable(self, error: Unreachable) -> None:
        self._note_once(f"{error} Trying again; its jobs continue.")

    def _note_once(self, text: str) -> None:
        if text not in self._noted:
            self._noted.add(text)
            self._report.note(text)
