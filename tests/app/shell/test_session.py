"""The app opens where it was left, and no session file can keep it from opening."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lazytui.app.form import ParamsForm
from lazytui.app.form.text_control import TextControl
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.lab import BUNDLED_NETWORK
from lazytui.app.shell.session import FILE, Session, load
from lazytui.data.sources.gray_shapes import is_cached
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.app.pilot import drive, until


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Two finished trainings, the second one newer."""
    shipped = next(run for run in shipped_runs() if run.record.kind == "train")
    for name, created in (("older", 1.0), ("newer", 2.0)):
        shutil.copytree(shipped.path, tmp_path / name)
        record = json.loads((tmp_path / name / "run.json").read_text())
        (tmp_path / name / "run.json").write_text(json.dumps({**record, "created": created}))
    return tmp_path


def screen_of(app: LazytuiApp) -> LabScreen:
    assert isinstance(app.screen, LabScreen)
    return app.screen


async def nothing(pilot: Pilot[Any]) -> None:
    await pilot.pause()


def test_screen_theme_form_and_followed_run_come_back(workspace: Path) -> None:
    async def leave(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.lines)
        await pilot.press("1")
        await pilot.pause()
        app.screen.query_one(ParamsForm).set_values({"bias": 0.5})
        app.open_run("older")
        await until(pilot, lambda: (run := screen_of(app).followed) and run.id == "older")
        app.screen.query_one(ParamsForm).set_values({"epochs": 7, "model": "mlp"})
        app.theme = "nord"
        await pilot.press("q")

    app = LazytuiApp(Workspace(workspace))
    drive(app, leave)

    async def find(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: again.current_mode == "train" and again.screen.query(ParamsForm))
        assert again.theme == "nord"
        await until(pilot, lambda: (run := screen_of(again).followed) and run.id == "older")
        assert again.screen.query_one(ParamsForm).touched == {"epochs": 7, "model": "mlp"}
        again.open_run("newer")
        await until(pilot, lambda: (run := screen_of(again).followed) and run.id == "newer")
        await pilot.press("q")

    again = LazytuiApp(Workspace(workspace))
    drive(again, find)
    kept = load(workspace)
    assert kept.runs["train"] == "newer"
    assert kept.forms["dataset"] == {"bias": 0.5}, "a place that wasn't visited keeps what it had"


@pytest.mark.parametrize("kind", ["gradcam", "neurons"])
def test_what_was_typed_comes_back_beside_a_run_that_fills_the_form_itself(kind: str, workspace: Path) -> None:
    made = workspace / "made"
    made.mkdir()
    record = json.loads((workspace / "older" / "run.json").read_text())
    (made / "run.json").write_text(json.dumps({**record, "kind": kind, "created": 3.0, "params": {"run": "older"}}))
    kept = Session(screen=kind, runs={kind: "made"}, forms={kind: {"run": "newer", "seed": 5}})
    (workspace / FILE).write_text(kept.model_dump_json())
    app = LazytuiApp(Workspace(workspace))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.current_mode == kind and (run := screen_of(app).chosen_run) and run.id == "made")
        assert app.screen.query_one(ParamsForm).touched == {"run": "newer", "seed": 5}

    drive(app, steps)


def test_a_session_that_is_kept_while_a_screen_opens_keeps_what_was_left_there(workspace: Path) -> None:
    kept = {"run": "older", "layer": "features"}
    (workspace / FILE).write_text(Session(network="older", forms={"features": kept}).model_dump_json())

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.lines)
        app.switch_mode("features")
        while not app.screen.is_mounted:
            app._keep_session()
            await asyncio.sleep(0)
        await until(pilot, lambda: app.screen.query_one(ParamsForm).touched == kept)
        app._keep_session()

    app = LazytuiApp(Workspace(workspace))
    drive(app, steps)
    assert load(workspace).forms["features"] == kept


def test_a_run_that_is_opened_first_is_not_displaced_by_the_one_of_last_time(workspace: Path) -> None:
    (workspace / FILE).write_text(Session(screen="home", runs={"train": "older"}).model_dump_json())
    app = LazytuiApp(Workspace(workspace))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.lines)
        app.open_run("newer")
        await until(pilot, lambda: app.current_mode == "train" and screen_of(app).followed)
        for _ in range(5):
            await pilot.pause()
        followed = screen_of(app).followed
        assert followed and followed.id == "newer"

    drive(app, steps)


def test_what_is_wrong_in_a_form_is_neither_kept_nor_left_in_it(workspace: Path) -> None:
    app = LazytuiApp(Workspace(workspace))
    of_network = {"source": "mnist"} if is_cached("mnist") else {}

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await until(pilot, lambda: app.current_mode == "dataset" and app.screen.query(ParamsForm))
        form = app.screen.query_one(ParamsForm)
        assert form.touched == of_network, "it begins with the data of the network under study, where they are at hand"
        await pilot.press("f")
        await until(pilot, lambda: form.query(TextControl))
        bias = next(control for control in form.query(TextControl) if control.field.name == "bias")
        bias.focus()
        await pilot.press(*"0.5", "enter")
        await until(pilot, lambda: app.focused is app.screen.query_one("#start"))
        bias.focus()
        await pilot.press(*"77")
        await until(pilot, lambda: form.params is None)
        app._keep_session()
        assert app._session.forms["dataset"] == of_network, "it is wrong as it is now"
        await pilot.press("escape")
        await until(pilot, lambda: form.touched == {**of_network, "bias": 0.5})
        await pilot.press("e", "9", "tab", "escape")
        await until(pilot, lambda: not form.region.width)
        assert form.touched == {**of_network, "bias": 0.5}
        await pilot.press("q")

    drive(app, steps)
    assert load(workspace).forms["dataset"] == {**of_network, "bias": 0.5}


UNREADABLE = {
    "damaged": "{",
    "deep": "[" * 50_000,
    "huge": '{"place": "' + "x" * 200_000 + '"}',
    "another kind": '{"place": [], "forms": 5}',
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_session_is_a_new_one(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    assert load(tmp_path) == Session()


HOSTILE = {
    "unreadable": UNREADABLE["deep"],
    "unknown place and theme": '{"place": "nowhere", "theme": "[b]", "runs": {"train": "../../etc"}}',
    "wrong values": '{"place": "train", "forms": {"train": {"epochs": {"a": []}, "model": ["\\u001b[31m"], "zz": 1}}}',
    "wrong list": '{"place": "evaluate", "forms": {"evaluate": {"run": 7}}, "runs": {"evaluate": "older"}}',
    "clash": '{"place": "dataset", "forms": {"dataset": {"dataset": "\\ud800", "bias": "NaN", "hard": null}}}',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_damaged_or_hostile_session_is_ignored(workspace: Path, content: str) -> None:
    (workspace / FILE).write_text(content)
    app = LazytuiApp(Workspace(workspace))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.lines)
        for form in app.screen.query(ParamsForm):
            assert form.touched in ({}, {"run": "newer"}, {"run": BUNDLED_NETWORK}), (
                "what it would be without a session"
            )
        await pilot.press("9", "q")

    drive(app, steps)
    json.loads((workspace / FILE).read_text())


def test_neither_links_nor_pipes_are_read(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text('{"place": "runs"}')
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    assert load(tmp_path) == Session()
    (tmp_path / FILE).unlink()
    os.mkfifo(tmp_path / FILE)
    assert load(tmp_path) == Session()


def test_a_workspace_that_does_not_exist_is_not_made_for_it(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("2", "q")

    drive(LazytuiApp(Workspace(tmp_path / "none")), steps)
    assert not list(tmp_path.iterdir())


def test_a_workspace_that_is_a_file_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("2", "q")

    drive(LazytuiApp(Workspace(tmp_path / "file")), steps)


def test_two_apps_keep_one_whole_session(workspace: Path) -> None:
    first, second = LazytuiApp(Workspace(workspace)), LazytuiApp(Workspace(workspace))

    async def beside(pilot: Pilot[Any]) -> None:
        async with second.run_test() as other:
            await other.press("3", "q")
        assert load(workspace).screen == "evaluate"
        await pilot.press("2", "q")

    drive(first, beside)
    assert load(workspace).screen == "train"
    assert [path.name for path in workspace.iterdir() if path.name.startswith(".session")] == [FILE]
