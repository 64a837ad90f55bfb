"""Work in a thread that failed must be heard of: what it was to show may be out of date from now on."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from textual.message_pump import MessagePump
from textual.worker import Worker, WorkerState

from lazytui.diagnostics import is_debugging, report_internal_error
from lazytui.errors import LazytuiError


class ReportsFailures(MessagePump):
    """For the app and whatever has work of its own: what became of it is reported to that widget alone."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error:
            workspace = cast(Any, self.app).workspace  # the app is a Lab, which imports this
            self.show_failure(describe_failure(event.worker.error, workspace.path))

    def show_failure(self, sentence: str) -> None:
        self.app.notify(sentence, severity="error")


def describe_failure(error: BaseException, workspace: Path) -> str:
    """The sentence of an error; one that nobody foresaw is a mistake of ours, and its traceback is kept."""
    if isinstance(error, LazytuiError) and not is_debugging():
        return str(error)
    return report_internal_error(error, workspace)
