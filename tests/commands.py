"""The real command in a process of its own, with a clean environment, and ways to watch what it does."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lazytui.__main__ import main
from lazytui.runs.events import Event, EventReader
from tests.signals import default_signals

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 300.0
"""Seconds to wait for what must come, less than pytest's own limit, after which a worker is killed without a word."""

TINY_DATA = ("--source", "strokes", "--train-size", "300", "--test-size", "200")
TINY_TRAINING = (*TINY_DATA, "--batch-size", "16", "--metrics-samples", "200", "--metrics-every", "20")
"""17 steps an epoch."""

TRAINING = ("run", "train", *TINY_TRAINING, "--model", "cnn3", "--epochs", "8", "--seed", "3")
"""A short training of a network with dropout, so that the random state matters: 136 steps."""


def read_events(path: Path) -> tuple[list[Event], int]:
    """All events of a log, and the number of damaged lines among them."""
    reader = EventReader(path)
    events: list[Event] = []
    while batch := reader.read():
        events.extend(batch)
    return events, reader.damaged


@dataclass(frozen=True)
class Finished:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line that a failure is reported in, after checking that there is nothing else."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1 and lines[0].startswith("lazytui: "), self.err
        return lines[0].removeprefix("lazytui: ")

    @property
    def last(self) -> str:
        """The last line of narration: the sentence of a failure that came on the way."""
        assert "Traceback" not in self.err, self.err
        return self.err.strip().splitlines()[-1]


@dataclass(frozen=True)
class Lab:
    """A workspace, and the command that works in it.

    Its data folder is empty: of digits none but strokes are at hand. The image cache is that of the test session.
    """

    folder: Path

    @property
    def workspace(self) -> Path:
        return self.folder / "runs"

    def environment(self, **more: str) -> dict[str, str]:
        data = self.folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", str(self.folder)),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "COLUMNS": "200",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT),
            "LAZYTUI_DATA": str(data),
            "LAZYTUI_CACHE": os.environ["LAZYTUI_CACHE"],
            "LAZYTUI_WORKSPACE": str(self.workspace),
            **more,
        }

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "lazytui", *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            preexec_fn=default_signals,
        )

    def run(self, *arguments: str | Path, **environment: str) -> Finished:
        return finish(self.start(*arguments, **environment))

    def call(self, *arguments: str | Path) -> Finished:
        """The same command in this process, which saves loading torch once more."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name, value in self.environment().items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["lazytui", *map(str, arguments)])
            try:
                main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
        return Finished(code, out.getvalue(), err.getvalue())

    def python(self, program: str) -> Finished:
        """Another Python program in the same environment."""
        ended = subprocess.run(
            [sys.executable, "-c", program],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return Finished(ended.returncode, ended.stdout, ended.stderr)

    def only_run(self) -> Path:
        """The folder of the one run there is, once it is there."""

        def folders() -> list[Path]:
            return [path for path in self.workspace.glob("[!.]*") if (path / "run.json").exists()]

        wait_until(folders)
        (found,) = folders()
        return found


def finish(process: subprocess.Popen[str]) -> Finished:
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"it didn't end: {out} {err}") from None
    return Finished(process.returncode, out, err)


def wait_until(
    condition: Callable[[], object], process: subprocess.Popen[str] | None = None, *, every: float = 0.02
) -> None:
    """Return as soon as the condition holds; fail when it never does, or when the process that makes it true ends.

    every: seconds between two looks, more where one is work.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        if process is not None and process.poll() is not None and not condition():
            raise AssertionError(f"the process ended first: {finish(process)}")
        time.sleep(every)


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def state_of(run: Path) -> str:
    """What status.json says, or nothing yet."""
    try:
        return str(read_json(run / "status.json")["state"])
    except OSError:
        return ""


def last_step(run: Path) -> int:
    """The last step whose metrics are in the event log; -1 before the first."""
    try:
        lines = (run / "events.jsonl").read_text().splitlines(keepends=True)
    except OSError:
        return -1
    events = [json.loads(line) for line in lines if line.endswith("\n")]
    return max((event["step"] for event in events if event["kind"] == "metrics"), default=-1)
