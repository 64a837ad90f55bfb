"""What a process that a test starts does with signals and with its terminal, before it is the command."""

from __future__ import annotations

import fcntl
import signal
import termios


def default_signals() -> None:
    """A test run in the background of a shell ignores SIGINT, and its children would inherit that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def take_terminal() -> None:
    """Make standard input the controlling terminal: the system reports its end by SIGHUP, and Ctrl-C by SIGINT."""
    default_signals()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
