"""How often the app looks for changes: often while it is used or something changes, seldom while it stands idle."""

from __future__ import annotations

import time
from threading import Event

POLL_SECONDS = 0.5
POLL_SECONDS_ON_A_SLOW_LINK = 2.0
POLL_SECONDS_WHEN_IDLE = 2.0
IDLE_AFTER = 3.0
"""Seconds without a key and without a change."""


class PollingPace:
    """Pauses between looks, for threads; `keep_up` says that something happened, and ends a long pause."""

    def __init__(self, seconds: float = POLL_SECONDS) -> None:
        """seconds: of a pause while the app is used."""
        self._seconds = seconds
        self._happened = time.monotonic()
        self._awake = Event()

    @property
    def is_idle(self) -> bool:
        return time.monotonic() - self._happened > IDLE_AFTER

    def keep_up(self) -> None:
        """A key was pressed, or something changed: look often from now on."""
        was_idle = self.is_idle
        self._happened = time.monotonic()
        if was_idle:
            self._awake.set()

    def pause(self, share: float = 1.0) -> None:
        """Wait as long as is right now; several threads may, and a key ends the long pauses of all of them.

        share: of the usual pause, for what has to be seen sooner than the rest.
        """
        if not self.is_idle:
            time.sleep(share * self._seconds)
            return
        self._awake.clear()
        if self.is_idle:  # no key came before that
            self._awake.wait(max(self._seconds, POLL_SECONDS_WHEN_IDLE))
