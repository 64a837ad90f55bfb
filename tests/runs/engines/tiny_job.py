"""A job that does next to nothing, in the run folder of a real one: `tiny_job.py -P -m lazytui runs resume RUN ...`.

It counts the steps that its run was made with, saves where it is when it is stopped, and waits at the step `hold` until
there is a file `go` in its folder, having made one called `held`. Each start is a line in `starts`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from lazytui.errors import Interrupted, LazytuiError
from lazytui.runs.execution import run_execution
from lazytui.runs.jobs import require_in_no_queue
from lazytui.runs.progress_report import Report, SilentNarrator
from lazytui.runs.workspace import Workspace


def count(report: Report, steps: int, hold: int | None) -> None:
    saved = report.folder / "saved"
    begin = int(saved.read_text()) if saved.exists() else 0
    with (report.folder / "starts").open("a") as file:
        file.write(f"{os.getpid()} {begin}\n")
    held = report.folder / "held"
    held.unlink(missing_ok=True)
    for step in range(begin, steps):
        report.progress(step, steps, "steps")
        if step == hold:
            held.touch()
        while step == hold and not (report.folder / "go").exists() and not report.stopping:
            time.sleep(0.02)
        if report.must_stop():
            saved.write_text(str(step))
            raise Interrupted("Stopped.")
    report.progress(steps, steps, "steps")


def main() -> None:
    path = next(Path(word) for word in sys.argv if (Path(word) / "run.json").is_file())
    workspace = Workspace(path.parent)
    run = workspace.find(str(path))
    params = json.loads((path / "run.json").read_text())["params"]
    try:
        require_in_no_queue(run)
        if run.status.state == "done":
            return
        with run_execution(run, workspace, SilentNarrator()) as report:
            count(report, params["steps"], params.get("hold"))
    except LazytuiError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
