"""`i` and `m` work wherever the keyboard is: where no panel has the focus, on the first panel that can (`i`:
test_every_screen.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from lazytui.app.form.field_help import HelpBox
from lazytui.app.screens.common.cell_images_screen import CellImages, open_images
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.app.pilot import drive, until


def panels(app: LazytuiApp) -> Any:
    assert isinstance(app.screen, LabScreen)
    return app.screen.panels_shown


def test_m_turns_the_first_panel_that_has_several_charts(tmp_path: Path) -> None:
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("3")
        await until(pilot, lambda: app.current_mode == "evaluate" and any(panel.can_turn for panel in panels(app)))
        app.screen.set_focus(None)
        first = next(panel for panel in panels(app) if panel.can_turn)
        before = first.shown
        await pilot.press("m")
        assert first.shown != before
        await pilot.press("M")
        assert first.shown == before
        other = [panel for panel in panels(app) if panel.can_turn][1]
        other.views[0].focus()
        shown = other.shown
        await pilot.press("m")
        assert first.shown == before and other.shown != shown, "the panel that has the focus goes first"

    drive(app, steps)


def test_figures_without_a_panel_are_explained_too(tmp_path: Path) -> None:
    app = LazytuiApp(Workspace(tmp_path))
    run = next(run for run in shipped_runs() if run.record.kind == "evaluate")

    async def steps(pilot: Pilot[Any]) -> None:
        open_images(app, run, "confusion-hard", (1, 1))
        await until(pilot, lambda: isinstance(app.screen, CellImages) and app.screen.shown_figures())
        (figure,) = app.screen.shown_figures()  # type: ignore[attr-defined]
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, HelpBox) and app.screen.query(Static))
        assert figure.title in str(app.screen.query_one(Static).render())

    drive(app, steps)
