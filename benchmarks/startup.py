"""Start-up of the command line against the import of the library that it is made with."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.ratio import Ratio, in_turn


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


def measure() -> list[Ratio]:
    """`lazytui --help` may take twice the time of `import typer`, so the ratio must reach a half."""
    return [
        in_turn(
            "start-up: lazytui --help, against import typer",
            lambda: _python("-m", "lazytui", "--help"),
            lambda: _python("-c", "import typer"),
            asked=0.5,
            repeats=15,
        )
    ]
