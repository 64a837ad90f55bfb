"""A terminal that takes less than is drawn: nothing more is drawn until it has caught up, then how it is by then.

Textual hands what it draws to a thread through a queue of 30 writes, and stands still when that is full.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from queue import Queue
from typing import Any

from textual.app import App

LOOK_SECONDS = 0.1
_MOST_WAITING = 6
"""Two frames: each is what it shows, between the marks that let a terminal show it at once."""


class BackPressure:
    """Looks ten times a second, and holds drawing back while too much waits to be written."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._held = ExitStack()
        self.holding = False

    def keep_looking(self) -> None:
        """From now on until the app ends. By the event loop itself: a timer of Textual's sends a message through the
        app each time, also while that stands idle."""
        self.look()
        asyncio.get_running_loop().call_later(LOOK_SECONDS, self.keep_looking)

    def look(self) -> None:
        behind = writes_waiting(self._app) > (0 if self.holding else _MOST_WAITING)
        if behind and not self.holding:
            self._held.enter_context(self._app.batch_update())
        elif self.holding and not behind:
            self._held.close()
        self.holding = behind


def writes_waiting(app: App[Any]) -> int:
    """Textual offers no way to ask, so this looks at its driver; 0 for a driver that has no such queue."""
    queue = getattr(getattr(app._driver, "_writer_thread", None), "_queue", None)
    return queue.qsize() if isinstance(queue, Queue) else 0
