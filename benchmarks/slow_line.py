"""A line between two ports of this machine that is slow, counts what goes over it, and can be cut."""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from contextlib import suppress

ROUND_TRIP = 0.1
BYTES_A_SECOND = 125_000
"""100 ms, 1 Mbit/s each way."""

_AT_ONCE = 1460


class SlowLine:
    """port: what to connect to in place of the other one. down, up: bytes that came from there, and that went there."""

    def __init__(self, to_port: int) -> None:
        self.down = self.up = 0
        self.is_cut = False
        self._to = to_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                time.sleep(ROUND_TRIP)  # the greeting of TCP
                for source, target, is_up in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._carry, args=(source, target, is_up), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_up: bool) -> None:
        """Each piece arrives half a round trip after the rate lets it leave; while the line is cut nothing does."""
        pieces: deque[tuple[float, bytes]] = deque()
        some = threading.Condition()

        def deliver() -> None:
            with suppress(OSError):
                while True:
                    with some:
                        while not pieces:
                            some.wait()
                        due, content = pieces.popleft()
                    time.sleep(max(0.0, due - time.monotonic()))
                    while self.is_cut:
                        time.sleep(0.02)
                    if not content:
                        target.shutdown(socket.SHUT_WR)
                        return
                    target.sendall(content)

        threading.Thread(target=deliver, daemon=True).start()
        free = 0.0
        with suppress(OSError):
            while True:
                content = source.recv(_AT_ONCE)
                if is_up:
                    self.up += len(content)
                else:
                    self.down += len(content)
                free = max(free, time.monotonic()) + len(content) / BYTES_A_SECOND
                with some:
                    pieces.append((free + ROUND_TRIP / 2, content))
                    some.notify()
                time.sleep(max(0.0, free - time.monotonic()))
                if not content:
                    return
