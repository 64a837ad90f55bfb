"""No key of a footer is cut, and no hint of a box, on any overlay at 80 columns; on screens: test_every_screen.py."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.content import Content
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Static
from textual.widgets._footer import FooterKey

from lazytui.app.figures import FigureView, TableView
from lazytui.app.screens.common.cell_images_screen import open_images
from lazytui.app.screens.overlays import OVERLAYS, overlay
from lazytui.app.shell import keymap
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.grammar import BY_NAME
from lazytui.app.shell.key_footer import FIRST_TO_GO, STAY, KeyFooter
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.app.pilot import drive, screen_text, until
from tests.app.whole_footer import each_focus, require_whole

SIZE = (80, 24)


@pytest.fixture
def app(tmp_path: Path) -> LazytuiApp:
    return LazytuiApp(Workspace(tmp_path))


def test_the_footer_of_every_small_analysis_fits(app: LazytuiApp) -> None:
    def is_open(kind: str) -> bool:
        return getattr(app.screen, "kind", "") == kind and bool(app.screen.query(KeyFooter))

    async def steps(pilot: Pilot[Any]) -> None:
        for kind in OVERLAYS:
            app.push_screen(overlay(kind))
            await until(pilot, lambda kind=kind: is_open(kind))
            await each_focus(pilot)
            await app.pop_screen()

    drive(app, steps, size=SIZE)


async def go_back(pilot: Pilot[Any]) -> None:
    """To the screen that lies below, with the keyboard nowhere."""
    while len(pilot.app.screen_stack) > 1:
        await pilot.press("escape")
        await pilot.pause()
    pilot.app.screen.set_focus(None)


PAGES = {
    "I": "DrawScreen",
    "5 enter": "NeuronPage",
    "6 enter": "FeaturePage",
    "6 v": "DoseResponseScreen",
    "7 v": "LiveAttackScreen",
    "3": "CellImages",
}
"""Keys, and the page that they open."""


def test_the_footer_of_every_page_over_a_screen_fits(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for keys, opened in PAGES.items():
            await open_page(pilot, keys.split(), opened)
            await each_focus(pilot)
            await go_back(pilot)

    async def open_page(pilot: Pilot[Any], keys: Sequence[str], opened: str) -> None:
        for key in keys:
            if key in {"enter", "v"}:
                await until(pilot, lambda: app.current_mode == mode_of_key(keys[0]) and app.screen.query(TableView))
                app.screen.query(TableView).first().focus()
                await pilot.pause()
            await pilot.press(key)
        if opened == "CellImages":
            run = next(run for run in shipped_runs() if run.record.kind == "evaluate")
            open_images(app, run, "confusion-hard", (1, 1))
        await until(pilot, lambda: type(app.screen).__name__ == opened)
        await until(pilot, lambda: app.screen.query(FigureView))

    def mode_of_key(key: str) -> str:
        return next(entry.mode for entry in SCREENS if entry.key == key)

    drive(app, steps, size=SIZE)


BOXES = ("question_mark", "j", "o", "a", "i", "e", "s", "l 9 l", "9 slash", "9 r", "2 v", "f12")
"""Keys that open a box, or none where there is nothing for it."""


def test_no_hint_of_a_box_is_cut(app: LazytuiApp) -> None:
    opened = 0

    async def steps(pilot: Pilot[Any]) -> None:
        nonlocal opened
        for keys in BOXES:
            await pilot.press("0")
            await until(pilot, lambda: app.current_mode == "home" and app.screen.query(FigureView))
            for key in keys.split():
                await pilot.press(key)
                await pilot.pause()
            if isinstance(app.screen, ModalScreen) and not isinstance(app.screen, CommandPalette):
                opened += 1
                require_whole_hints(app.screen)
            await go_back(pilot)

    def require_whole_hints(box: Screen[Any]) -> None:
        for framed in box.query("*"):
            subtitle = Content(str(framed.border_subtitle or ""))
            assert subtitle.cell_length <= max(framed.outer_size.width - 4, 0) or not subtitle.cell_length, subtitle
        for hint in box.query(".hint").results(Static):
            assert str(hint.render()) in " ".join(screen_text(app).split("│")), hint.render()

    drive(app, steps, size=SIZE)
    assert opened >= 7


def test_where_there_is_more_room_more_keys_are_shown(app: LazytuiApp) -> None:
    shown: dict[int, int] = {}

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("5")
        await until(pilot, lambda: app.screen.query(TableView))
        for width in (60, 80, 200):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            await require_whole(pilot)
            shown[width] = len(app.screen.query(FooterKey))

    drive(app, steps, size=SIZE)
    assert shown[60] < shown[80] < shown[200]


def test_long_keys_of_ones_own_fit_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('run = "ctrl+shift+f11"\nform = "ctrl+shift+f10"\nexplain = "ctrl+shift+f9"\n')
    monkeypatch.setattr(keymap, "keys_file", lambda: file)
    app = LazytuiApp(Workspace(tmp_path / "runs"))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("6")
        await until(pilot, lambda: app.screen.query(TableView))
        await require_whole(pilot)

    drive(app, steps, size=SIZE)


def test_keys_that_give_way_are_in_the_grammar() -> None:
    assert {*FIRST_TO_GO, *STAY} <= set(BY_NAME)
