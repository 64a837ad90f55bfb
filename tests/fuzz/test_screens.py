"""A workspace full of damaged runs: every screen opens, every run can be looked at, and nothing ends the app."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from lazytui.app.screens.runs.run_table import RunTable
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, until
from tests.fuzz.conftest import LONG
from tests.fuzz.test_run_folders import damaged, draw_damage

AT_ONCE = 6


@settings(
    max_examples=20 if LONG else 1,
    derandomize=not LONG,
    database=None,
    suppress_health_check=list(HealthCheck),
    deadline=None,
)
@given(st.data())
def _walk(seeds: list[Path], room: Path, data: st.DataObject) -> None:
    workspace = room / f"runs-{len(list(room.iterdir()))}"
    for number in range(AT_ONCE):
        folder = workspace / f"of {number}"
        folder.mkdir(parents=True)
        run = damaged(*draw_damage(data.draw, seeds), folder)
        run.path.rename(workspace / f"{run.id}-{number}")
        folder.rmdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        drive(LazytuiApp(Workspace(workspace)), look_at_everything)


def test_every_screen_stands_damaged_runs(seeds: list[Path], tmp_path: Path) -> None:
    _walk(seeds, tmp_path)


async def look_at_everything(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: len(pilot.app.lines) == AT_ONCE)
    for key in "12345678":
        await go_to(pilot, key)
        await pilot.press("tab", "down", "escape")
    await go_to(pilot, "9")
    await until(pilot, lambda: len(pilot.app.screen.query_one(RunTable).lines) == AT_ONCE)
    for row in range(AT_ONCE):
        pilot.app.screen.query_one(RunTable).point(row)
        await settled(pilot)
        await pilot.press("l")
        await settled(pilot)
        await pilot.press("escape")
    await go_to(pilot, "0")
    notes = "\n".join(note.message for note in pilot.app._notifications)
    assert "doesn't know" not in notes, notes


async def go_to(pilot: Pilot[Any], key: str) -> None:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, LabScreen) and pilot.app.screen.is_mounted)
    await settled(pilot)


async def settled(pilot: Pilot[Any]) -> None:
    """Until what was asked of threads is there, but for those that look for news as long as the app runs."""
    await pilot.pause()
    for _ in range(50):
        going = [w for w in pilot.app.workers if w.is_running and w.name in {"_load", "_work", "_read", "read"}]
        if not going:
            break
        await asyncio.sleep(0.01)
    await pilot.pause()
