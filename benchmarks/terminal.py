"""A terminal for a benchmark: a real pty with the app behind it, and what the app writes and when."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120.0


class Terminal:
    """began: when the process was started. written: (seconds on the clock of `time.monotonic`, bytes) of each read."""

    def __init__(self, process: subprocess.Popen[bytes], keyboard: int) -> None:
        self.process = process
        self.began = time.monotonic()
        self.written: list[tuple[float, bytes]] = []
        self._keyboard = keyboard

    def type(self, keys: str) -> float:
        """Press keys; when that was."""
        os.write(self._keyboard, keys.encode())
        return time.monotonic()

    def watch(self, seconds: float) -> None:
        """Take what is written, as fast as it comes, for so long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._take(left)

    def until(self, condition: Callable[[], object]) -> float:
        """Take what is written until the condition holds; when that was."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("What the benchmark waits for never came:\n" + self.text_since(0)[-2000:])
            self._take(0.005)
        return time.monotonic()

    def shows(self, words: str, since: float = 0.0) -> Callable[[], bool]:
        """A condition: the words were written after some time."""
        return lambda: words in self.text_since(since)

    def text_since(self, since: float) -> str:
        return b"".join(part for at, part in self.written if at >= since).decode(errors="replace")

    def bytes_between(self, start: float, end: float) -> int:
        return sum(len(part) for at, part in self.written if start <= at < end)

    def quit(self) -> None:
        """Leave the app as a person does."""
        self.type("q")
        while self.process.poll() is None:
            self._take(0.05)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._keyboard)

    def _take(self, patience: float) -> bool:
        if not select.select([self._keyboard], [], [], max(patience, 0))[0]:
            return False
        try:
            part = os.read(self._keyboard, 1 << 16)
        except OSError:  # the other end is gone
            time.sleep(0.01)
            return False
        self.written.append((time.monotonic(), part))
        return True


@contextmanager
def terminal(
    arguments: list[str], folder: Path, size: tuple[int, int], environment: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Python with these arguments on a terminal of `size` (columns, rows), in true color."""
    keyboard, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env={**surroundings(folder), **(environment or {})},
        stdin=screen,
        stdout=screen,
        stderr=screen,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(screen)
    shown = Terminal(process, keyboard)
    try:
        yield shown
    finally:
        shown.close()


def surroundings(folder: Path) -> dict[str, str]:
    """An environment in which the workspace and the data are in this folder, and no library takes more than a core."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", str(folder)),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
        "LAZYTUI_DATA": str(folder / "data"),
        "LAZYTUI_CACHE": str(folder / "images"),
        "LAZYTUI_WORKSPACE": str(folder / "runs"),
    }
