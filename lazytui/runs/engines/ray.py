"""The engine `ray`: runs as jobs of a Ray cluster, by the REST interface of its dashboard; no Ray is installed here.

Jobs, not tasks: a task dies with the program that submitted it.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Collection, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Literal
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from lazytui.errors import BadInput, UsageError
from lazytui.files.reading import parse_json, read_regular
from lazytui.plain_text import plain_text
from lazytui.runs.engines.engine import Job, RefusedJobs, Unreachable
from lazytui.runs.engines.settings import require_known, seconds_between_looks
from lazytui.runs.jobs import TICKET_VARIABLE, resume_arguments
from lazytui.runs.run_folder import OUTPUT_FILE, RunFolder
from lazytui.runs.workspace import Workspace

_RESOURCES = {"cpus": "entrypoint_num_cpus", "gpus": "entrypoint_num_gpus", "memory": "entrypoint_memory"}
_OPTIONS = (*_RESOURCES, "look-every", "setup", "python", "address")
_HERE = "http://127.0.0.1:8265"
_PATIENCE = 30.0
_LARGEST = 64 << 20
_STATES: Mapping[str, Literal["waiting", "running"]] = {"PENDING": "waiting", "RUNNING": "running"}


class Ray:
    """It tries nothing twice by itself."""

    name = "ray"
    tries = 3
    takes_tickets = True

    def __init__(self, settings: Mapping[str, str], at_a_time: int = 0) -> None:
        """settings: cpus, gpus and memory (bytes) of each job, look-every, and those of `settings.OWN`."""
        require_known(settings, _OPTIONS, self.name)
        self.at_a_time = at_a_time
        self.look_every = seconds_between_looks(settings, 2.0)
        self._resources = {
            field: _number(option, settings[option]) for option, field in _RESOURCES.items() if option in settings
        }
        self._setup, self._python = settings.get("setup", ""), settings.get("python", "")
        self._address = (settings.get("address") or os.environ.get("RAY_API_SERVER_ADDRESS") or _HERE).rstrip("/")
        if urlsplit(self._address).scheme not in {"http", "https"}:
            raise UsageError(
                f"{self._address} isn't the address of a Ray dashboard, which begins with http:// or https://."
            )

    def check(self) -> None:
        try:
            self._ask("GET", "/api/version")
        except Unreachable as error:
            raise BadInput(str(error)) from error

    def submit(self, runs: Mapping[str, RunFolder], workspace: Workspace) -> Mapping[str, str]:
        taken: dict[str, str] = {}
        try:
            for name, run in runs.items():
                self._ask("POST", "/api/jobs/", self._job(name, run, workspace))
                taken[name] = name
        except RefusedJobs:
            self.cancel(taken)
            raise
        except Unreachable:
            if not taken:
                raise
        return taken

    def _job(self, name: str, run: RunFolder, workspace: Workspace) -> dict[str, Any]:
        command = [self._python or sys.executable, "-P", "-m", "lazytui", *resume_arguments(run, workspace), "--quiet"]
        output = shlex.quote(str(run.path.resolve() / OUTPUT_FILE))
        lines = [*filter(None, [self._setup]), f"exec {shlex.join(command)} >/dev/null 2>>{output}"]
        environment = {
            TICKET_VARIABLE: name,
            "OMP_NUM_THREADS": str(max(int(self._resources.get("entrypoint_num_cpus", 1)), 1)),
        }
        passed = {name: value for name, value in os.environ.items() if name in {"LAZYTUI_DATA", "LAZYTUI_CACHE"}}
        return {
            "entrypoint": shlex.join(["bash", "-c", "\n".join(lines)]),
            "submission_id": name,
            "entrypoint_num_cpus": 1,
            **self._resources,
            "runtime_env": {"env_vars": {**environment, **passed}},
            "metadata": {"run": run.id},
        }

    def look(self, names: Collection[str]) -> Mapping[str, Job]:
        answer = self._ask("GET", "/api/jobs/")
        jobs: dict[str, Job] = {}
        for job in answer if isinstance(answer, list) else ():
            name = job.get("submission_id") if isinstance(job, dict) else None
            if isinstance(name, str) and name in names:
                status = str(job.get("status"))
                message = str(job.get("message") or status).partition("\n")[0].partition(", last")[0]
                ended = message if status not in _STATES else ""
                jobs[name] = Job(
                    _STATES.get(status, "gone"), name, plain_text(ended)[:200], canceled=status == "STOPPED"
                )
        return jobs

    def cancel(self, names: Collection[str]) -> None:
        """Those that run hear by their folders that they have to stop: Ray would kill them three seconds later."""
        for name, job in self.look(names).items():
            if job.state == "waiting":
                self._ask("POST", f"/api/jobs/{quote(name)}/stop")

    def _ask(self, method: str, path: str, content: object = None) -> Any:
        """The answer's JSON. Raises RefusedJobs for what the server won't do, Unreachable where it doesn't answer."""
        headers = {"Content-Type": "application/json"}
        if token := _token():
            headers["Authorization"] = f"Bearer {token}"
        body = None if content is None else json.dumps(content).encode()
        request = Request(self._address + path, data=body, headers=headers, method=method)
        try:
            with build_opener(_NoRedirects).open(request, timeout=_PATIENCE) as answer:
                return parse_json(answer.read(_LARGEST))
        except HTTPError as error:
            why = plain_text(error.read(2000).decode(errors="replace")).strip() or error.reason
            if error.code in {401, 403}:
                raise RefusedJobs(
                    f"Ray at {self._address} refused the token: set RAY_AUTH_TOKEN, or write it to ~/.ray/auth_token."
                ) from error
            if error.code < 500:
                raise RefusedJobs(f"Ray refused the jobs: {why:.300}") from error
            raise Unreachable(f"Ray at {self._address} failed ({error.code}): {why:.300}") from error
        except (URLError, HTTPException, OSError, ValueError) as error:
            raise Unreachable(f"Ray at {self._address} doesn't answer: {getattr(error, 'reason', error)}.") from error


class _NoRedirects(HTTPRedirectHandler):
    """A token goes nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _token() -> str:
    """As Ray's own client finds it: in the environment, in a file that it names, or in the home folder."""
    if token := os.environ.get("RAY_AUTH_TOKEN", "").strip():
        return token
    file = Path(os.environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray" / "auth_token")
    try:
        return read_regular(file, 10_000, links=True).decode().strip()
    except (OSError, ValueError):
        return ""


def _number(option: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 2**53:
        raise UsageError(f"{option}={text:.100}: must be a number, as in {option}=1.")
    return int(value) if value == int(value) else value
