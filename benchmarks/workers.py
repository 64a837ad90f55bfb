"""A study of small trainings by processes that load torch each, and by ones forked where it is loaded: side by side."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from lazytui.runs.status import read_status

ASKED = 1.6
"""How often as fast the forked ones have to be."""

ROUNDS = 3
STUDY = (
    "--source", "strokes", "--train-size", "1000", "--test-size", "300", "--model", "lazy-gap", "--epochs", "1",
    "--methods", "erm,focal,reweight,bias-balance,subsample,grl,rex,lisa", "--seeds", "0-2", "--no-plain",
)  # fmt: skip


def main(options: Sequence[str] = ()) -> None:
    """options: of `lazytui run study`, in place of those of the study of 24."""
    seconds: dict[str, list[float]] = {"no": [], "yes": []}
    with tempfile.TemporaryDirectory() as name:
        print(f"{'persistent':<11} {'seconds':>8} {'each':>6} {'load before':>12}")
        _study(Path(name), "no", [*(options or STUDY), "--seeds", "0"])  # draws the images
        for _ in range(ROUNDS):
            for persistent, taken in seconds.items():
                load = os.getloadavg()[0]
                wall, trainings = _study(Path(name), persistent, options or STUDY)
                taken.append(wall)
                print(f"{persistent:<11} {wall:>8.1f} {wall / trainings:>6.2f} {load:>12.1f}", flush=True)
    ratio = statistics.median(seconds["no"]) / statistics.median(seconds["yes"])
    missed = "" if options or ratio >= ASKED else "  missed"
    print(f"{trainings} trainings, median of {ROUNDS}: {ratio:.2f} x as fast ({ASKED} asked){missed}")


def _study(folder: Path, persistent: str, options: Sequence[str]) -> tuple[float, int]:
    """Seconds, and how many were trained. All of them have to be done."""
    with tempfile.TemporaryDirectory(dir=folder) as workspace:
        command = [sys.executable, "-m", "lazytui", "run", "study", *options, "--quiet", "--workspace", workspace]
        command += ["--engine", "local", "--engine-option", f"persistent={persistent}"]
        variables = {**os.environ, "LAZYTUI_CACHE": str(folder / "images")}
        began = time.monotonic()
        subprocess.run(command, env=variables, stdout=subprocess.DEVNULL, check=True)
        wall = time.monotonic() - began
        states = [read_status(path).state for path in Path(workspace).glob("*-train-*/status.json")]
        if set(states) != {"done"}:
            sys.exit(f"not all were trained: {states}")
        return wall, len(states)


if __name__ == "__main__":
    main(sys.argv[1:])
