"""A turn of the dial as the app asks for it: probabilities, the whole turn and Grad-CAM, against what is allowed."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from benchmarks.ratio import Ratio, in_turn
from lazytui.analyses.sae.live import DoseQuestion, DoseResponseSession
from lazytui.runs.workspace import Workspace
from lazytui.sae.edits.dose_response import FACTORS, Dose

ALLOWED = 0.05
"""Seconds for one image of gap-cnn on the CPU."""

_TURNS = 21
_TRAIN = ("run", "sae", "shipped/lazy-strokes", "--name", "features", "--steps", "100", "--device", "cpu", "--quiet")


def measure() -> list[Ratio]:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "runs"
        subprocess.run(
            [sys.executable, "-m", "lazytui", *_TRAIN, "--workspace", workspace], check=True, stdout=subprocess.DEVNULL
        )
        dial = DoseResponseSession(Workspace(workspace))
        factors = cycle(FACTORS)

        def turn() -> None:
            question = DoseQuestion("features", Dose((3,), next(factors)), device="cpu")
            assert [answer for answer in dial.answers(question) if answer.after]

        return [
            in_turn(
                "a turn of the dial, with Grad-CAM, against 50 ms",
                turn,
                lambda: time.sleep(ALLOWED),
                asked=1,
                repeats=_TURNS,
            )
        ]
