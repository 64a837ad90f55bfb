"""The engine `ray` with a real Ray of one node, whose program `ray` is on the PATH (`pip install "ray[default]"`).

It has nothing to do with the suite's small server: this is how one sees that the two answer alike.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from lazytui.errors import LazytuiError
from lazytui.runs.engines.ray import Ray
from lazytui.runs.workspace import Workspace
from tests.commands import ROOT, wait_until
from tests.free_ports import free_ports
from tests.runs.engines.observed_loop import executing, hold_is_reached, let_go, runs_of, starts, states


def _row(what: str, found: object) -> None:
    print(f"{what:<60} {found}", flush=True)


def _head(folder: Path, port: int, dashboard: int, token: str) -> subprocess.Popen[bytes]:
    """A head with its dashboard, in the foreground, so that only its own processes are ended."""
    program = shutil.which("ray")
    if program is None:
        sys.exit('There is no program ray on the PATH: pip install "ray[default]" makes it.')
    command = [program, "start", "--head", "--block", "--num-cpus=2", f"--port={port}", f"--dashboard-port={dashboard}"]
    command += ["--include-dashboard=true", "--disable-usage-stats", "--object-store-memory=100000000"]
    environment = {**os.environ, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token}
    with (folder / "ray.log").open("wb") as log:
        return subprocess.Popen(
            [*command, f"--temp-dir={folder / 'ray'}"], env=environment, stdout=log, stderr=log, start_new_session=True
        )


def _answers(address: str) -> bool:
    try:
        with urlopen(f"{address}/api/version", timeout=5):
            return True
    except URLError as error:
        return getattr(error, "code", None) == 401


def _checked(ray: Ray) -> str:
    try:
        ray.check()
    except LazytuiError as error:
        return str(error)
    return "accepted"


def main() -> None:
    folder, (port, dashboard), token = Path(tempfile.mkdtemp(prefix="lr-")), free_ports(2), secrets.token_hex(32)
    address, began = f"http://127.0.0.1:{dashboard}", time.monotonic()
    head = _head(folder, port, dashboard, token)
    try:
        wait_until(lambda: _answers(address))
        _row("ray start --head answers after", f"{time.monotonic() - began:.0f} s")
        python = folder / "tiny-python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT}/tests/runs/engines/tiny_job.py "$@"\n')
        python.chmod(0o755)
        settings = {"address": address, "python": str(python), "setup": f"export PYTHONPATH={ROOT}", "look-every": "1"}
        os.environ["RAY_AUTH_TOKEN"] = "another"
        _row("with a wrong token", refused := _checked(Ray(settings)))
        os.environ["RAY_AUTH_TOKEN"] = token
        _row("with its token", accepted := _checked(Ray(settings)))
        assert "refused the token" in refused and accepted == "accepted"
        _see_through(Ray(settings), Workspace(folder / "runs"))
    finally:
        os.killpg(head.pid, signal.SIGTERM)
        head.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _see_through(ray: Ray, workspace: Workspace) -> None:
    three = runs_of(workspace, 3, hold=4)
    with executing(ray, three, workspace) as observer:
        wait_until(lambda: hold_is_reached(three[0]) and hold_is_reached(three[1]))
        os.kill(starts(three[0])[0][0], signal.SIGKILL)
        let_go(three)
    often = [len(starts(run)) for run in three]
    _row("three jobs, one of them killed", f"{states(three)}, started {often} times")
    _row("... and said", next((note for note in observer.notes if "submitted again" in note), "nothing"))
    assert states(three) == ["done"] * 3 and often == [2, 1, 1]
    two = runs_of(workspace, 2, hold=4)
    with executing(ray, two, workspace) as observer:
        wait_until(lambda: all(map(hold_is_reached, two)))
        observer.stop.set()
    saved = [(run.path / "saved").exists() for run in two]
    _row("two jobs, stopped", f"{states(two)}, saved {saved}")
    assert states(two) == ["stopped"] * 2 and all(saved)


if __name__ == "__main__":
    main()
