"""`--engine` of any analysis: its run is a job of an engine, which is followed here or left alone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lazytui.cli.print_results import print_note
from lazytui.runs.events import EventReader
from lazytui.runs.executors import Nobody

if TYPE_CHECKING:
    from lazytui.runs.engines.engine import Engine
    from lazytui.runs.run_folder import RunFolder
    from lazytui.runs.workspace import Workspace


def engine_elsewhere(name: str | None, options: Sequence[str]) -> Engine | None:
    """The engine that a person asked for, which takes runs; None where that is this process.

    Raises LazytuiError where it can be known that it won't.
    """
    from lazytui.errors import UsageError
    from lazytui.runs.engines.catalog import engine_with_queue

    if name is None:
        if options:
            raise UsageError("--engine-option is for an --engine.")
        return None
    return engine_with_queue(name, options)


def submit(run: RunFolder, workspace: Workspace, engine: Engine, *, quiet: bool) -> None:
    """Hand a run to an engine and return at once."""
    from lazytui.runs.engines.loop import EngineExecutor

    EngineExecutor(engine).submit(run, workspace)
    ticket = run.ticket
    where = f"in the queue ({ticket.label})" if ticket else "running already"
    print_note(f"{run.id} is {where}; follow it: lazytui runs follow {run.id}", quiet=quiet)


def execute_elsewhere(run: RunFolder, workspace: Workspace, engine: Engine, *, quiet: bool) -> None:
    """Have an engine execute a run, and show its reports until it has ended. Ctrl-C leaves it going.

    Raises LazytuiError where it doesn't end well.
    """
    from lazytui.errors import Interrupted, LazytuiError
    from lazytui.runs.engines.loop import EngineExecutor

    person = _Person(run, workspace, quiet=quiet)
    try:
        EngineExecutor(engine).execute({run.record.kind: run}, person, lambda _: "", "runs")
    except KeyboardInterrupt:
        goes_on = f"{run.id} continues ({run.ticket.label if run.ticket else engine.name})"
        raise Interrupted(f"{goes_on}; to stop it: lazytui runs stop {run.id}") from None
    status = run.status
    if status.state != "done":
        raise LazytuiError(f"{run.id}: {status.state}. {status.error or ''}".rstrip())


class _Person(Nobody):
    """Who waits for a run at a terminal: hears what the loop notes, and what the run itself reports."""

    def __init__(self, run: RunFolder, workspace: Workspace, *, quiet: bool) -> None:
        super().__init__(workspace)
        self._events = EventReader(run.events)
        self._quiet = quiet

    def must_stop(self) -> bool:
        """Asked often, so here is heard what the run has reported since."""
        from lazytui.cli.narration import print_event

        while events := self._events.read():
            for event in events:
                if not self._quiet:
                    print_event(event, file=sys.stderr)
        return False

    def note(self, text: str) -> None:
        print_note(text, quiet=self._quiet)
