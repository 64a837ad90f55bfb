"""Runs that are started on another machine, compared with those of others, and copied from there."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from lazytui.errors import LazytuiError, UsageError

if TYPE_CHECKING:
    from lazytui.cli.at import RunLocation
    from lazytui.runs.run_folder import RunFolder

_FILES_OF_A_TRAINING = ("result.json", "arrays.safetensors")


def start_there(
    kind: str,
    values: dict[str, Any],
    location: RunLocation,
    *,
    job: tuple[str, list[str]] | None,
    name: str | None,
    detach: bool,
    json: bool,
    quiet: bool,
) -> None:
    """Start a run on the one machine, and follow it to its end unless it is to be left alone; then show it.

    job: the engine there whose job it is to be, and the engine's options.
    """
    from lazytui.analyses.core import execute
    from lazytui.cli.print_results import print_note, show
    from lazytui.cli.run_json import run_json
    from lazytui.remote.host import Host
    from lazytui.runs.run_folder import check_name

    if not isinstance(location.hosts, Host):
        raise UsageError("A run is started on one machine: give --at once. Only compare takes several machines.")
    if name is not None:
        check_name(name)
    execute.validate(kind, values)
    run = location.hosts.submit(kind, values, *job) if job else location.hosts.start(kind, values)
    if name is not None:
        location.control.rename(run, name)
    does = f"is in the queue ({run.ticket.label})" if run.is_in_a_queue and run.ticket else "runs"
    print_note(
        f"{run.id} {does} at {location.workspace.title}; it continues even if the connection is lost.", quiet=quiet
    )
    if detach:
        print(run_json(run) if json else run.id)
        return
    follow_events(run, location, out=not quiet and not json)
    status = run.status
    if status.state != "done":
        raise LazytuiError(f"{run.id}: {status.state}. {status.error or ''}".rstrip())
    show(run, location.workspace, json=json, exports=[], quiet=quiet)


def follow_events(run: RunFolder, location: RunLocation, *, out: bool = True) -> int:
    """Print what a run reports until its end; the number of damaged lines. Ends, too, where nobody listens any more."""
    from lazytui.cli.closed_streams import is_unheard
    from lazytui.cli.narration import print_event
    from lazytui.runs.events import EventReader
    from lazytui.runs.status import ACTIVE

    trouble = _Trouble(location)
    if location.hosts:
        location.hosts.keep_up()
    reader = EventReader(run.events)
    while True:
        going = run.status.state in ACTIVE  # asked before reading, so that the last events aren't missed
        while events := reader.read():
            for event in events:
                if out:
                    print_event(event)
            if is_unheard(sys.stdout):
                return reader.damaged
        if not going:
            return reader.damaged
        trouble.report()
        time.sleep(location.poll_seconds)


class _Trouble:
    """Says once that the line is lost, and once that it is back."""

    def __init__(self, location: RunLocation) -> None:
        self._location = location
        self._reported = ""

    def report(self) -> None:
        from lazytui.cli.print_results import print_note

        now = self._location.hosts.trouble if self._location.hosts else ""
        if bool(now) != bool(self._reported):
            print_note(now or "The connection is back.")
        self._reported = now


def compared_there(values: dict[str, Any], location: RunLocation) -> dict[str, Any]:
    """What `compare` is asked here, with trainings of other machines; none is trained unless that is asked for."""
    from lazytui.cli.print_results import print_note
    from lazytui.remote.host import Host

    assert location.hosts
    named_runs = [location.workspace.find(reference, kinds=("train",)) for reference in values.get("runs", ())]
    trainings = named_runs or [
        run for run in location.workspace.readable_runs() if run.record.kind == "train" and run.status.state == "done"
    ]
    if not trainings:
        raise LazytuiError(f"There is no finished training at {location.workspace.title}.")
    for host in [location.hosts] if isinstance(location.hosts, Host) else location.hosts.hosts:
        host.bring_all([(run.id, file) for run in trainings for file in _FILES_OF_A_TRAINING])
    if "plain" not in values:
        print_note("Only existing plain networks are compared; --plain trains the missing ones, on this machine.")
    return {"plain": False, **values, "runs": tuple(str(run.path.resolve()) for run in trainings)}
