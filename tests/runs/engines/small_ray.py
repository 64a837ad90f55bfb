"""A server that speaks what the engine `ray` uses of Ray's Jobs REST interface, and executes the jobs as processes.

What it answers, and when it refuses a token, is that of Ray 2.60: `python -m benchmarks ray` asks a real one.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class SmallRay:
    """Its jobs by submission id, and whether it answers."""

    def __init__(self, token: str = "") -> None:
        self.token, self.broken = token, False
        self.jobs: dict[str, dict[str, Any]] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def serving(self) -> Iterator[SmallRay]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()
            for process in self.processes.values():
                process.wait()

    def submit(self, asked: dict[str, Any]) -> tuple[int, Any]:
        name = asked["submission_id"]
        if name in self.jobs:
            return 500, f"Job with submission_id {name} already exists."
        environment = {**os.environ, **asked["runtime_env"]["env_vars"]}
        self.processes[name] = subprocess.Popen(
            ["/bin/sh", "-c", asked["entrypoint"]], env=environment, start_new_session=True
        )
        self.jobs[name] = asked
        return 200, {"job_id": name, "submission_id": name}

    def listed(self) -> list[dict[str, Any]]:
        return [
            {"submission_id": name, "type": "SUBMISSION", "status": self._status(name), "message": self._message(name)}
            for name in self.jobs
        ]

    def _status(self, name: str) -> str:
        code = self.processes[name].poll()
        stopped = "stopped" in self.jobs[name]
        return "RUNNING" if code is None else "STOPPED" if stopped else "FAILED" if code else "SUCCEEDED"

    def _message(self, name: str) -> str | None:
        code = self.processes[name].poll()
        return f"Job entrypoint command failed with exit code {code}\nlast logs" if code else None

    def stop(self, name: str) -> tuple[int, Any]:
        if name not in self.jobs:
            return 404, f"Job {name} does not exist"
        running = self.processes[name].poll() is None
        if running:
            self.jobs[name]["stopped"] = True
            os.killpg(self.processes[name].pid, signal.SIGTERM)
        return 200, {"stopped": running}


def _handler(ray: SmallRay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(*((200, ray.listed()) if self.path == "/api/jobs/" else (200, {"ray_version": "2.60.0"})))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            name, _, last = self.path.removeprefix("/api/jobs/").partition("/")
            self._answer(*(ray.stop(name) if last == "stop" else ray.submit(json.loads(content))))

        def _answer(self, code: int, content: Any) -> None:
            if ray.broken:
                code, content = 503, "the head is busy"
            elif ray.token and self.headers.get("Authorization") != f"Bearer {ray.token}":
                code, content = 401, "Unauthorized: Missing authentication token"
            body = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    return Handler
