"""Work in a thread that failed must be heard of: what it was to show may be out of date from now on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, cast

from textual.message_pump import MessagePump
from textual.worker import Worker, WorkerState, active_worker

from lazytui.diagnostics import is_debugging, report_internal_error
from lazytui.errors import LazytuiError


class ReportsFailures(MessagePump):
    """For the app and whatever has work of its own: what became of it is reported to that widget alone."""

    def run_worker(self, work: Any, *arguments: Any, **options: Any) -> Worker[Any]:
        """As Textual's own, but a thread that has done its work doesn't keep the worker, and so its screen, in memory
        until it is given other work."""
        if options.get("thread") and callable(work):
            work = _forgetting_its_worker(work)
        return cast("Worker[Any]", super().run_worker(work, *arguments, **options))  # type: ignore[misc]  # of a node

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error:
            workspace = cast(Any, self.app).workspace  # the app is a Lab, which imports this
            self.show_failure(describe_failure(event.worker.error, workspace.path))

    def show_failure(self, sentence: str) -> None:
        self.app.notify(sentence, severity="error")


def _forgetting_its_worker(work: Callable[[], Any]) -> Callable[[], Any]:
    @wraps(work)
    def work_and_forget() -> Any:
        try:
            return work()
        finally:
            active_worker.set(cast(Any, None))

    return work_and_forget


def describe_failure(error: BaseException, workspace: Path) -> str:
    """The sentence of an error; one that nobody foresaw is a mistake of ours, and its traceback is kept."""
    if isinstance(error, LazytuiError) and not is_debugging():
        return str(error)
    return report_internal_error(error, workspace)
