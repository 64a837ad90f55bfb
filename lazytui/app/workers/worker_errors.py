"""Work in a thread that failed must be heard of: what it was to show may be out of date from now on."""

from __future__ import annotations

from textual.message_pump import MessagePump
from textual.worker import Worker, WorkerState


class TellsFailures(MessagePump):
    """For the app and whatever has work of its own: what became of it is told to that widget alone."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            self.app.notify(f"Something that lazytui doesn't know went wrong: {error!r}", severity="error")
