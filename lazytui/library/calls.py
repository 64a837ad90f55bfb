"""An analysis as a function call: Params from arguments, a run in a workspace, and what came of it."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lazytui.code_permission import allow_named
from lazytui.errors import UsageError, unknown_name
from lazytui.library.outcome import Outcome, open_outcome
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

Where = Workspace | Path | str | None
"""A workspace, its folder, or None: a folder of this process, which is removed when it ends."""


def run_analysis(
    kind: str,
    arguments: Mapping[str, Any],
    *,
    workspace: Where = None,
    name: str | None = None,
    log: str | Sequence[str] = (),
    quiet: bool = True,
) -> Outcome[Any, Any]:
    """Do an analysis here and now, as its command does.

    arguments: its Params by name; a run is an `Outcome`, or what refers to one on the command line. log: other programs
    that show it, `tensorboard` and `wandb`. Raises UsageError and BadInput, in one sentence, for what is wrong with
    them, before anything is written; LazytuiError where the work fails.
    """
    from lazytui.analyses.core import execute
    from lazytui.cli.narration import open_narrator
    from lazytui.runs.logs.choice import begin_logs, check_logs

    logs = check_logs([log] if isinstance(log, str) else log)
    chosen_workspace, values = workspace_at(workspace), _typed(kind, arguments)
    params = execute.validate(kind, values)
    allow_named(values)
    run = execute.create(kind, params, chosen_workspace, name=name, fill=lambda folder: begin_logs(folder, logs))
    with open_narrator(kind, quiet=quiet) as narrator:
        execute.execute_run(run, chosen_workspace, narrator)
    return open_outcome(run)


def open_run(reference: str | Path | RunFolder, *, workspace: Where = None) -> Outcome[Any, Any]:
    """A finished run: by its folder, id, unique prefix, name, `latest`, or `shipped/NAME`.

    workspace: where to look for it; by default where the command line looks (LAZYTUI_WORKSPACE, else ./runs). Raises
    BadInput where there is no such run, or it has no result.
    """
    if isinstance(reference, RunFolder):
        return open_outcome(reference)
    from lazytui.cli.common_options import workspace_at as usual_workspace

    chosen_workspace = usual_workspace(None) if workspace is None else workspace_at(workspace)
    return open_outcome(chosen_workspace.find(str(reference)))


def workspace_at(where: Where) -> Workspace:
    if isinstance(where, Workspace):
        return where
    return _of_this_process() if where is None else Workspace(Path(where))


@functools.cache
def _of_this_process() -> Workspace:
    folder = Path(tempfile.mkdtemp(prefix="lazytui-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Workspace(folder)


def _typed(kind: str, arguments: Mapping[str, Any]) -> dict[str, object]:
    """Those that were given, as Params take them. Raises UsageError for one that the analysis doesn't have."""
    from lazytui.analyses import analysis
    from lazytui.analyses.core.form_fields import fields_of

    fields_by_name = {field.name: field for field in fields_of(analysis(kind).params)}
    for name in arguments:
        if name not in fields_by_name:
            raise UsageError(unknown_name(f"argument of lazytui.{kind.replace('-', '_')}", name, fields_by_name))
    values = {name: _reference(value) for name, value in arguments.items() if value is not None}
    return {name: _several(value) if fields_by_name[name].several else value for name, value in values.items()}


def _several(value: object) -> object:
    """One of what there may be several of is a list of one."""
    return value if isinstance(value, list) else [value]


def _reference(value: object) -> object:
    if isinstance(value, Outcome):
        shipped = value.run.reference.startswith("shipped/")
        return value.run.reference if shipped else str(value.run.path.resolve())
    if isinstance(value, list | tuple):
        return [_reference(one) for one in value]
    return value
