"""Keys of one's own: `keys.toml` and the presets, as files and as pressed; what is wrong is said in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lazytui.app.form import ParamsForm
from lazytui.app.form.text_control import TextControl
from lazytui.app.screens.runs.run_table import RunTable
from lazytui.app.shell import keymap
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.grammar import BY_NAME
from lazytui.app.shell.keymap import PRESETS, load_keymap
from lazytui.app.shell.popups.help_screen import Help
from lazytui.app.shell.popups.jobs_drawer import JobsDrawer
from lazytui.errors import BadInput
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until
from tests.commands import Lab


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `keys.toml` is."""
    path = tmp_path / "config" / "keys.toml"
    path.parent.mkdir()
    monkeypatch.setattr(keymap, "keys_file", lambda: path)
    return path


def test_without_a_file_nothing_is_changed(file: Path) -> None:
    assert not file.exists()
    assert load_keymap() == {}


def test_the_file_says_the_keys_on_top_of_its_preset(file: Path) -> None:
    file.write_text('preset = "vim"\nrun = "ctrl+r"\nhelp = ["?", "f2"]\n')
    keys = load_keymap()
    assert keys["run"] == "ctrl+r" and keys["help"] == "question_mark,f2" and keys["down"] == "down,j"
    assert load_keymap("default") == {"run": "ctrl+r", "help": "question_mark,f2"}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_made_of_actions_that_there_are_and_gives_no_key_two_meanings(name: str) -> None:
    assert set(PRESETS[name]) <= set(BY_NAME)
    load_keymap(name)


WRONG = {
    'runn = "r"': "no action 'runn'. Did you mean run?",
    'run = "f"': "the key f would mean two things",
    'run = "f5"\nhelp = "f5"': "the key f5 would mean two things",
    'run = "f5"\nrun = "f6"': "can't be read",
    "run = 5": "run needs a key",
    'run = ""': "run needs a key",
    'run = "ctrl+banana"': "run needs a key",
    'run = ["r", 5]': "run needs a key",
    "run = []": "run needs a key",
    'preset = "emacs"': "no preset of keys 'emacs'; there are: default, vim",
    "preset = 5": "no preset",
    "run = ": "can't be read",
    "[run]\nkey = 5": "run needs a key",
}


@pytest.mark.parametrize("content", WRONG, ids=lambda content: content.replace("\n", " "))
def test_what_is_wrong_is_one_sentence(content: str, file: Path) -> None:
    file.write_text(content)
    with pytest.raises(BadInput) as refused:
        load_keymap()
    assert WRONG[content] in str(refused.value) and str(file) in str(refused.value)


@pytest.mark.parametrize("content", ['run = "f"', "run = "], ids=["clash", "no toml"])
def test_the_app_says_that_sentence_and_opens_with_the_usual_keys(content: str, file: Path) -> None:
    file.write_text(content)
    with pytest.raises(BadInput) as refused:
        load_keymap()
    app = LazytuiApp(Workspace(file.parent))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: [note.message for note in app._notifications] == [str(refused.value)])
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Help))

    drive(app, steps)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 5000, b"x = 1\n" * 50_000], ids=["binary", "deep", "huge"])
def test_a_file_that_is_no_toml_is_refused(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(BadInput):
        load_keymap()


def test_a_rebound_key_does_it_and_the_old_one_no_longer(file: Path, tmp_path: Path) -> None:
    file.write_text('jobs = "f5"\nscreen-runs = "r"\nrename = "f6"\n')
    app = LazytuiApp(Workspace(tmp_path / "runs"))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("j")
        await pilot.pause()
        assert not isinstance(app.screen, JobsDrawer)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, JobsDrawer))
        await pilot.press("f5")
        await until(pilot, lambda: not isinstance(app.screen, JobsDrawer))
        await pilot.press("9")
        await pilot.pause()
        assert app.current_mode == "home"
        await pilot.press("r")
        await until(pilot, lambda: app.current_mode == "runs")
        assert "f5 Jobs" in screen_text(app), "the footer says the key that it is now"

    drive(app, steps)


def test_vim_moves_by_letters_and_letters_that_are_typed_stay_text(workspace_of_three: Path) -> None:
    app = LazytuiApp(Workspace(workspace_of_three), keys="vim")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        await pilot.press("9")
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).lines)
        table = app.screen.query_one(RunTable)
        for key, row in (("j", 1), ("j", 2), ("k", 1), ("G", 2)):
            await pilot.press(key)
            assert table.cursor == row, key
        await pilot.press("J")
        await until(pilot, lambda: isinstance(app.screen, JobsDrawer))
        await pilot.press("escape", "2")
        await until(pilot, lambda: app.current_mode == "train" and app.screen.query(ParamsForm))
        await pilot.press("f")
        field = next(field for field in app.screen.query(TextControl) if field.field.name == "model")
        field.focus()
        field.clear()
        await pilot.press(*"hjkl")
        assert field.value == "hjkl"

    drive(app, steps)


@pytest.fixture
def workspace_of_three(tmp_path: Path) -> Path:
    for number in range(3):
        Workspace(tmp_path / "runs").create("train", {}, name=f"run{number}")
    return tmp_path / "runs"


def test_a_preset_that_there_is_not_is_refused_before_the_app_opens(lab: Lab) -> None:
    answer = lab.call("--keys", "emacs")
    assert answer.code == 2 and ("needs a terminal" in answer.err or "no preset" in answer.err)
    answer = lab.call("--keys", "vim", "models")
    assert answer.code == 2 and "--keys is for the app" in answer.err
