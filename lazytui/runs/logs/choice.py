"""Which programs a run is shown to: a folder of each in the run's folder says so, also when it is resumed.

What sends a run elsewhere, under the name of whoever is logged in, a person has to ask for in this process: a folder
may come from anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from lazytui.errors import UsageError, unknown_name
from lazytui.files.writing import storage_errors
from lazytui.runs.events import Event, EventReader
from lazytui.runs.logs.base import Point, RunLog, defined
from lazytui.runs.run_folder import RunFolder
from lazytui.system.optional_packages import require_packages

NAMES = ("tensorboard", "wandb")
"""What they are called, which is also the name of the package and of the folder."""

_SENDING = "wandb"
"""The one that may send what it is shown elsewhere."""

_asked_for: set[str] = set()


def check_logs(names: Iterable[str]) -> tuple[str, ...]:
    """Each once. Raises UsageError for one that there isn't, BadInput where its package isn't installed."""
    chosen = tuple(dict.fromkeys(names))
    for name in chosen:
        if name not in NAMES:
            raise UsageError(unknown_name("log", name, NAMES))
        require_packages(f"--log {name}", name)
    return chosen


def begin_logs(folder: Path, names: Iterable[str]) -> None:
    """Say in a run's folder which there are. names: as a person asked for in this process."""
    for name in names:
        _asked_for.add(name)
        with storage_errors(folder / name):
            (folder / name).mkdir(exist_ok=True)


def log_options(run: RunFolder) -> list[str]:
    """Their options for a process that is started for a run."""
    return ["--log", _SENDING] if _SENDING in _asked_for and (run.path / _SENDING).is_dir() else []


def is_withheld(run: RunFolder) -> bool:
    """Whether the run was shown to a program that sends it elsewhere, which nobody has asked for here."""
    return _SENDING not in _asked_for and (run.path / _SENDING).is_dir()


def open_logs(run: RunFolder, left_out: Collection[str] = ()) -> list[RunLog]:
    """Those of a run that is about to go, which know what it has logged before. left_out: metrics that aren't sent.

    Raises BadInput where one can't be opened.
    """
    requested = (name for name in NAMES if name != _SENDING or not is_withheld(run))
    chosen = check_logs(name for name in requested if (run.path / name).is_dir())
    if not chosen:
        return []
    past = read_past(run, left_out)
    logs: list[RunLog] = []
    for name in chosen:
        if name == "tensorboard":
            from lazytui.runs.logs.tensorboard import TensorBoardLog

            logs.append(TensorBoardLog(run.path / name, past))
        else:
            from lazytui.runs.logs.weights_and_biases import WandbLog

            logs.append(WandbLog(run, past))
    return logs


def read_past(run: RunFolder, left_out: Collection[str] = ()) -> list[Point]:
    """The points that a run has logged before and that still count, from its own log of events."""
    standing: list[Point] = []
    reader = EventReader(run.events)
    while events := reader.read():
        for event in events:
            if event["kind"] == "metrics":
                while standing and standing[-1].step >= event["step"]:
                    standing.pop()
                standing.append(Point(event["step"], defined(event["values"], left_out), _when(event)))
            elif event["kind"] == "resumed":
                standing = [point for point in standing if point.step <= event["step"]]
    return standing


def _when(event: Event) -> float:
    when = event.get("time")
    return float(when) if isinstance(when, int | float) else 0.0
