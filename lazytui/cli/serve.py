"""`lazytui serve`: answers what another machine's lazytui asks, over the line by which it was started."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from lazytui.cli.common_options import WorkspaceOption, workspace_path


def serve(
    stdio: Annotated[bool, typer.Option("--stdio", help="Serve over standard input and output (required).")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the runs of this machine to another one. `lazytui --at` starts it there by ssh; it listens to no network."""
    from lazytui.errors import UsageError
    from lazytui.remote.server import serve as answer
    from lazytui.runs.run_control import RunControl
    from lazytui.runs.workspace import Workspace

    if not stdio:
        raise UsageError("lazytui serve is started by `lazytui --at` over ssh; by hand it needs --stdio.")
    os.chdir(os.path.expanduser("~"))  # noqa: PTH111 - where ssh begins, too

    def control() -> RunControl:
        from lazytui.cli.served_runs import ServedRuns

        return ServedRuns(there)

    there = Workspace((workspace or workspace_path()).expanduser())
    os.environ["LAZYTUI_WORKSPACE"] = str(there.path)
    sys.stdout.flush()
    with os.fdopen(os.dup(1), "wb") as replies:
        os.dup2(2, 1)  # whatever else is printed must not be taken for an answer
        answer(sys.stdin.buffer, replies, there, control)
