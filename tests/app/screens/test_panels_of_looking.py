"""Where nothing was run yet, the screens that look into a network show what is bundled, in panels that fill them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lazytui.app.panels.panel import Panel
from lazytui.app.screens.attack.live_attack import LiveAttackScreen
from lazytui.app.screens.common.row_page import RowPage
from lazytui.app.screens.sae.dose_response import DoseResponseScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, until

SIZES = [(120, 36), (200, 60)]
SCREENS = {"4": "gradcam", "5": "neurons", "6": "features", "7": "attack"}
OVERLAYS = {
    ("5", "enter"): RowPage,
    ("6", "enter"): RowPage,
    ("6", "v"): DoseResponseScreen,
    ("7", "v"): LiveAttackScreen,
}
LEAST = 0.6


def filled_share(pilot: Pilot[Any]) -> float:
    """The part of the terminal's cells that lie in panels with a figure."""
    filled = sum(panel.region.area for panel in pilot.app.screen.query(Panel) if panel.shown and panel.size)
    return filled / pilot.app.size.area


def is_full(pilot: Pilot[Any]) -> bool:
    """Whether no panel is empty, none reaches beyond its neighbors, and all of them together fill the screen."""
    panels = [panel for panel in pilot.app.screen.query(Panel) if panel.size]
    inside = all(pilot.app.screen.region.contains_region(panel.region) for panel in panels)
    return filled_share(pilot) >= LEAST and all(panel.shown for panel in panels) and inside


async def fills_every_size(pilot: Pilot[Any]) -> None:
    for size in SIZES:
        await pilot.resize_terminal(*size)
        await until(pilot, lambda size=size: pilot.app.screen.size == size and is_full(pilot))


def test_panels_with_figures_fill_the_screens(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for key, mode in SCREENS.items():
            await pilot.press(key)
            await until(pilot, lambda mode=mode: pilot.app.current_mode == mode and is_full(pilot))
            await fills_every_size(pilot)
        for (key, opens), kind in OVERLAYS.items():
            await pilot.press(key)
            here = pilot.app.screen
            if opens == "enter":
                here.table.focus()
            await pilot.press(opens)
            await until(pilot, lambda kind=kind: isinstance(pilot.app.screen, kind) and is_full(pilot))
            await fills_every_size(pilot)
            await pilot.press("escape")
            await until(pilot, lambda here=here: pilot.app.screen is here)

    drive(LazytuiApp(Workspace(tmp_path)), steps, size=SIZES[0])
