"""What each screen shows where nothing was run yet: it is never blank."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lazytui.app.panels.panel import Panel
from lazytui.app.screens.overlays import overlay
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until

SIZES = [(120, 36), (200, 60)]
SCREENS = {"0": "home", "1": "dataset", "2": "train", "3": "evaluate", "8": "compare"}
OVERLAYS = {
    "study": "What it trains",
    "recipe": "Recipes of five studies and of papers",
    "sae-experiments": "Bundled example",
    "llc": "Bundled example",
    "sae-selfcheck": "Bundled example",
}
"""With the beginning of what each shows."""
LEAST = 0.6


def filled_share(pilot: Pilot[Any]) -> float:
    """The part of the terminal's cells that lie in panels with a figure."""
    filled = sum(panel.region.area for panel in pilot.app.screen.query(Panel) if panel.shown and panel.size)
    return filled / pilot.app.size.area


async def fills_every_size(pilot: Pilot[Any]) -> None:
    for size in SIZES:
        await pilot.resize_terminal(*size)
        await until(pilot, lambda size=size: pilot.app.screen.size == size and filled_share(pilot) >= LEAST)


def test_panels_with_figures_fill_the_screens_and_no_panel_of_an_overlay_is_empty(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for key, mode in SCREENS.items():
            await pilot.press(key)
            await until(pilot, lambda mode=mode: pilot.app.current_mode == mode and filled_share(pilot) >= LEAST)
            await fills_every_size(pilot)
        for kind, shown in OVERLAYS.items():
            await pilot.resize_terminal(*SIZES[0])
            pilot.app.push_screen(overlay(kind))
            await until(pilot, lambda shown=shown: shown in screen_text(pilot.app))
            await until(pilot, lambda: all(panel.children for panel in pilot.app.screen.query(Panel) if panel.size))
            visible = [panel for panel in pilot.app.screen.query(Panel) if panel.size]
            assert len(visible) == (4 if shown == "Bundled example" else 1), kind
            await fills_every_size(pilot)
            assert shown in screen_text(pilot.app)
            await pilot.press("escape")
        await pilot.press("9")
        await until(pilot, lambda: "No runs yet. Press 0" in screen_text(pilot.app))

    drive(LazytuiApp(Workspace(tmp_path / "none")), steps, size=SIZES[0])
    assert not list(tmp_path.glob("none/*/run.json")), "to look starts nothing"


def test_the_llc_of_a_network_without_one_is_not_that_of_another(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.study("shipped/cured-strokes")
        pilot.app.push_screen(overlay("llc"))
        await until(pilot, lambda: "No LLC of this network yet" in screen_text(pilot.app))

    drive(LazytuiApp(Workspace(tmp_path)), steps)
