"""The pictures of the README, taken of the app as it is: `python -m docs.take_pictures [WORKSPACE]`.

A few minutes on two cores: what the screens show is run first, unless the workspace has it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from textual.pilot import Pilot

from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.screenshot import png
from lazytui.app.shell.session import FILE as SESSION_FILE
from lazytui.runs.workspace import Workspace

PICTURES = Path(__file__).parent / "pictures"
SIZE = (120, 36)
NETWORK = "lazy"

RUNS: Mapping[str, Sequence[str]] = {
    "train": ("--source", "strokes", "--name", NETWORK),
    "evaluate": (NETWORK,),
    "neurons": (NETWORK, "--samples", "500", "--starts", "2", "--steps", "60"),
}
KEYS: Mapping[str, Sequence[str]] = {
    "train": ("2",),
    "evaluate": ("3",),
    "gradcam": ("4",),
    "neurons": ("5",),
    "draw": ("I",),
    "features": ("escape", "6"),
    "attack": ("7", "v"),
}
"""What is pressed for each picture. A pause follows every key."""

_PAUSE = 0.1
_WAITING = ("loading torch", "sorting the answers")
_STILL = 30
"""So often in a row nothing may have changed before a screen counts as finished."""


def prepare(workspace: Path) -> None:
    """Run what the screens show; what is done already stays, and what was begun goes on."""
    for kind, options in RUNS.items():
        command = [sys.executable, "-P", "-m", "lazytui", "run", kind, *options, "--resume", "--quiet"]
        subprocess.run([*command, "--workspace", str(workspace)], check=True, stdout=subprocess.DEVNULL)


async def take(workspace: Path) -> None:
    (workspace / SESSION_FILE).unlink(missing_ok=True)  # forms as they are at first
    app = LazytuiApp(Workspace(workspace))
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        for name, keys in KEYS.items():
            for key in keys:
                await pilot.press(key)
                await until_still(pilot)
            (PICTURES / f"{name}.png").write_bytes(png(app.screen._compositor.render_strips()))


async def until_still(pilot: Pilot[None]) -> None:
    """Until nothing changes any more."""
    before, same = "", 0
    while same < _STILL:
        await pilot.pause(_PAUSE)
        strips = pilot.app.screen._compositor.render_strips()
        now = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        same = same + 1 if now == before and not any(words in now for words in _WAITING) else 0
        before = now


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        chosen = Path(sys.argv[1] if len(sys.argv) > 1 else empty)
        prepare(chosen)
        asyncio.run(take(chosen))
