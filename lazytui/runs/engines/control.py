"""Runs in an engine's queue, for who has no loop over them: taking one out of it, and seeing which have vanished."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress

from lazytui.errors import BadInput, LazytuiError
from lazytui.runs.engines.catalog import open_engine
from lazytui.runs.engines.engine import Job, Unreachable
from lazytui.runs.engines.settings import ENGINES
from lazytui.runs.jobs import request_stop
from lazytui.runs.locks import AlreadyLocked
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status
from lazytui.runs.ticket import UNKNOWN_SECONDS


def stop_run(run: RunFolder) -> None:
    """Request an active run to save and stop. Raises UsageError for one that isn't, BadInput where the engine whose
    queue it is in doesn't answer."""
    ticket, waits = run.ticket, run.is_in_a_queue
    request_stop(run)
    if ticket is None or not waits:
        return  # one that runs hears of it by its folder
    if ticket.engine in ENGINES:
        try:
            open_engine(ticket.engine).cancel([ticket.name])
        except Unreachable as error:
            raise BadInput(
                f"{run.id} stays in the queue ({ticket.label}), but stops when it begins: {error}"
            ) from error
    with suppress(AlreadyLocked), run.claim():  # one that began just now hears of it by its folder
        if run.is_in_a_queue:
            run.set_status(Status(state="stopped", heartbeat=time.time()))
            run.remove_ticket()


def settle_vanished(runs: Iterable[RunFolder]) -> list[RunFolder]:
    """Those of the runs that an engine's queue has no more though they never began: they are interrupted from now on.

    An engine is asked once for all of its runs; of one that doesn't answer none is taken for vanished.
    """
    by_engine: dict[str, dict[str, RunFolder]] = {}
    for run in runs:
        ticket = run.ticket
        if (
            ticket
            and ticket.engine in ENGINES
            and time.time() - ticket.submitted > UNKNOWN_SECONDS
            and run.is_in_a_queue
        ):
            by_engine.setdefault(ticket.engine, {})[ticket.name] = run
    vanished: list[RunFolder] = []
    for name, waiting in by_engine.items():
        with suppress(LazytuiError):
            jobs = open_engine(name).look(waiting)
            vanished += [
                run for job, run in waiting.items() if jobs.get(job, _GONE).state == "gone" and _interrupt(run)
            ]
    return vanished


_GONE = Job("gone")


def _interrupt(run: RunFolder) -> bool:
    with suppress(AlreadyLocked), run.claim():
        if run.is_in_a_queue:
            run.set_status(Status(state="interrupted", heartbeat=time.time()))
            return True
    return False
