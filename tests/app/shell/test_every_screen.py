"""What holds on every screen of the app, at 80 columns and in a workspace without runs: all of it is looked at on one
way through them, and each test has its say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from lazytui.app.figures import FigureView
from lazytui.app.form import ParamsForm
from lazytui.app.form.field_help import HelpBox
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.popups.help_screen import groups
from lazytui.app.shell.screen_registry import SCREENS, ScreenEntry
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until
from tests.app.whole_footer import each_focus, require_whole

SIZE = (80, 24)
GENERIC = {"Copy selected text", "Focus Next", "Focus Previous"}
"""Textual's own words."""

Look = Callable[[Pilot[Any], LabScreen, ScreenEntry], Awaitable[None]]


async def look_at_footer(pilot: Pilot[Any], screen: LabScreen, _entry: ScreenEntry) -> None:
    await each_focus(pilot)
    if screen.query(ParamsForm):
        await pilot.press("f")
        await require_whole(pilot)
        await pilot.press("escape")


async def look_at_help(_pilot: Pilot[Any], screen: LabScreen, _entry: ScreenEntry) -> None:
    possible = [binding for _, binding in screen._bindings if screen.check_action(name_of(binding.action), ())]
    described = {binding.description for binding in possible}
    listed = {words for group in groups(screen) for _, words in group.keys}
    assert described - {"", *GENERIC} <= listed
    assert not GENERIC & listed
    assert {entry.name for entry in SCREENS} <= listed, "the app's own keys"


def name_of(action: str) -> str:
    """`move` of `move(0, -1)`."""
    return action.partition("(")[0]


async def look_at_explanation(pilot: Pilot[Any], screen: LabScreen, entry: ScreenEntry) -> None:
    if entry.mode == "runs":
        return
    await until(pilot, lambda: any(panel.shown for panel in screen.panels_shown))
    figure = next(panel.shown[0] for panel in screen.panels_shown if panel.shown)
    await pilot.press("i")
    await until(pilot, lambda: isinstance(pilot.app.screen, HelpBox) and pilot.app.screen.query(Static))
    assert str(pilot.app.screen.query_one(Static).render()).startswith(figure.title)


async def look_at_smaller_size(pilot: Pilot[Any], _screen: LabScreen, entry: ScreenEntry) -> None:
    await until(pilot, lambda: f" {entry.key} {entry.short}" in screen_text(pilot.app))
    await pilot.resize_terminal(40, 12)
    await until(pilot, lambda: "This terminal is 40x12" in screen_text(pilot.app))
    await pilot.resize_terminal(*SIZE)
    await until(pilot, lambda: "This terminal is" not in screen_text(pilot.app))


LOOKS: Mapping[str, Look] = {
    "footer": look_at_footer,
    "help": look_at_help,
    "explanation": look_at_explanation,
    "smaller size": look_at_smaller_size,
}


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """What each look found wrong, by its name."""
    app = LazytuiApp(Workspace(tmp_path_factory.mktemp("empty")))
    found: dict[str, list[str]] = {name: [] for name in LOOKS}

    async def steps(pilot: Pilot[Any]) -> None:
        for entry in SCREENS:
            await pilot.press(entry.key)
            await until(pilot, lambda entry=entry: app.current_mode == entry.mode and isinstance(app.screen, LabScreen))
            if entry.mode != "runs":
                await until(pilot, lambda: app.screen.query(FigureView))
            for name, look in LOOKS.items():
                app.screen.set_focus(None)  # a focused widget may take a key for itself
                try:
                    await look(pilot, app.screen, entry)
                except AssertionError as error:
                    found[name].append(f"{entry.name}: {error}")
                while len(app.screen_stack) > 1:
                    await pilot.press("escape")
            app.screen.set_focus(None)

    drive(app, steps, size=SIZE)
    return found


def test_the_footer_of_every_screen_fits(wrong: Mapping[str, list[str]]) -> None:
    assert not wrong["footer"]


def test_every_screen_lists_all_of_its_keys(wrong: Mapping[str, list[str]]) -> None:
    assert not wrong["help"]


def test_i_explains_the_first_panel_of_every_screen_where_no_panel_has_the_keyboard(
    wrong: Mapping[str, list[str]],
) -> None:
    assert not wrong["explanation"]


def test_every_screen_opens_with_its_key_and_comes_back_from_a_size_that_is_too_small(
    wrong: Mapping[str, list[str]],
) -> None:
    assert not wrong["smaller size"]
