"""What several commands share: where the workspace is, and the run a person means."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lazytui.files.writing import parse_path

if TYPE_CHECKING:
    from lazytui.runs.workspace import Workspace


def workspace_path() -> Path:
    """The folder of LAZYTUI_WORKSPACE where that isn't empty, else ./runs."""
    return parse_path(os.environ.get("LAZYTUI_WORKSPACE") or "runs")


def workspace_at(path: Path | None) -> Workspace:
    """The workspace of --workspace, else of LAZYTUI_WORKSPACE where it isn't empty, else ./runs."""
    from lazytui.diagnostics import start_log
    from lazytui.runs.workspace import Workspace

    if path:
        os.environ["LAZYTUI_WORKSPACE"] = str(path)  # where a traceback goes, should there be one
    start_log(workspace_path())
    return Workspace(path or workspace_path())


def complete_run(ctx: typer.Context, incomplete: str) -> list[str]:
    """Ids, names and shipped models that begin with what is typed."""
    from lazytui.plain_text import plain_text
    from lazytui.runs.workspace import shipped_runs

    runs = workspace_at(ctx.params.get("workspace")).runs()
    references = ["latest", *(run.name for run in runs if run.name), *(run.id for run in reversed(runs))]
    references += [run.reference for run in shipped_runs()]
    return [
        reference for reference in references if reference.startswith(incomplete) and plain_text(reference) == reference
    ]


WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        parser=parse_path,
        help="Folder that holds the runs.",
        show_default="$LAZYTUI_WORKSPACE or ./runs",
        metavar="DIR",
    ),
]

RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        autocompletion=complete_run,
        help="An id or its unique beginning or end, a name, a folder, `latest`, or `shipped/NAME`.",
    ),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

EngineOption = Annotated[
    str | None, typer.Option(help="Execute it on an engine: local, slurm or ray.", metavar="NAME", show_default="local")
]
EngineOptionOption = Annotated[
    list[str] | None,
    typer.Option(help="An option for the engine, such as time=2:00:00. Repeatable.", metavar="NAME=VALUE"),
]
