"""Opening and following runs of up to 100,000 events in the app: when the chart is there, what a redraw costs."""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from textual.app import App, ComposeResult

from benchmarks.app_following import has_curves
from benchmarks.terminal import terminal
from lazytui.analyses.core.execute import create, validate
from lazytui.app.figures import LinesView
from lazytui.app.screens.followed_training import FollowedTraining
from lazytui.app.screens.train import overlaid
from lazytui.runs.events import EventLog
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

EVENTS = (1_000, 10_000, 100_000)
SECONDS_ASKED = 1.0
REDRAWS = 30
_NAMES = ("easy_accuracy", "hard_accuracy", "worst_group_accuracy", "shape_bias", "color_follow_rate", "loss")


@dataclass(frozen=True)
class Opened:
    """Seconds from the key press to the first curve and to the whole history, and of the processor until then."""

    picture: float
    whole: float
    processor: float


def main() -> None:
    """A run is opened by a key press in the app on a real pty; then it is followed while it grows.

    A redraw is all that follows from one more event: to read it, to make the figure of it, to draw and to compose the
    screen. It is given in milliseconds of the processor, which other work on the machine changes least.
    """
    print(
        f"{'events':>8} {'first picture':>14} {'whole history':>14} {'asked':>7} {'processor':>10} {'a redraw':>10} "
        f"{'x of 1,000':>11} {'load':>5}"
    )
    first = 0.0
    for count in EVENTS:
        with tempfile.TemporaryDirectory() as name:
            run = a_run(count, Path(name))
            opened = opening(count, Path(name))
            redraw = asyncio.run(redrawing(run))
        first = first or redraw
        print(
            f"{count:>8,} {opened.picture:>12.2f} s {opened.whole:>12.2f} s {SECONDS_ASKED:>5.1f} s "
            f"{opened.processor:>8.2f} s {1000 * redraw:>7.1f} ms {redraw / first:>11.2f} {os.getloadavg()[0]:>5.1f}"
            f"{'' if opened.whole < SECONDS_ASKED else '  missed'}",
            flush=True,
        )


def opening(count: int, folder: Path) -> Opened:
    """The median of three times."""
    times = [open_once(count, folder) for _ in range(3)]
    return sorted(times, key=lambda opened: opened.whole)[1]


def open_once(count: int, folder: Path) -> Opened:
    report = folder / "seen.json"
    with terminal(["-m", "benchmarks.probed_app", str(report)], folder, (120, 36)) as shown:
        process = psutil.Process(shown.process.pid)
        shown.until(shown.shows("Jobs"))
        shown.watch(2)
        before = sum(process.cpu_times()[:2])
        asked = shown.type("2")
        picture = shown.until(lambda: has_curves(shown.text_since(asked)))
        shown.watch(2 + count / 20_000)
        shown.quit()
    (folder / "runs" / ".session.json").unlink(missing_ok=True)
    probe = json.loads(report.read_text())
    whole, spent = next((at, spent) for at, points, spent in probe["points"] if points == count)
    return Opened(picture - asked, whole - asked, spent - before)


async def redrawing(run: RunFolder) -> float:
    """Seconds of the processor for a redraw after one more event; the median."""
    watch = FollowedTraining(run)
    watch.look()
    while watch.behind:
        watch.look()
    view = LinesView(overlaid([watch])[0])
    view.live = True
    app = Alone(view)
    log = EventLog(run.events)
    seconds = []
    async with app.run_test(size=(80, 30)) as pilot:
        for step in range(len(watch.columns()["step"]), len(watch.columns()["step"]) + REDRAWS):
            log.append("metrics", step=step * 20, values={name: random.random() for name in _NAMES})
            start = time.process_time()
            assert watch.look()
            view.figure = overlaid([watch])[0]
            await pilot.pause()
            seconds.append(time.process_time() - start)
    log.close()
    return statistics.median(seconds)


class Alone(App[None]):
    """One chart, as high as the screen."""

    CSS = "LinesView { height: 1fr; }"

    def __init__(self, view: LinesView) -> None:
        super().__init__()
        self._view = view

    def compose(self) -> ComposeResult:
        yield self._view


def a_run(count: int, folder: Path) -> RunFolder:
    """A training with so many points of its curves, which goes on as long as this process does."""
    run = create("train", validate("train", {"source": "strokes"}), Workspace(folder / "runs"))
    generator = random.Random(0)
    lines = (
        {"kind": "metrics", "time": step / 10, "step": step * 20, "values": {n: generator.random() for n in _NAMES}}
        for step in range(count)
    )
    run.events.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    return run
