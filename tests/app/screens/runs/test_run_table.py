"""The table of runs: its cursor and marks stay on their runs whatever comes and goes, and it sorts by any column."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from lazytui.app.screens.runs.run_columns import fitting
from lazytui.app.screens.runs.run_table import RunTable
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, shipped_lines
from tests.app.pilot import drive, screen_text, until


def some_lines(count: int) -> list[RunLine]:
    """Newest first."""
    shipped = next(line for line in shipped_lines() if line.kind == "train")
    return [some_line(shipped, f"run-{number:04}") for number in reversed(range(count))]


def some_line(like: RunLine, name: str, **changes: Any) -> RunLine:
    return dataclasses.replace(like, run=RunFolder(Path(name), name), name=name, **changes)


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
        assert screen_text(app).split()[:2] == ["kind", "name"], "the heading stays"
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
        assert app.chosen == "" and screen_text(app).split()[0] == "name"

    drive(app, steps, size=(80, 20))


def test_it_sorts_by_any_column_by_key_and_by_a_click_on_its_heading() -> None:
    app = Alone()
    lines = some_lines(5)
    lines[1] = some_line(lines[1], "run-0009", metrics={"easy_accuracy": 0.5})
    lines[2] = some_line(lines[2], "run-0008", metrics={})

    async def steps(pilot: Pilot[Any]) -> None:
        app.table.show(lines)
        app.table.focus()
        await pilot.pause()
        names = [column.name for column, _ in app.table._columns]
        assert "age▲" in screen_text(app), "the newest first, and it says so"
        for name in names:
            await pilot.press("greater_than_sign")
            (column,) = (column for column, _ in app.table._columns if column.name == name)
            values = [column.value(line) for line in app.table.lines]
            defined = [value for value in values if value is not None]
            assert values == defined + [None] * (len(values) - len(defined)), "what has none stands last"
            assert defined in (sorted(defined), sorted(defined, reverse=True)), name
            assert f"{name}▲" in screen_text(app) or f"{name}▼" in screen_text(app)
        await pilot.press("greater_than_sign")
        assert list(app.table.lines) == lines, "after the last as they were"
        await pilot.press("less_than_sign")
        assert f"{names[-1]}▲" in screen_text(app)
        easy = screen_text(app).splitlines()[0].index("easy")
        for lowest in (3, 0):  # the highest first, and the other way round the second time
            await pilot.click(RunTable, offset=(easy, 0))
            await until(pilot, lambda lowest=lowest: app.table.lines[lowest].name == "run-0009")
            assert app.table.lines[-1].name == "run-0008", "what has none stands last either way"

    drive(app, steps, size=(160, 20))


def test_marks_stay_on_their_runs_and_go_with_them() -> None:
    app, lines = Alone(), some_lines(10)

    async def steps(pilot: Pilot[Any]) -> None:
        app.table.show(lines)
        app.table.focus()
        assert [line.name for line in app.table.chosen_lines] == ["run-0009"], "without marks the one under the cursor"
        await pilot.press("space", "down", "space")
        assert [line.name for line in app.table.chosen_lines] == ["run-0009", "run-0007"]
        assert screen_text(app).count("✓") == 2
        app.table.show(lines[1:])
        assert [line.name for line in app.table.chosen_lines] == ["run-0007"]
        await pilot.press("asterisk")
        assert len(app.table.chosen_lines) == 9
        await pilot.press("minus")
        assert len(app.table.chosen_lines) == 1 and "✓" not in screen_text(app)

    drive(app, steps)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_columns_give_way_to_a_name_that_can_be_read(width: int) -> None:
    columns = fitting(some_lines(3), width)
    widths = {column.name: cells for column, cells in columns}
    assert sum(widths.values()) + len(widths) <= width
    assert widths["name"] >= 24 and {"easy", "hard", "age"} <= widths.keys()
    assert ("data" in widths) == (width >= 120)
