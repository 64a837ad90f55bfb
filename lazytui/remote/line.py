"""The line to another machine: the system's ssh with the server at its other end. What comes is of unknown origin."""

from __future__ import annotations

import os
import selectors
import subprocess
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import suppress
from typing import IO, Any

from pydantic import ValidationError

from lazytui.errors import BadInput, LazytuiError, UsageError
from lazytui.files.reading import parse_json
from lazytui.plain_text import plain_text
from lazytui.remote.address import Address
from lazytui.remote.messages import Hello, Reply
from lazytui.remote.protocol import LONGEST_LINE, PROTOCOL, as_line

PATIENCE = 15.0
"""Seconds without a byte after which a line is given up."""
_PATIENCE_AT_FIRST = 60.0
"""The same before the server says hello: it loads first, on a machine that may be busy."""

_MOST_NOISE = 1 << 20
_LARGEST_ANSWER = 256 << 20
_LONGEST_ANSWER = 600.0
"""Bytes before the hello, such as a shell's greeting; bytes and seconds of an answer."""
_MOST_SAID = 8_000
_AT_ONCE = 1 << 16


class LineLost(BadInput):
    """There is no line, or none any more. It may come back."""


class Refused(BadInput):
    """There is a line, but nothing that can be talked to: another version, no lazytui, no permission."""


class Line:
    """Only one thread asks at a time."""

    def __init__(
        self,
        address: Address,
        process: subprocess.Popen[bytes] | None = None,
        first: Mapping[str, Any] | None = None,
    ) -> None:
        """process: its ssh, where that was started already. first: what is asked before the server has said hello, to
        spare a round trip; `answers` has the answer.

        Raises LineLost or Refused where there is no line.
        """
        self._address = address
        self._number = 0
        self._buffer = bytearray()
        self._said = bytearray()
        self._process = process or address.start()
        self._input, self._output = _pipe(self._process.stdin), _pipe(self._process.stdout)
        for pipe in (self._input, self._output):
            os.set_blocking(pipe.fileno(), False)
        self._listener = threading.Thread(target=self._listen, daemon=True, name=f"what {address.host} says")
        self._listener.start()
        try:
            if first is not None:
                self._send(first)
            self.hello = self._hello()
        except BaseException:
            self.close()
            raise

    def ask(self, do: str, **more: Any) -> Generator[Reply]:
        """Each line of the answer. Raises what went wrong over there, in a sentence, and LineLost.

        The line is closed where it is lost, and where an answer isn't read to its end.
        """
        try:
            self._send({"do": do, **more})
        except BaseException:
            self.close()
            raise
        yield from self.answers()

    def answers(self) -> Generator[Reply]:
        """The same to what was asked last."""
        is_whole = False
        try:
            until = time.monotonic() + _LONGEST_ANSWER
            room = _LARGEST_ANSWER
            while not is_whole:
                line = self._read_line(PATIENCE)
                room -= len(line)
                if room < 0 or time.monotonic() > until:
                    raise LineLost(f"{self._address.host} sends an endless answer.")
                reply = self._parse(line)
                is_whole = not reply.more
                if reply.error:
                    is_whole = True
                    raise _error(self._address.host, reply)
                yield reply
        finally:
            if not is_whole:
                self.close()

    def _send(self, request: Mapping[str, Any]) -> None:
        self._number += 1
        self._write(as_line({"id": self._number, **request}))

    def end(self) -> None:
        """End ssh, and with it the server; whoever waits for an answer hears that the line is lost."""
        self._process.terminate()

    def close(self) -> None:
        """End it and let go of it, once nobody asks any more."""
        self.end()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._input, self._output):
            with suppress(OSError):
                pipe.close()
        self._listener.join(timeout=2)

    # Talking

    def _hello(self) -> Hello:
        """The first line that is one, after whatever a shell greets with."""
        noise = 0
        while noise < _MOST_NOISE:
            line = self._read_line(_PATIENCE_AT_FIRST)
            noise += len(line)
            with suppress(ValueError, ValidationError):
                content = parse_json(line)
                if isinstance(content, dict) and "protocol" in content:
                    return self._checked(Hello.model_validate(content))
        raise Refused(
            f"{self._address.host} sends output that isn't lazytui's: check what its shell prints at startup."
        )

    def _checked(self, hello: Hello) -> Hello:
        if hello.protocol != PROTOCOL:
            raise Refused(
                f"{self._address.host} has lazytui {hello.lazytui:.40}, which speaks protocol {hello.protocol}, and "
                f"this one speaks {PROTOCOL}: install the same version on both."
            )
        return hello

    def _parse(self, line: bytes) -> Reply:
        try:
            reply = Reply.model_validate(parse_json(line))
        except ValueError as error:  # a ValidationError is one
            raise LineLost(f"{self._address.host} sends something that isn't an answer of lazytui.") from error
        if reply.re != self._number:
            raise LineLost(f"{self._address.host} sends an answer that wasn't asked for.")
        return reply

    def _read_line(self, patience: float) -> bytes:
        """patience: seconds that may go by without a byte."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > LONGEST_LINE:
                raise LineLost(f"{self._address.host} sends a line that is too long.")
            self._buffer += self._read(patience)
        line = bytes(self._buffer[: end + 1])
        del self._buffer[: end + 1]
        return line

    def _read(self, patience: float) -> bytes:
        self._wait_for(self._output, selectors.EVENT_READ, patience)
        try:
            content = os.read(self._output.fileno(), _AT_ONCE)
        except (OSError, ValueError) as error:
            raise LineLost(f"The connection to {self._address.host} is closed.") from error
        if not content:
            raise self._why_it_ended()
        return content

    def _write(self, content: bytes) -> None:
        while content:
            self._wait_for(self._input, selectors.EVENT_WRITE, PATIENCE)
            try:
                content = content[os.write(self._input.fileno(), content) :]
            except (BrokenPipeError, ConnectionResetError):
                raise self._why_it_ended() from None
            except (OSError, ValueError) as error:
                raise LineLost(f"The connection to {self._address.host} is closed.") from error

    def _wait_for(self, pipe: IO[bytes], event: int, patience: float) -> None:
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(pipe, event)
            except ValueError as error:  # it was closed meanwhile
                raise LineLost(f"The connection to {self._address.host} is closed.") from error
            if not selector.select(patience):
                raise LineLost(f"{self._address.host} doesn't answer.")

    # Why it ended

    def _listen(self) -> None:
        """Keep the end of what ssh and the shell over there say, which is never shown as it is."""
        error = self._process.stderr
        assert error is not None
        with error:
            while content := error.read(_AT_ONCE):
                self._said += content
                del self._said[:-_MOST_SAID]

    def _why_it_ended(self) -> LazytuiError:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return LineLost(f"{self._address.host} closed the connection.")
        self._listener.join(timeout=2)
        error_lines = [plain_text(line).strip() for line in self._said.decode(errors="replace").splitlines()]
        return _reason(self._address, code, [line for line in error_lines if line])


def _reason(address: Address, code: int, error_lines: list[str]) -> LazytuiError:
    """The sentence for a line that ended with an exit code. said: what was said on standard error."""
    host, last = address.host, (error_lines[-1] if error_lines else "it doesn't say why").rstrip(".")
    everything = "\n".join(error_lines)
    if "Permission denied" in everything and code == 255:
        return Refused(
            f"{host} refuses the connection: {last}. lazytui never asks for a password: make `ssh {host}` work without "
            "one, by a key or an agent."
        )
    if "Host key verification failed" in everything:
        return Refused(f"{host} isn't known to ssh: connect by hand once, with `ssh {host}`, to accept its key.")
    if code == 255:
        return LineLost(f"{host} can't be reached: {last}.")
    if code in {126, 127}:
        return Refused(
            f"{host} has no command {address.lazytui!r:.100} ({last}): give its path there with --remote-lazytui, or "
            "in hosts.toml."
        )
    if code == 2 and "serve" in everything:
        return Refused(f"{host} has an older lazytui, which can't serve its runs: install the same version on both.")
    if error_lines and error_lines[-1].startswith("lazytui: "):
        return Refused(f"{host}: {error_lines[-1].removeprefix('lazytui: ')}")
    return LineLost(f"The connection to {host} ended (exit code {code}): {last}.")


def _error(host: str, reply: Reply) -> LazytuiError:
    kind = UsageError if reply.code == UsageError.exit_code else BadInput
    return kind(f"{host}: {reply.error}")


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
