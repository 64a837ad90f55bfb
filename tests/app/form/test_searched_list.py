"""A list that typing narrows down: what is typed and what Enter takes, also where both come at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.events import Key
from textual.geometry import Region
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import OptionList

from lazytui.app.form.pick_list import Pickable, PickList, TickList
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until

OFFERED = [
    Pickable("run-1", "plain training, seed 0", "plain"),
    Pickable("run-2", "two stages, seed 1", "jtt"),
    Pickable("run-3", "two stages, seed 0", "jtt with plain"),
]
AT = Region(0, 0, 30, 1)


def type_ahead(app: App[Any], *keys: str) -> None:
    """All of these keys before the app has done anything about the first, as a fast typist, or a slow link, has it."""
    for key in keys:
        one = len(key) == 1
        app.post_message(Key(_character_to_key(key) if one else key, key if one else None))


def picked(keys: list[str], screen: PickList) -> Any:
    """What a list answers to keys that come all at once."""
    answers: list[Any] = []

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(screen, answers.append)
        type_ahead(pilot.app, *keys)
        await until(pilot, lambda: answers)

    drive(App(), steps, size=(80, 24))
    return answers[0]


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (["enter"], "run-1"),
        (["down", "enter"], "run-2"),
        (["up", "enter"], "run-3"),
        ([*"jtt", "enter"], "run-2"),
        ([*"jtt", "down", "enter"], "run-3"),
        ([*"TWO 0", "enter"], "run-3"),
        ([*"seed 1", "enter"], "run-2"),
        ([*"run-3", "enter"], "run-3"),
        ([*"plain", "enter"], "run-1"),
        ([*"jttx", "backspace", "enter"], "run-2"),
        ([*"nothing", "enter", "escape"], None),
    ],
    ids=lambda keys: "".join(key if len(key) == 1 else f"[{key}]" for key in keys) if isinstance(keys, list) else "",
)
def test_enter_takes_from_the_list_as_it_is_narrowed_by_all_that_was_typed(keys: list[str], value: str | None) -> None:
    assert picked(keys, PickList(OFFERED, "", AT)) == value


def test_ticks_are_set_by_space_and_enter_and_keep_what_the_list_does_not_offer() -> None:
    keys = ["space", *"jtt", "down", "enter", "up", "space", "space", "escape"]
    assert picked(keys, TickList(OFFERED, ["elsewhere/run", "run-1"], AT)) == ("elsewhere/run", "run-3")


def test_a_list_of_ticks_begins_with_those_that_are_ticked() -> None:
    many = [Pickable(f"entry-{number}") for number in range(40)]

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(TickList(many, ["elsewhere", "entry-35", "entry-30"], AT))
        await until(pilot, lambda: "[x] entry-30" in screen_text(pilot.app))
        order = [word for word in screen_text(pilot.app).split() if word.startswith("entry-")]
        assert order[:3] == ["entry-30", "entry-35", "entry-0"]
        await pilot.press("space")
        await until(pilot, lambda: "[ ] entry-30" in screen_text(pilot.app))

    drive(App(), steps, size=(80, 24))


def test_a_network_is_found_by_typing_which_says_where_nothing_is(tmp_path: Path) -> None:
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("o")
        type_ahead(app, *"cured mnist", "enter")
        await until(pilot, lambda: app.network == "shipped/cured-mnist")
        await until(pilot, lambda: not app.screen.query(OptionList))
        await pilot.press("o", *"zzz")
        await until(pilot, lambda: "No entry has these words." in screen_text(app))
        await pilot.press("enter", "escape")
        await until(pilot, lambda: not app.screen.query(OptionList))
        assert app.network == "shipped/cured-mnist"

    drive(app, steps)
