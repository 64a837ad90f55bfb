"""Changing keys is explained in the app: where the file lies, what it may say, and it can be created."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from lazytui.app.shell import keymap
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.grammar import GRAMMAR
from lazytui.app.shell.keymap import load_keymap, template, written
from lazytui.app.shell.popups import keys_explained
from lazytui.app.shell.popups.help_screen import Help
from lazytui.app.shell.popups.keys_explained import KeysExplained, explained
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until
from tests.app.shell.test_command_palette import choose


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `keys.toml` would be; not even its folder is there."""
    path = tmp_path / "config" / "keys.toml"
    for module in (keymap, keys_explained):
        monkeypatch.setattr(module, "keys_file", lambda: path)
    return path


def text_of(keys: dict[str, str] | None = None, width: int = 200) -> str:
    return "\n".join(str(line) for line in explained(keys or {}, width))


def test_every_action_stands_there_with_its_key_now(file: Path) -> None:
    lines = [line.split(maxsplit=2) for line in text_of({"run": "ctrl+r"}).splitlines()]
    for one in GRAMMAR:
        key = "ctrl+r" if one.name == "run" else written(one.keys[0])
        assert any(line[:1] == [one.name] and line[1].strip(",") == key for line in lines if len(line) > 1), one.name
    assert str(file) in text_of() and 'preset = "vim"' in text_of()


@pytest.mark.parametrize("width", [50, 72, 94])
def test_the_table_fits_its_box(width: int) -> None:
    table = text_of(width=width).partition("All actions")[2]
    assert max(map(len, table.splitlines())) <= width


def test_the_file_that_is_made_changes_nothing_and_every_line_of_it_can_be_used(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(template())
    assert load_keymap() == {}
    used = [line.removeprefix("# ") for line in template().splitlines() if " = " in line]
    assert len(used) == len(GRAMMAR) + 1
    tomllib.loads("\n".join(used))
    file.write_text("\n".join(line for line in used if not line.startswith("preset")))
    assert keymap.keys_now(load_keymap()) == {one.name: one.keys for one in GRAMMAR}


def test_what_is_wrong_with_the_file_is_said(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('runn = "r"')
    assert "Did you mean run?" in text_of()
    file.write_text('run = "ctrl+r"')
    assert "can be read" in text_of()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
def test_the_palette_opens_it_and_enter_creates_the_file_once(size: tuple[int, int], file: Path) -> None:
    app = LazytuiApp(Workspace(file.parent.parent / "runs"))

    async def steps(pilot: Pilot[Any]) -> None:
        await choose(pilot, "change keys", "Change keys")
        await until(pilot, lambda: isinstance(app.screen, KeysExplained) and "Enter: create" in screen_text(app))
        assert "There is none yet" in " ".join(screen_text(app).replace("│", " ").split())
        await pilot.press("enter")
        await until(pilot, file.exists)
        assert file.read_text() == template()
        await until(pilot, lambda: "Enter: create" not in screen_text(app))
        assert any(f"Created {file}" in note.message for note in app._notifications)
        file.write_text('run = "ctrl+r"')
        await pilot.press("enter")
        await until(pilot, lambda: any("exists already" in note.message for note in app._notifications))
        assert file.read_text() == 'run = "ctrl+r"', "a file that is there stays as it is"
        await pilot.press("y")
        assert app.clipboard == str(file)
        await pilot.press("end")
        box = app.screen.query_one(VerticalScroll)
        await until(pilot, lambda: box.scroll_y == box.max_scroll_y > 0)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, KeysExplained))

    drive(app, steps, size=size)


def test_help_shows_it(file: Path) -> None:
    app = LazytuiApp(Workspace(file.parent.parent / "runs"))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Help))
        await pilot.press("end")
        await until(pilot, lambda: "Keys can be changed: ^p" in screen_text(app))

    drive(app, steps)
