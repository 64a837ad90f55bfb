"""What can be done about the runs of a workspace of this machine."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from lazytui.runs.engines.catalog import engine_with_queue
from lazytui.runs.engines.control import stop_run
from lazytui.runs.engines.loop import EngineExecutor
from lazytui.runs.jobs import can_continue, continue_run, request_pause, start_detached
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.trash import Trash
from lazytui.runs.workspace import Workspace

_log = logging.getLogger(__name__)


class LocalRuns:
    """A `RunControl`."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._trash = Trash(workspace)

    def start(self, kind: str, values: Mapping[str, object]) -> RunFolder:
        from lazytui.analyses.core import execute

        run = execute.create(kind, execute.validate(kind, dict(values)), self.workspace)
        start_detached(run, self.workspace)
        _log.debug("started %s", run.id)
        return run

    def submit(self, kind: str, values: Mapping[str, object], engine: str, options: Sequence[str] = ()) -> RunFolder:
        from lazytui.analyses.core import execute

        opened = engine_with_queue(engine, options)
        if opened is None:
            return self.start(kind, values)
        run = execute.create(kind, execute.validate(kind, dict(values)), self.workspace)
        EngineExecutor(opened).submit(run, self.workspace)
        return run

    def stop(self, run: RunFolder) -> None:
        stop_run(run)

    def pause(self, run: RunFolder) -> None:
        request_pause(run)

    def resume(self, run: RunFolder) -> None:
        continue_run(run, self.workspace)

    def pause_or_resume(self, run: RunFolder) -> bool:
        goes_on = can_continue(run)
        if goes_on:
            self.resume(run)
        else:
            self.pause(run)
        return goes_on

    def rename(self, run: RunFolder, name: str) -> None:
        self.workspace.rename(run, name)

    def remove(self, runs: Sequence[RunFolder], *, for_good: bool = False) -> None:
        if for_good:
            for run in runs:
                self.workspace.remove(run)
        else:
            self._trash.remove(runs)

    def restore(self) -> list[RunFolder]:
        return self._trash.restore()

    def close(self) -> None:
        self._trash.empty()
