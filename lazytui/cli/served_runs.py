"""What another machine's lazytui may do about the runs of this one: all that a person could at its command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lazytui.analyses.core.local_runs import LocalRuns
from lazytui.code_permission import allow_named
from lazytui.runs.run_folder import RunFolder


class ServedRuns(LocalRuns):
    """Who asks has come by ssh, and may run whatever code they name as well by a shell."""

    def start(self, kind: str, values: Mapping[str, object]) -> RunFolder:
        allow_named(values)
        return super().start(kind, values)

    def submit(self, kind: str, values: Mapping[str, object], engine: str, options: Sequence[str] = ()) -> RunFolder:
        allow_named(values)
        return super().submit(kind, values, engine, options)
