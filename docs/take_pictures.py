"""Pictures of the README and of all screens, taken of the app in an empty workspace: `python -m docs.take_pictures`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from textual.pilot import Pilot

from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.app.shell.screenshot import png
from lazytui.runs.workspace import Workspace

PICTURES = Path(__file__).parent / "pictures"
SCREEN_PICTURES = PICTURES / "now"
SIZE = (120, 36)
KEYS: Mapping[str, Sequence[str]] = {
    "train": ("2",),
    "evaluate": ("3",),
    "gradcam": ("4",),
    "neurons": ("5",),
    "dose-response": ("6", "v", *["left"] * 10),
    "attack": ("escape", "7", "v"),
    "draw": ("escape", "I"),
}
"""What is pressed for each picture. A pause follows every key."""

_PAUSE = 0.1
_WAITING = ("loading torch", "sorting the answers")
_STILL = 30
"""So often in a row nothing may have changed before a screen counts as finished."""


async def take_screens(workspace: Path) -> None:
    """All ten, for the page that sets them beside those of an earlier version."""
    app = LazytuiApp(Workspace(workspace))
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        for screen in SCREENS:
            await pilot.press(screen.key)
            await until_still(pilot)
            (SCREEN_PICTURES / f"{screen.mode}.png").write_bytes(png(app.screen._compositor.render_strips()))


async def take(workspace: Path) -> None:
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
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(take(Path(folder) / "runs"))
        asyncio.run(take_screens(Path(folder) / "screens"))
