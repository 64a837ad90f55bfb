"""A terminal that takes less than is drawn: nothing more is drawn until it has caught up, then how it is by then.

Textual hands what it draws to a thread through a queue of 30 writes, and stands still when that is full.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from queue import Queue
from typing import Any

from textual.app import App

LOOK_SECONDS = 0.02
_MOST_WAITING = 6
"""Two frames: each is what it shows, between the marks that let a terminal show it at once."""


class BackPressure:
    """Holds drawing back while too much waits to be written. It looks when something was drawn, and by the clock only
    while it holds: so it costs nothing while the app stands idle."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._held = ExitStack()
        self.holding = False

    def after_drawing(self) -> None:
        """To be called whenever the app has drawn."""
        if not self.holding and writes_waiting(self._app) > _MOST_WAITING:
            self.holding = True
            self._held.enter_context(self._app.batch_update())
            self._look_again()

    def _look_again(self) -> None:
        asyncio.get_running_loop().call_later(LOOK_SECONDS, self._release_when_caught_up)

    def _release_when_caught_up(self) -> None:
        if writes_waiting(self._app):
            self._look_again()
        else:
            self.holding = False
            self._held.close()


def writes_waiting(app: App[Any]) -> int:
    """Textual offers no way to ask, so this looks at its driver; 0 for a driver that has no such queue."""
    queue = getattr(getattr(app._driver, "_writer_thread", None), "_queue", None)
    return queue.qsize() if isinstance(queue, Queue) else 0
