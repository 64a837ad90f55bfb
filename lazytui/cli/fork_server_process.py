"""The process of `lazytui.runs.engines.fork_server`: `python -P -m lazytui.cli.fork_server_process`.

It reads requests from standard input, a JSON object a line, and answers each with the pid of a process that it forked,
which is `lazytui runs resume RUN` to its end; or with null, where that can't be. Where its input ends, so does it.

Nothing here may start a thread of torch or touch a GPU: neither would exist in a forked process. So modules are loaded
and images are read, and no tensor is made.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

_LOADED = (
    "psutil",
    "lazytui.__main__",
    "lazytui.cli",
    "lazytui.cli.engine_runs",
    "lazytui.cli.narration",
    "lazytui.cli.print_results",
    "lazytui.analyses.core.execute",
    "lazytui.analyses.train.analysis",
    "lazytui.data.splits",
    "lazytui.evaluation.cue_conflict_images",
    "lazytui.evaluation.scorecard",
    "lazytui.models.fingerprint",
    "lazytui.models.weights_saving",
    "lazytui.runs.engines.catalog",
    "lazytui.training.loop",
    "lazytui.training.training_files",
)
"""What a training imports before it begins, torch among it."""

_ALONE_SECONDS = 2.0
"""How long a thread may take to end that has painted images."""

_log = logging.getLogger(__name__)


def main() -> None:
    requests, answers = os.fdopen(os.dup(0), "rb"), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):  # what is printed by what is loaded is no answer
        os.dup2(null, stream)
    os.close(null)
    _load()
    for line in requests:
        request = json.loads(line)
        with suppress(Exception):  # what is wrong with its images, the run itself says
            _read_images(Path(request["run"]))
        pid = _fork(request, (requests.fileno(), answers)) if _is_alone() else None
        os.write(answers, json.dumps({"pid": pid}).encode() + b"\n")
    os._exit(0)  # runs go on


def _load() -> None:
    from lazytui.system.torch_import import require_torch

    require_torch()
    for name in _LOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # so that no collection in a forked process copies what is shared


def _read_images(folder: Path) -> None:
    """Have the images of a training at hand, where they are drawn or in one file; others take too long for others to
    wait."""
    from lazytui.analyses.core.execute import recorded_params
    from lazytui.analyses.train.params import TrainParams
    from lazytui.code_permission import code_in
    from lazytui.data.sources.params import is_gray
    from lazytui.data.splits import keep_at_hand
    from lazytui.runs.run_folder import RunFolder

    run = RunFolder(folder, folder.name)
    params = recorded_params(run) if run.record.kind == "train" else None
    if isinstance(params, TrainParams) and is_gray(params.source) and not code_in(run.record.params):
        keep_at_hand(params)


def _is_alone() -> bool:
    """Whether this process has a single thread."""
    until = time.monotonic() + _ALONE_SECONDS
    while len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _fork(request: Mapping[str, Any], own: tuple[int, ...]) -> int | None:
    """The pid of the process that executes a run; None where the system refuses another one."""
    process = multiprocessing.get_context("fork").Process(target=_be_the_run, args=(request, own))
    try:
        process.start()  # which also takes note of those that have ended
    except OSError:
        return None
    return process.pid


def _be_the_run(request: Mapping[str, Any], not_its_own: tuple[int, ...]) -> None:
    from lazytui.files.reading import open_to_append

    os.setsid()
    for stream in not_its_own:
        os.close(stream)
    os.environ.update(request["environment"])
    with open_to_append(Path(request["output"])) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    sys.argv = ["lazytui", *request["arguments"]]
    importlib.import_module("lazytui.__main__").main()  # above all of this package, which it starts


if __name__ == "__main__":
    main()
