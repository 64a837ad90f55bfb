"""Stopping a run wherever it is: one that waits in an engine's queue is taken out of it."""

from __future__ import annotations

import time

from lazytui.errors import BadInput
from lazytui.runs.engines.catalog import open_engine
from lazytui.runs.engines.engine import Unreachable
from lazytui.runs.engines.settings import ENGINES
from lazytui.runs.jobs import request_stop
from lazytui.runs.locks import AlreadyLocked
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import Status


def stop_run(run: RunFolder) -> None:
    """Request an active run to save and stop. Raises UsageError for one that isn't, BadInput where the engine whose
    queue it is in doesn't answer."""
    ticket, waits = run.ticket, run.is_in_a_queue
    request_stop(run)
    if ticket is None or ticket.engine not in ENGINES or not waits:
        return  # one that runs hears of it by its folder
    try:
        engine = open_engine(ticket.engine)
        engine.cancel([ticket.name])
        is_there = ticket.name in engine.look([ticket.name])
    except Unreachable as error:
        raise BadInput(f"{run.id} stays in the queue ({ticket.words}), but stops when it begins: {error}") from error
    if not is_there or run.is_in_a_queue:
        try:
            with run.claim():
                if run.is_in_a_queue:
                    run.set_status(Status(state="stopped", heartbeat=time.time()))
                    run.remove_ticket()
        except AlreadyLocked:  # it began just now, and hears of it by its folder
            return
