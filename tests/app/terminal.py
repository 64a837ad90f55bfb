"""The real app on a pseudo-terminal: what a person sees there, types, and hangs up."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import pyte

from tests import fork_server
from tests.commands import PATIENCE, Lab, wait_until
from tests.signals import default_signals, take_terminal

COLUMNS, ROWS = 120, 36


class Screen:
    """What a person sees and types; closing it is hanging up. drawn: all that was written to it until now."""

    def __init__(self, process: subprocess.Popen[bytes], keyboard: int) -> None:
        self.process = process
        self.output = ""
        self._keyboard = keyboard
        self._seen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._seen)
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The characters that are on it now."""
        if self._text is None:  # put together anew only when something was drawn: it is asked for all the time
            self._text = "\n".join(line.rstrip() for line in self._seen.display)
        return self._text

    def shows(self, words: str) -> bool:
        """Whether the words are on it by now."""
        self._read()
        return words in self.text

    def wait_for(self, *words: str) -> None:
        """Return when all of the words are on it; fail, and show what is there, when the app ends without them."""
        shown = False

        def is_over() -> bool:  # not asked again afterwards: the next frame may be half drawn
            nonlocal shown
            shown = self._shows_all(words)
            return shown or self.process.poll() is not None

        try:
            wait_until(is_over)
        finally:
            ended = self.process.poll()
            assert shown or self._shows_all(words), f"{words} weren't shown (exit code: {ended}) on:\n{self.text}"

    def type(self, keys: str) -> None:
        os.write(self._keyboard, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        self._seen.resize(rows, columns)
        self._text = None
        fcntl.ioctl(self._keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def leave(self) -> int:
        """Press q, and read what is still drawn until the app has ended; its exit code."""
        self.type("q")
        wait_until(lambda: self.shows("") and self.process.poll() is not None)
        return self.process.wait()

    def hang_up(self) -> int:
        """Close the terminal; the exit code of the app."""
        os.close(self._keyboard)
        self._keyboard = -1
        return self.process.wait(timeout=PATIENCE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        if self._keyboard >= 0:
            os.close(self._keyboard)

    def _shows_all(self, words: Sequence[str]) -> bool:
        self._read()
        return all(each in self.text for each in words)

    def _read(self) -> None:
        if select.select([self._keyboard], [], [], 0.05)[0]:
            with suppress(OSError):  # Linux says so when the other end is closed
                output = os.read(self._keyboard, 65_536)
                self.output += output.decode(errors="replace")
                self._stream.feed(output)
                self._text = None


@contextmanager
def app_on_terminal(lab: Lab, *arguments: str, controlling: bool = True) -> Iterator[Screen]:
    """controlling: whether the system notifies the app of a hang-up by SIGHUP."""

    keyboard, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = lab.environment(TERM="xterm-256color")
    del environment["COLUMNS"]  # Textual would believe it more than the terminal, also after a resize
    with fork_server.fresh():  # an app has threads of its own, which a forked process may wait for in vain
        process = subprocess.Popen(
            [sys.executable, "-m", "lazytui", *arguments],
            cwd=lab.folder,
            env=environment,
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
            preexec_fn=take_terminal if controlling else default_signals,
        )
    os.close(screen)
    shown = Screen(process, keyboard)
    try:
        yield shown
    finally:
        shown.close()
