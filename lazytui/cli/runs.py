"""`lazytui runs`: look after what was started."""

from __future__ import annotations

import json as jsonlib
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lazytui.cli.at import AtOption, RemoteLazytuiOption, location_of
from lazytui.cli.common_options import (
    EngineOption,
    EngineOptionOption,
    JsonOption,
    RunArgument,
    WorkspaceOption,
    workspace_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lazytui.runs.run_folder import RunFolder
    from lazytui.runs.workspace_watch import RunLine

group = typer.Typer(
    help="List, show, follow, pause, resume, stop, rename, remove and sync runs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@group.command("list")
def list_runs(
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
    json: JsonOption = False,
) -> None:
    """List the runs of the workspace, newest last."""
    from lazytui.cli.lists.tables import print_lines
    from lazytui.errors import BadInput
    from lazytui.runs.engines.control import settle_vanished
    from lazytui.runs.workspace_watch import WorkspaceWatch, shipped_lines

    location = location_of(workspace, at, remote_lazytui)
    if json and location.hosts:
        location.hosts.look()  # only then is it known what they found
    there = location.workspace
    watch = WorkspaceWatch(there)
    lines = watch.refresh()
    if settle_vanished(line.run for line in lines if line.ticket and not line.status.elsewhere):
        lines = watch.refresh()
    if watch.trouble:
        raise BadInput(watch.trouble)
    if json:
        print(jsonlib.dumps([_row(line) for line in lines], indent=1))
        return
    if not lines:
        print(f"No runs in {there.title} yet. Begin with: lazytui run story")
        shipped = ", ".join(line.run.reference for line in shipped_lines() if line.kind == "train")
        print(f"Bundled trained models: {shipped or 'none'}.")
        return
    heading = ["run", "name", "status", "done", "size", "age"]
    rows = [_cells(line) for line in lines]
    if at and len(at) > 1:
        heading = [*heading, "at"]
        rows = [
            [*row, line.status.elsewhere.at if line.status.elsewhere else ""]
            for row, line in zip(rows, lines, strict=True)
        ]
    print_lines(heading, rows, dispensable=["size", "done", "name", "age", "at"])


@group.command()
def show(
    run: RunArgument,
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
    json: JsonOption = False,
) -> None:
    """Show a run's options, its state and its results."""
    from lazytui.analyses.core.execute import figures
    from lazytui.cli.print_results import print_figures, print_note
    from lazytui.cli.run_json import run_json
    from lazytui.plain_text import plain_text
    from lazytui.runs.formatting import state_word
    from lazytui.runs.jobs import resume_command

    location = location_of(workspace, at, remote_lazytui)
    run_folder = location.workspace.find(run)
    if json:
        print(run_json(run_folder))
        return
    if run_folder.has_result:
        print_figures(figures(run_folder))
    record, status = run_folder.record, run_folder.status
    facts = {
        "run": run_folder.reference,
        "name": run_folder.name,
        "kind": record.kind,
        "status": state_word(status, run_folder.ticket) if status.state == "queued" else status.state,
        "error": status.error,
        "parents": list(record.parents),
    }
    facts_shown = {name: value for name, value in facts.items() if value}
    chosen = {name: value for name, value in record.params.items() if value is not None}
    for title, entries in (("", facts_shown), ("params", chosen), ("files", run_folder.artifacts())):
        if title:
            print(f"\n{title}")
        for name, value in entries.items():
            print(plain_text(f"  {name:<20} {', '.join(map(str, value)) if isinstance(value, list) else value}"))
    if run_folder.status.state in {"paused", "stopped", "interrupted", "failed"}:
        print_note(f"Resume it: {resume_command(run_folder)}{location.options}")


@group.command()
def follow(
    run: RunArgument,
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
) -> None:
    """Print a run's progress from its beginning until its end. Ctrl-C doesn't stop the run."""
    from lazytui.cli.closed_streams import is_unheard
    from lazytui.cli.print_results import print_note
    from lazytui.cli.runs_elsewhere import follow_events
    from lazytui.errors import LazytuiError

    location = location_of(workspace, at, remote_lazytui)
    run_folder = location.workspace.find(run)
    damaged = follow_events(run_folder, location)
    if is_unheard(sys.stdout):
        return
    status = run_folder.status
    if damaged:
        print_note(f"{damaged} damaged lines of events.jsonl were skipped.")
    if status.state != "done":
        raise LazytuiError(f"{run_folder.id}: {status.state}. {status.error or ''}".rstrip())
    print_note(f"{run_folder.id}: done; see it with: lazytui runs show {run_folder.id}{location.options}")


@group.command()
def stop(
    run: RunArgument,
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
) -> None:
    """Ask a run to save its progress and stop."""
    from lazytui.cli.print_results import print_note

    location = location_of(workspace, at, remote_lazytui)
    run_folder = location.workspace.find(run)
    location.control.stop(run_folder)
    print_note(f"{run_folder.id} is stopping.")


@group.command()
def pause(
    run: RunArgument,
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
) -> None:
    """Ask a run to save its progress and pause until it is resumed."""
    from lazytui.cli.print_results import print_note

    location = location_of(workspace, at, remote_lazytui)
    run_folder = location.workspace.find(run)
    location.control.pause(run_folder)
    print_note(
        f"{run_folder.id} is pausing; resume it with: lazytui runs resume {run_folder.reference}{location.options}"
    )


@group.command()
def resume(
    run: RunArgument,
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
    json: JsonOption = False,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="Custom code of the run that may be executed; without this, it never is. Repeatable.",
            metavar="FILE.py:FACTORY",
        ),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option(
            help="Show curves and figures in tensorboard or wandb; a run that began with tensorboard continues with "
            "it anyway. Repeatable.",
            metavar="PROGRAM",
        ),
    ] = None,
    engine: EngineOption = None,
    engine_option: EngineOptionOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress messages.")] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Run in the background.")] = False,
) -> None:
    """Continue a run that was paused, queued, stopped or interrupted, or that failed."""
    from lazytui.cli.engine_runs import engine_elsewhere, submit
    from lazytui.cli.print_results import print_note
    from lazytui.cli.run import execute_and_show
    from lazytui.cli.run_json import run_json
    from lazytui.code_permission import allow, code_in
    from lazytui.errors import UsageError
    from lazytui.runs.jobs import require_in_no_queue, start_detached, wake
    from lazytui.runs.logs.choice import begin_logs, check_logs

    logs = check_logs(log or [])
    location = location_of(workspace, at, remote_lazytui)
    there = location.workspace
    run_folder = there.find(run)
    there.require_own(run_folder, "resumed")
    if at:
        if model or logs:
            raise UsageError("--model and --log can't be used with --at: resume the run on its own machine.")
        location.control.resume(run_folder)
        print_note(
            f"{run_folder.id} continues at {run_folder.status.elsewhere and run_folder.status.elsewhere.at}.",
            quiet=quiet,
        )
        return
    for name in model or []:
        if name not in code_in(run_folder.record.params):
            raise UsageError(f"{run_folder.id} doesn't name the code {name}.")
        allow(name)
    if wake(run_folder):
        print_note(
            f"{run_folder.id} continues where it was paused; watch it with: lazytui runs follow {run_folder.id}",
            quiet=quiet,
        )
        if json:
            print(run_json(run_folder))
        return
    require_in_no_queue(run_folder)
    elsewhere = engine_elsewhere(engine, engine_option or [])
    begin_logs(run_folder.path, logs)
    if elsewhere and detach:
        submit(run_folder, there, elsewhere, quiet=quiet)
        return
    if detach:
        start_detached(run_folder, there)
        print_note(f"{run_folder.id} continues in the background.")
        return
    execute_and_show(run_folder, there, json=json, exports=[], quiet=quiet, engine=elsewhere)


@group.command()
def rename(
    run: RunArgument,
    name: Annotated[str, typer.Argument()],
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
) -> None:
    """Give a run a name to refer to it by."""
    from lazytui.cli.print_results import print_note

    location = location_of(workspace, at, remote_lazytui)
    run_folder = location.workspace.find(run)
    location.control.rename(run_folder, name)
    print_note(f"{run_folder.id} is now called {name}.")


@group.command()
def remove(
    runs: Annotated[list[str], typer.Argument(metavar="RUN...")],
    workspace: WorkspaceOption = None,
    at: AtOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Delete runs and everything in their folders."""
    from lazytui.cli.print_results import print_note
    from lazytui.plain_text import plain_text

    location = location_of(workspace, at, remote_lazytui)
    run_folders = {run.id: run for run in map(location.workspace.find, runs)}
    if not yes:
        typer.confirm(plain_text(f"Delete {', '.join(run_folders)} permanently?"), abort=True, err=True)
    for run in run_folders.values():
        location.control.remove([run], for_good=True)
        print_note(f"{run.id} was deleted.")


def _row(line: RunLine) -> dict[str, Any]:
    from lazytui.runs.workspace_watch import size_of_run

    row: dict[str, Any] = {"run": line.run.id, "name": line.name, "status": line.status.state}
    row |= {"error": line.status.error, "bytes": size_of_run(line)}
    row |= {"engine": line.ticket.engine, "job": line.ticket.job} if line.ticket else {}
    if line.damage:
        return row | {"kind": None, "created": None, "error": line.damage, "status": "failed"}
    return row | {"kind": line.kind, "created": line.created, "metrics": line.metrics}


def _cells(line: RunLine) -> list[str]:
    from lazytui.runs.formatting import age_text, size_text, state_word
    from lazytui.runs.workspace_watch import size_of_run

    progress = line.status.progress
    state = "failed" if line.damage else state_word(line.status, line.ticket) if line.ticket else line.status.state
    share = f"{progress.done / progress.total:.0%}" if progress and progress.total and state != "done" else ""
    began = age_text(line.created) if line.created else ""
    return [line.run.id, line.name or "", state, share, size_text(size_of_run(line)), began]


@group.command()
def sync(
    host: Annotated[str, typer.Argument(metavar="[USER@]HOST[:WORKSPACE]", help="As for --at.")],
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN]...", help="Runs of that machine. Default: all that have ended.")
    ] = None,
    workspace: WorkspaceOption = None,
    remote_lazytui: RemoteLazytuiOption = None,
    weights: Annotated[bool, typer.Option("--weights", help="Also copy networks and autoencoders.")] = False,
) -> None:
    """Copy the results of another machine into the workspace of this one, by ssh: only what isn't here yet."""
    from lazytui.cli.print_results import print_note
    from lazytui.counted_nouns import counted
    from lazytui.remote.host import Host
    from lazytui.remote.sync import sync as copy_results

    location = location_of(None, [host], remote_lazytui)
    assert isinstance(location.hosts, Host)
    there = location.workspace
    chosen = list(map(there.find, runs)) if runs else there.readable_runs()
    here = workspace_at(workspace)
    done = list(_copied_or_not(copy_results(location.hosts, chosen, here, weights=weights)))
    print_note(
        f"{counted(done.count(True), 'run')} of {there.title} copied into {here.path}; {done.count(False)} were "
        "already here."
    )


def _copied_or_not(copied: Iterable[tuple[RunFolder, str]]) -> Iterator[bool]:
    """Say what became of each; whether something was copied."""
    from lazytui.cli.print_results import print_note

    for run, how in copied:
        if how:
            print_note(f"{run.id}: {how}")
        yield bool(how)
