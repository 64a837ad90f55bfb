"""Following a training in the app: how late its event loop comes, and how much it writes to the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.terminal import Terminal, surroundings, terminal

WATCHED_SECONDS = 20.0
LATENESS_ASKED = 30.0
KILOBYTES_ASKED = 20.0
TRAINING = (
    *("run", "train", "--source", "strokes", "--train-size", "6000", "--test-size", "1000", "--device", "cpu"),
    *("--metrics-every", "20", "--metrics-samples", "200"),
)
"""A point of the curves every 20 steps is a few of them a second: more often than the app looks."""


@dataclass(frozen=True)
class Scene:
    """What is followed. overlaid: ended trainings whose curves lie over those of the one that goes."""

    name: str
    size: tuple[int, int] = (120, 36)
    overlaid: int = 0
    options: tuple[str, ...] = ()


SCENES = (
    Scene("120x36"),
    Scene("120x36, 2 runs laid over it", overlaid=2),
    Scene("200x60", size=(200, 60)),
    Scene("120x36, --low-bandwidth", options=("--low-bandwidth",)),
)


def main() -> None:
    """Each scene is watched for 20 seconds with a real training going on in a process of its own.

    work: the longest that the event loop was held by its own work, in milliseconds of the processor: what is left of
    the worst lateness when nothing else wants the machine.
    """
    print(
        f"{'following a training':<30} {'late, median':>13} {'late, 95th':>11} {'asked':>8} {'worst':>9} {'work':>9} "
        f"{'written':>11} {'asked':>8} {'points':>7} {'load':>5}"
    )
    with tempfile.TemporaryDirectory() as name, going_training(Path(name)):
        for scene in SCENES:
            measure(scene, Path(name))


def measure(scene: Scene, folder: Path) -> None:
    report = folder / "seen.json"
    arguments = ["-m", "benchmarks.probed_app", str(report), *scene.options]
    with terminal(arguments, folder, scene.size) as shown:
        open_train(shown)
        for number in range(scene.overlaid):
            overlay(shown, number)
        shown.watch(3)
        start = time.monotonic()
        shown.watch(WATCHED_SECONDS)
        end = time.monotonic()
        kilobytes = shown.bytes_between(start, end) / 1000 / (end - start)
        shown.quit()
    probe = json.loads(report.read_text())
    late, work = np.array([ticks for at, *ticks in probe["lateness"] if start <= at < end]).T * 1000
    points = sum(start <= at < end for at, _, _ in probe["points"])
    middle, most = np.percentile(late, [50, 95])
    print(
        f"{scene.name:<30} {middle:>10.1f} ms {most:>8.1f} ms {LATENESS_ASKED:>5.0f} ms {late.max():>6.0f} ms "
        f"{work.max():>6.0f} ms {kilobytes:>6.2f} kB/s {KILOBYTES_ASKED:>8.0f} {points:>7} {os.getloadavg()[0]:>5.1f}"
        f"{'' if most < LATENESS_ASKED and kilobytes < KILOBYTES_ASKED else '  missed'}"
        f"{'  torch was loaded' if probe['torch'] else ''}",
        flush=True,
    )


def open_train(shown: Terminal) -> None:
    shown.until(shown.shows("Jobs"))  # of the footer, which comes last
    opened = shown.type("2")
    shown.until(lambda: has_curves(shown.text_since(opened)))


def overlay(shown: Terminal, number: int) -> None:
    """Lay the ended training of that number, of those in the list, over what is shown."""
    asked = shown.type("v")
    shown.until(shown.shows("Overlay a run", asked))
    shown.watch(0.5)
    shown.type("\x1b[B" * number + "\r")
    shown.watch(1)


def has_curves(text: str) -> bool:
    return any("\u2800" < character <= "\u28ff" for character in text)


@contextmanager
def going_training(folder: Path) -> Iterator[None]:
    """Two ended trainings, and one that goes on until this is left."""
    for seed in ("1", "2"):
        lazytui(folder, *TRAINING, "--epochs", "3", "--seed", seed, "--quiet")
    lazytui(folder, *TRAINING, "--epochs", "10000", "--name", "going", "--detach")
    try:
        time.sleep(15)  # until the digits are drawn and the first points are there
        yield
    finally:
        lazytui(folder, "runs", "stop", "going")
        lazytui(folder, "runs", "follow", "going")  # until it has saved, and writes no more


def lazytui(folder: Path, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "lazytui", *arguments],
        cwd=folder,
        env=surroundings(folder),
        check="follow" not in arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
