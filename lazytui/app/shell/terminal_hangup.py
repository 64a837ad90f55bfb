"""A terminal that hangs up takes the app with it, whatever the app is doing; runs are not its own and go on."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable
from threading import Thread

_EXIT_CODE = 128 + signal.SIGHUP


def leave_when_hung_up(last: Callable[[], None]) -> None:
    """Call `last` and end this process as soon as nobody is at the terminal any more. To be called in the main thread.

    Where SIGHUP is ignored (nohup) or sent to somebody else, reading such a terminal gives nothing again and again, and
    writing to it may block for good; so it is watched from a thread, and the end doesn't wait for anything.
    """

    def leave() -> None:
        try:
            last()
        finally:
            os._exit(_EXIT_CODE)

    signal.signal(signal.SIGHUP, lambda *_: leave())
    Thread(target=_wait_for_hang_up, args=(sys.stdin.fileno(), leave), name="hang-up", daemon=True).start()


def _wait_for_hang_up(terminal: int, leave: Callable[[], None]) -> None:
    poll = select.poll()
    poll.register(terminal, 0)  # a hang-up is reported without being asked for
    if any(happened & select.POLLHUP for _, happened in poll.poll()):
        leave()
