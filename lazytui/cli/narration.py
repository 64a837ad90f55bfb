"""What a person sees while a run goes: progress bars on a terminal, one line a step elsewhere, or nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from lazytui.cli.print_results import print_note
from lazytui.plain_text import plain_text
from lazytui.runs.progress_report import SilentNarrator

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from lazytui.runs.events import Event
    from lazytui.runs.progress_report import Narrator
    from lazytui.runs.status import Progress

_PROGRESS_LINE_EVERY = 10.0
_CONTINUED = "continues"


@contextmanager
def open_narrator(title: str, *, quiet: bool) -> Iterator[Narrator]:
    """The narrator that fits where standard error goes."""
    if quiet:
        yield SilentNarrator()
    elif sys.stderr.isatty():
        with _bar() as bar:
            yield _Bars(bar, title)
    else:
        yield _Lines()


def metric_line(step: int, values: Mapping[str, float | None]) -> str:
    """`step 400  loss 0.213  easy accuracy 0.954 ...  predicts for conflicting 0 to 9: 9 0 1 2 3 4 5 6 7 8`"""
    from lazytui.evaluation.cue_conflict_images import COLUMNS, predictions_in

    parts = [
        f"{name.replace('_', ' ')} {'–' if value is None else format(value, '.3f')}"
        for name, value in values.items()
        if name not in COLUMNS
    ]
    if predictions := predictions_in(values):
        answers = " ".join("–" if one < 0 else str(one) for one in predictions)
        parts.append(f"predicts for conflicting 0 to {len(predictions) - 1}: {answers}")
    return "  ".join([f"step {step}", *parts])


def print_event(event: Event, file: TextIO | None = None) -> None:
    """What a run's log says, for who follows it. file: standard output where it isn't named."""
    match event["kind"]:
        case "metrics":
            print(plain_text(metric_line(event["step"], event["values"])), flush=True, file=file)
        case "note":
            print(plain_text(str(event.get("text", ""))), flush=True, file=file)
        case "resumed":
            print(f"resumed at step {event.get('step')}", flush=True, file=file)
        case "continued":
            print("continues", flush=True, file=file)


class _Lines:
    """For logs and pipes: every point of the curves, every note, and now and then progress, where there was any."""

    def __init__(self) -> None:
        self._said = time.monotonic()
        self._progress = ""

    def progress(self, progress: Progress) -> None:
        now, text = time.monotonic(), f"{progress.done}/{progress.total} {progress.unit}"
        if now - self._said >= _PROGRESS_LINE_EVERY and text != self._progress:
            self._progress = text
            self._print_line(text)

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._print_line(metric_line(step, values))

    def note(self, text: str) -> None:
        self._print_line(text)

    def continued(self) -> None:
        self._print_line(_CONTINUED)

    def _print_line(self, text: str) -> None:
        self._said = time.monotonic()
        print_note(text)


class _Bars:
    """For a terminal: a bar with rate and time left, and the latest point of the curves above it."""

    def __init__(self, bar: Bar, title: str) -> None:
        self._bar = bar
        self._task = bar.add_task(title, total=None, unit="")
        self._unit = ""
        self._done = 0

    def progress(self, progress: Progress) -> None:
        if progress.unit != self._unit:
            self._unit = progress.unit
            self._bar.reset(self._task, total=progress.total, unit=progress.unit)
        self._done = progress.done
        self._bar.update(self._task, completed=progress.done, total=progress.total)

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._bar.console.print(plain_text(metric_line(step, values)), style="dim", markup=False, highlight=False)

    def note(self, text: str) -> None:
        self._bar.console.print(plain_text(text), markup=False, highlight=False)

    def continued(self) -> None:
        self.note(_CONTINUED)
        self._bar.reset(self._task, completed=self._done)  # so that the pause doesn't count in rate and time left


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{task.fields['unit']}  {speed:,.0f}/s" if speed else task.fields["unit"], style="cyan")

    return Progress(
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        refresh_per_second=5,
    )
