"""The table of runs: its cursor stays on its run whatever comes and goes, and reaches each of very many."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from lazytui.app.screens.runs.run_table import RunTable
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, shipped_lines
from tests.app.pilot import drive, screen_text, until


def some_lines(count: int) -> list[RunLine]:
    """Newest first."""
    shipped = shipped_lines()[0]
    return [
        dataclasses.replace(shipped, run=RunFolder(Path(f"run-{number:04}"), f"run-{number:04}"))
        for number in reversed(range(count))
    ]


class Alone(App[None]):
    """A table of runs, as high as the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def compose(self) -> ComposeResult:
        yield RunTable()

    @property
    def table(self) -> RunTable:
        return self.query_one(RunTable)

    @property
    def chosen(self) -> str:
        return self.table.line_at_cursor.run.id if self.table.line_at_cursor else ""

    def on_run_table_opened(self) -> None:
        self.opened.append(self.chosen)


def test_every_row_is_reached_by_keys_and_mouse_and_can_be_opened() -> None:
    app = Alone()

    async def steps(pilot: Pilot[Any]) -> None:
        app.table.show(some_lines(5000))
        app.table.focus()
        for key, chosen in {
            "end": "run-0000",
            "up": "run-0001",
            "home": "run-4999",
            "down": "run-4998",
            "pagedown": "run-4980",
            "pageup": "run-4998",
        }.items():
            await pilot.press(key)
            await until(pilot, lambda chosen=chosen: app.chosen == chosen and chosen in screen_text(app))
        assert screen_text(app).split()[:4] == ["run", "name", "status", "easy"], "the heading stays"
        await pilot.press("home", "enter")
        await pilot.click(RunTable, offset=(5, 4))
        await until(pilot, lambda: app.chosen == "run-4996")
        await pilot.click(RunTable, offset=(5, 4))
        await until(pilot, lambda: app.opened == ["run-4999", "run-4996"])

    drive(app, steps, size=(80, 20))


def test_the_cursor_stays_on_its_run_and_the_run_in_view() -> None:
    app, lines = Alone(), some_lines(100)

    async def steps(pilot: Pilot[Any]) -> None:
        app.table.show(lines[10:])
        app.table.point(50)
        await until(pilot, lambda: "run-0039" in screen_text(app))
        app.table.show(lines)
        await pilot.pause()
        assert app.chosen == "run-0039" and "run-0039" in screen_text(app)
        app.table.show([line for line in lines if line.run.id != "run-0039"])
        await pilot.pause()
        assert app.chosen == "run-0038", "where the run is gone, on the one that has its row"
        app.table.show([])
        await pilot.pause()
        assert app.chosen == "" and screen_text(app).split() == ["run", "name", "status", "easy", "hard", "age"]

    drive(app, steps, size=(80, 20))
