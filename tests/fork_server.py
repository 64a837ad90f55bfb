"""Start commands by forking a process that has loaded torch, which takes seconds of work each time.

`use()` has `subprocess.Popen` ask a server for `python -m lazytui ...` and for the workers of a story. What it gets is
a child like any other: a process of its own that runs the whole program with the arguments, folder, variables,
streams, session and signals it was started with, and ends with the program's exit code. Only the interpreter and the
modules are there already: a test process on its way to load them loads them first and leaves a copy of itself as its
server (`begin`), any other starts one when it first needs it. So where the start itself is tested, `fresh` turns it
off, and anything else than lazytui is started as ever. A forked command has a server of its own for what it starts.

Linux only, elsewhere every process is a fresh one: the child is forked by a process that ends at once, so that it falls
to the one that asked for it (see prctl(2), PR_SET_CHILD_SUBREAPER).
"""

from __future__ import annotations

import atexit
import ctypes
import faulthandler
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, cast

ROOT = Path(__file__).resolve().parent.parent

_PROGRAMS = (
    "lazytui",
    "lazytui.analyses.core.worker_process",
    "lazytui.cli.fork_server_process",
    "tests.remote.as_ssh",
)
_LOADED = ("torch", "torchvision", "torch._dynamo", "matplotlib.figure", "plotext", "psutil", "sklearn.decomposition")
_NOT_LOADED = ("lazytui.__main__", "lazytui.app")
"""The app sets variables before it loads Textual, which reads them once."""

_READ_AT_START = ("PYTHON", "LC_", "OMP_", "MKL_", "LD_", "MALLOC", "COVERAGE")
"""Beginnings of the variables that the interpreter or torch read once: where they differ, the server is of no use."""

NAME = "fork server"
"""Of the processes, in the system's list, that are here for this only."""

_PR_SET_NAME, _PR_SET_CHILD_SUBREAPER = 15, 36
_LENGTH = struct.Struct("!I")
_COMMAND = "from tests.fork_server import main; main()"

_execute_child = cast("Callable[..., None]", vars(subprocess.Popen)["_execute_child"])
_asking = threading.Lock()
_server: socket.socket | None = None
_is_used = False


def use() -> None:
    """From here on commands are forked."""
    global _is_used
    _is_used = sys.platform == "linux" and "coverage" not in sys.modules
    subprocess.Popen._execute_child = _start  # type: ignore[attr-defined]


@contextmanager
def fresh() -> Iterator[None]:
    """Meanwhile every command is a fresh process, and so is what it starts."""
    global _is_used
    before, _is_used = _is_used, False
    try:
        yield
    finally:
        _is_used = before


def _start(
    self: Any,
    args: Any,
    executable: Any,
    preexec_fn: Callable[[], object] | None,
    close_fds: bool,
    pass_fds: Sequence[int],
    cwd: Any,
    env: Mapping[str, str] | None,
    *more: Any,
) -> None:
    """In place of Popen._execute_child: see CPython's subprocess.py."""
    shell, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite = more[2:9]
    session = more[-2]
    environment = dict(os.environ if env is None else env)
    prepare = _named(preexec_fn)
    if shell or pass_fds or executable or prepare is None or not _can_fork(args, environment):
        _execute_child(self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, *more)
        return
    request = {
        "arguments": [str(word) for word in args[1:]],
        "folder": str(cwd or Path.cwd()),
        "environment": environment,
        "session": bool(session),
        "prepare": prepare,
    }
    streams = [own if fd == -1 else fd for own, fd in enumerate((p2cread, c2pwrite, errwrite))]
    self.pid = _ask(request, streams)
    self._child_created = True
    self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)


def _can_fork(args: Any, environment: Mapping[str, str]) -> bool:
    if not _is_used or not isinstance(args, list) or args[:1] != [sys.executable]:
        return False
    option, module, *_ = [*(word for word in args[1:4] if word != "-P"), "", ""]
    is_ours = option == "-m" and module in _PROGRAMS
    return is_ours and _read_at_start(environment) == _read_at_start(os.environ)


def _read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_READ_AT_START)}


def _named(function: Callable[[], object] | None) -> str | None:
    """By what a forked process finds what it is to call first; None where it can't."""
    if function is None:
        return ""
    return None if "<locals>" in function.__qualname__ else f"{function.__module__}:{function.__qualname__}"


def _ask(request: Mapping[str, Any], streams: Sequence[int]) -> int:
    """Have the server fork; the new child's pid."""
    with _asking:
        server = _server or _launch()
        _adopt_orphans(True)
        try:
            message = json.dumps(request).encode()
            socket.send_fds(server, [_LENGTH.pack(len(message))], streams)
            server.sendall(message)
            return int(_LENGTH.unpack(_receive(server, _LENGTH.size))[0])
        finally:
            _adopt_orphans(False)


def _adopt_orphans(on: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(on), 0, 0, 0)


def begin() -> None:
    """Have this process load what its server needs, and the server be a copy of it. For a process that is going to
    load all of that anyway, and has but begun: nothing is loaded twice, and most memory is shared."""
    global _server
    if not _is_used:
        return
    _load()
    sys.stdout.flush()
    sys.stderr.flush()
    _server, its = socket.socketpair()
    if pid := os.fork():
        its.close()
        atexit.register(_end, _server, lambda: os.waitpid(pid, 0))
        return
    _server.close()
    _server = None
    faulthandler.disable()
    sys.dont_write_bytecode = False
    sys.modules.pop("lazytui.__main__", None)  # it is going to be run
    _keep_only(its.fileno())
    _serve(its)


def _keep_only(kept: int) -> None:
    """Close what was open but one file and standard error; standard input and output become nothing."""
    for number in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208
        if number > 2 and number != kept:
            with suppress(OSError):  # that of the listing itself
                os.close(number)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)


def _launch() -> socket.socket:
    """A server for this process, which ends with it."""
    global _server
    _server, its = socket.socketpair()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _COMMAND, str(its.fileno()), "lazytui"]
    null = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, pass_fds=[its.fileno()], stdin=null, stdout=null)
    its.close()
    atexit.register(_end, _server, process.wait)
    return _server


def _end(server: socket.socket, wait: Callable[[], object]) -> None:
    server.close()
    wait()


def _receive(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size and (more := connection.recv(size - len(received))):
        received += more
    return received


def main() -> None:
    """The server: `python -c ... DESCRIPTOR lazytui`; by the last word its children are known as lazytui's."""
    sys.path.remove("")
    connection = socket.socket(fileno=int(sys.argv[1]))
    use()
    _load()
    _serve(connection)


def _load() -> None:
    for name in _LOADED:
        importlib.import_module(name)
    lazytui = importlib.import_module("lazytui")
    for module in pkgutil.walk_packages(lazytui.__path__, "lazytui.", onerror=lambda _name: None):
        if not module.name.startswith(_NOT_LOADED):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


def _serve(connection: socket.socket) -> None:
    """Fork for each request, until who asks is gone. Returns in no process."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, NAME.encode(), 0, 0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        header, streams, *_ = socket.recv_fds(connection, _LENGTH.size, 3)
        if not header:
            os._exit(0)
        request = json.loads(_receive(connection, _LENGTH.unpack(header)[0]))
        pid = _fork_orphan()
        if pid is None:
            connection.close()
            _run(request, streams)
        connection.sendall(_LENGTH.pack(pid))
        for stream in streams:
            os.close(stream)


def _fork_orphan() -> int | None:
    """The pid of a new process that is no child of this one any more; None in the new one."""
    reading, writing = os.pipe()
    if parent := os.fork():
        os.close(writing)
        pid = _LENGTH.unpack(os.read(reading, _LENGTH.size))[0]
        os.close(reading)
        os.waitpid(parent, 0)
        return int(pid)
    if child := os.fork():
        os.write(writing, _LENGTH.pack(child))
        os._exit(0)
    os.close(reading)
    os.close(writing)
    return None


def _run(request: Mapping[str, Any], streams: Sequence[int]) -> NoReturn:
    """Be the program, to its end."""
    ctypes.CDLL(None).prctl(_PR_SET_NAME, b"python", 0, 0, 0)
    if request["session"]:
        os.setsid()
    _fork_own_server(streams)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in set(streams) - {0, 1, 2}:
        os.close(stream)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    if prepare := request["prepare"]:
        module, _, name = prepare.partition(":")
        getattr(importlib.import_module(module), name)()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # as the interpreter does when it starts
    _open_streams()
    options, (module, *arguments) = _split(request["arguments"])
    if "-P" not in options:
        sys.path.insert(0, request["folder"])
    sys.argv = ["-m", *arguments]
    os._exit(_exit_code(lambda: runpy._run_module_as_main(module)))  # type: ignore[attr-defined]


def _exit_code(program: Callable[[], object]) -> int:
    """Run it as the interpreter does, and end it so, but for giving back all memory: it is shared, which takes long."""
    try:
        try:
            program()
            code: object = None
        finally:
            threading._shutdown()  # type: ignore[attr-defined]
            atexit._run_exitfuncs()
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        sys.excepthook(*cast("tuple[Any, Any, Any]", sys.exc_info()))
        code = 1
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    if isinstance(code, str):
        os.write(2, f"{code}\n".encode())
    return code if isinstance(code, int) else int(code is not None)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Options of the interpreter, up to -m, and what comes after."""
    at = arguments.index("-m")
    return arguments[:at], arguments[at + 1 :]


def _fork_own_server(streams: Sequence[int]) -> None:
    """For what this process starts. It is forked before the program has begun, and holds none of its streams."""
    global _server
    _server, its = socket.socketpair()
    if os.fork():
        its.close()
        return
    _server.close()
    _server = None
    for stream in streams:
        os.close(stream)
    _serve(its)


def _open_streams() -> None:
    """As the interpreter opens them in a UTF-8 locale."""
    for number, (name, mode, errors) in enumerate(
        (("stdin", "r", "surrogateescape"), ("stdout", "w", "surrogateescape"), ("stderr", "w", "backslashreplace"))
    ):
        buffering = 1 if name == "stderr" or os.isatty(number) else -1
        stream = open(number, mode, buffering, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
