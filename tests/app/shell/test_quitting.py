"""An app that is left while it opens something."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lazytui.app.screens.common.run_panels import RunPanels
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace, shipped_run
from tests.app.pilot import drive, until


def test_a_run_that_is_being_opened_when_a_person_quits_is_left_alone(tmp_path: Path) -> None:
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("3")
        await until(pilot, lambda: app.screen.query(RunPanels))
        screen = app.screen

        async def opened() -> None:
            while screen.query(RunPanels):
                await asyncio.sleep(0)

        app.call_later(app._show_there, shipped_run("evaluate-lazy-strokes"), opened())

    drive(app, steps)
    assert not list(tmp_path.glob("errors/*"))
