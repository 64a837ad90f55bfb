"""What may lie in a workspace, or befall it: the app says it, shows the rest, and goes on."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from lazytui import code_permission as own_code
from lazytui.app.figures import TableView
from lazytui.app.form import ParamsForm
from lazytui.app.screens.runs.run_table import RunTable
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.popups.log_screen import Log
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.app.pilot import drive, screen_text, until
from tests.commands import state_of, wait_until

SHIPPED = next(run for run in shipped_runs() if run.record.kind == "train")
ESCAPES = "\x1b[31mred\x1b]0;owned\x07"


def add_run(workspace: Path, name: str, **changes: object) -> Path:
    """A copy of a finished training under another name, its record changed."""
    folder = workspace / name
    shutil.copytree(SHIPPED.path, folder)
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**record, "created": time.time() - 300, **changes}))
    return folder


def words_on(app: LazytuiApp) -> str:
    return " ".join(screen_text(app).split())


def notes(app: LazytuiApp) -> str:
    return "\n".join(note.message for note in app._notifications)


async def go_to(pilot: Pilot[Any], key: str) -> LabScreen:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, LabScreen) and pilot.app.screen.is_mounted)
    screen = pilot.app.screen
    assert isinstance(screen, LabScreen)
    return screen


def damage_record(run: Path) -> None:
    (run / "run.json").write_text('{"kind": ')


def damage_status(run: Path) -> None:
    (run / "status.json").write_bytes(b"\xff\x00{")


def damage_result(run: Path) -> None:
    (run / "result.json").write_text("[[[")


def damage_events(run: Path) -> None:
    events = [
        {"kind": "progress", "time": "x", "done": 5, "total": 3, "unit": "steps"},
        {"kind": "progress", "time": 2, "done": -5, "total": -3, "unit": ESCAPES},
        {"kind": "metrics", "time": 3, "step": 10**300, "values": {"easy_accuracy": 1e308, ESCAPES: 0.4}},
    ]
    (run / "events.jsonl").write_text("\n".join([*map(json.dumps, events), "garbage", '{"kind":"metrics"']))


def add_link(run: Path) -> None:
    (run / "arrays.link").symlink_to("/etc/passwd")


def odd_params(run: Path) -> None:
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**record, "params": {"metrics_samples": ESCAPES, "epochs": []}}))


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "record": (damage_record, "damaged"),
    "status": (damage_status, "failed"),
    "result": (damage_result, "done"),
    "events": (damage_events, "done"),
    "link": (add_link, "damaged"),
    "params": (odd_params, "done"),
}


def test_damaged_runs_are_listed_and_every_key_on_them_is_harmless(tmp_path: Path) -> None:
    sound = add_run(tmp_path, "20260101-0000-train-sound-aaaa")
    broken = {damage: add_run(tmp_path, f"20260101-0000-train-{damage}-bbbb") for damage in DAMAGES}
    for damage, (break_it, _) in DAMAGES.items():
        break_it(broken[damage])
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 1 + len(DAMAGES))
        await go_to(pilot, "9")
        await until(pilot, lambda: len(app.screen.query_one(RunTable).lines) == 1 + len(DAMAGES))
        states = {line.run.id: line.state for line in app.screen.query_one(RunTable).lines}
        assert states[sound.name] == "done"
        for damage, (_, state) in DAMAGES.items():
            assert states[broken[damage].name] == state
            assert state == "done" or screen_text(app).count(state)
            await press_every_key(pilot, damage)
        assert sound.exists()

    async def press_every_key(pilot: Pilot[Any], damage: str) -> None:
        run = broken[damage]
        table = app.screen.query_one(RunTable)
        table.point([line.run.id for line in table.lines].index(run.name))
        resume = [] if damage == "status" else [["p"]]  # which could really go on
        for keys in (*resume, ["l", "escape"], ["enter"], ["9"], ["r", "escape"], ["e", "escape"], ["0"], ["9"]):
            await pilot.press(*keys)
            await pilot.pause()
        assert "doesn't know" not in notes(app)
        assert damage == "status" or state_of(run) == "done", "nothing was written to it"
        await until(pilot, lambda: len(app.screen.query(RunTable)) == 1)
        await pilot.press("delete", "y")
        await until(pilot, lambda: not run.exists())

    drive(app, steps)


NAMES = {
    "brackets": "20260101-0000-train-[bold]b[-[x]]-aaaa",
    "escapes": f"20260101-0000-train-{ESCAPES}\ttab\nline-aaaa",
    "long": f"20260101-0000-train-{'w' * 230}-aaaa",
    "no utf-8": os.fsdecode(b"20260101-0000-train-\xff\xfe-aaaa"),
}


def test_names_of_any_kind_are_shown_harmlessly_everywhere(tmp_path: Path) -> None:
    folders = [add_run(tmp_path, name, versions={"[b]": ESCAPES}) for name in NAMES.values()]
    hostile = {"state": "failed", "heartbeat": 1.0, "error": f"[red]Bad[/] {ESCAPES} " + "long " * 200}
    for folder in folders:
        (folder / "output.log").write_text(f"{ESCAPES} [b]said[/b]\n" + "x" * 500)
        (folder / "status.json").write_text(json.dumps(hostile))
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == len(NAMES))
        for folder in folders:
            app.open_run(folder.name)
            await until(pilot, lambda: app.current_mode == "train" and "Bad" in screen_text(app))
            harmless(screen_text(app))
            await pilot.press("0")
        for entry in SCREENS:
            await go_to(pilot, entry.key)
            await pilot.press("j")
            await pilot.pause()
            harmless(screen_text(app))
            await pilot.press("escape")
        await go_to(pilot, "9")
        await until(pilot, lambda: len(app.screen.query_one(RunTable).lines) == len(NAMES))
        for row in range(len(NAMES)):
            await look_closer(pilot, row)

    async def look_closer(pilot: Pilot[Any], row: int) -> None:
        app.screen.query_one(RunTable).point(row)
        await pilot.pause()
        assert screen_text(app).count("failed") >= len(NAMES), "however long the name, its status can be seen"
        await pilot.press("l")
        await until(pilot, lambda: "[b]said[/b]" in screen_text(app))
        harmless(screen_text(app))
        await pilot.press("escape", "x", "delete")
        await pilot.pause()
        harmless(screen_text(app) + notes(app))
        await pilot.press("n")

    def harmless(text: str) -> None:
        assert not set(text) & {chr(code) for code in range(32) if chr(code) != "\n"}

    drive(app, steps)


def test_what_is_not_right_is_said_beside_the_field_and_starts_nothing(tmp_path: Path) -> None:
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        for key, field, value, sentence in (
            ("1", "bias", "7", "Must be at most 1"),
            ("2", "epochs", "-1", "Must be at least 0"),
            ("2", "model", "gap-cn", "There is no model 'gap-cn'"),
        ):
            form = (await go_to(pilot, key)).query_one(ParamsForm)
            form.set_values({field: value})
            await until(pilot, lambda form=form: form.params is None)
            if not app.screen.query_one("#side").display:
                await pilot.press("f")
            await until(pilot, lambda form=form, field=field: field in form._rows)
            row = form._rows[field]
            wrong = row.query_one(".wrong", Static)
            await until(pilot, lambda row=row, wrong=wrong: wrong.region.y == row.region.y + 1)
            assert sentence in str(wrong.render())
            app.screen.set_focus(None)
            await pilot.press("g")
            await until(pilot, lambda field=field, sentence=sentence: f"{field}: {sentence}" in notes(app))
            await until(pilot, lambda row=row: row.field_control.has_focus)
            app.screen.set_focus(None)
            app.clear_notifications()
            assert not list(tmp_path.glob("*/run.json"))
        (await go_to(pilot, "3")).query_one(ParamsForm).set_values({})
        await pilot.press("g")
        await until(pilot, lambda: "run: Required" in notes(app))

    drive(app, steps, size=(120, 50))


FAILING_NETWORK = """
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3 * 28 * 28, 10)

    def forward(self, images):
        if len(images) > 2:
            raise ValueError("[b]no such luck[/b]")
        return self.head(images.flatten(1))
"""
"""It passes for a network where it is tried on two images."""


def test_a_failing_job_shows_its_reason_and_its_log(tmp_path: Path) -> None:
    model = tmp_path / "mine.py"
    model.write_text(FAILING_NETWORK)
    own_code.allow(f"{model}:Net")
    workspace = Workspace(tmp_path / "runs")
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await go_to(pilot, "2")
        values = {"source": "strokes", "train_size": 300, "test_size": 200, "model": f"{model}:Net"}
        app.screen.query_one(ParamsForm).set_values(values)
        app.screen.set_focus(None)
        await pilot.press("g")
        await until(pilot, workspace.runs)
        (run,) = workspace.runs()
        wait_until(lambda: state_of(run.path) == "failed")
        await until(pilot, lambda: "failed" in screen_text(app) and "no such luck[/b]" in words_on(app))
        await until(pilot, lambda: "l shows its log" in words_on(app))
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, Log) and "no such luck[/b]" in words_on(app))
        assert "loading torch" in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LabScreen))

    drive(app, steps)


def test_a_run_without_a_log_says_so_and_a_screen_without_a_run_too(tmp_path: Path) -> None:
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("l")
        await until(pilot, lambda: "No run is shown here" in notes(app))
        add_run(tmp_path, "20260101-0000-train-sound-aaaa")
        await go_to(pilot, "9")
        await until(pilot, lambda: len(app.screen.query_one(RunTable).lines) == 1)
        await pilot.press("l")
        await until(pilot, lambda: "No log: only" in screen_text(app))

    drive(app, steps)


def test_a_workspace_that_disappears_is_said_and_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    add_run(folder, "20260101-0000-train-sound-aaaa")
    app = LazytuiApp(Workspace(folder))

    async def steps(pilot: Pilot[Any]) -> None:
        for entry in SCREENS:
            await go_to(pilot, entry.key)
            await disappear_and_come_back(pilot)

    async def disappear_and_come_back(pilot: Pilot[Any]) -> None:
        app.clear_notifications()
        await until(pilot, lambda: len(app.lines) == 1)
        folder.rename(tmp_path / "away")
        await until(pilot, lambda: "is gone; its runs" in words_on(app) and app.lines == ())
        app.start("train", {"model": "mlp"})
        await until(pilot, lambda: "is gone; its runs" in notes(app))
        await pilot.press("e", "escape", "l", "escape", "j", "escape")
        app._keep_session()
        assert not folder.exists(), "nothing is written where it was"
        (tmp_path / "away").rename(folder)
        await until(pilot, lambda: len(app.lines) == 1)
        await until(pilot, lambda: "is gone; its runs" not in screen_text(app).splitlines()[1])
        assert "doesn't know" not in notes(app)

    drive(app, steps)


def test_a_workspace_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = LazytuiApp(Workspace(tmp_path / "file"))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "file can't be read: a part of the path is a file, not a folder." in words_on(app))

    drive(app, steps)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A workspace with one run on a file system that can't be written to."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("file systems can't be mounted here")
    add_run(disk, "20260101-0000-train-sound-aaaa")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_read_only_workspace_is_looked_at_and_refuses_in_a_sentence(read_only: Path) -> None:
    app = LazytuiApp(Workspace(read_only))

    async def steps(pilot: Pilot[Any]) -> None:
        await go_to(pilot, "9")
        await until(pilot, lambda: len(app.screen.query_one(RunTable).lines) == 1)
        await pilot.press("delete", "y")
        await until(pilot, lambda: "the file system is read-only" in notes(app))
        app.clear_notifications()
        app.start("train", {"model": "mlp", "source": "strokes"})
        await until(pilot, lambda: "the file system is read-only" in notes(app))
        app.clear_notifications()
        await pilot.press("f12")
        await until(pilot, lambda: "the file system is read-only" in notes(app))
        assert "doesn't know" not in notes(app)

    drive(app, steps)


def test_a_run_that_is_gone_by_now_is_said_to_be(tmp_path: Path) -> None:
    run = add_run(tmp_path, "20260101-0000-train-sound-aaaa")
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 1)
        await until(pilot, lambda: app.screen.query(TableView))
        runs = next(view for view in app.screen.query(TableView) if view.figure.name == "runs")
        runs.focus()
        shutil.rmtree(run)
        await pilot.press("enter")
        await until(pilot, lambda: "There is no run" in notes(app))

    drive(app, steps)


def test_a_resize_at_any_moment_in_any_screen_and_question_is_lived_through(tmp_path: Path) -> None:
    add_run(tmp_path, "20260101-0000-train-sound-aaaa")
    app = LazytuiApp(Workspace(tmp_path))
    sizes = random.Random(0)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 1)
        for entry in SCREENS:
            for over in sizes.sample(("question_mark", "j", "l", "e", "delete", "slash", "ctrl+p"), 2):
                await pilot.press(entry.key, over)
                await pilot.resize_terminal(sizes.randint(1, 210), sizes.randint(1, 65))
                await asyncio.sleep(0)
                await pilot.resize_terminal(40, 12)
                await pilot.press("escape")
                assert app.is_running
        await pilot.resize_terminal(40, 12)
        app.screen.set_focus(None)
        await until(pilot, lambda: "This terminal is 40x12" in words_on(app))
        await pilot.resize_terminal(120, 36)
        await until(pilot, lambda: "sound" in screen_text(app))
        assert "doesn't know" not in notes(app)

    drive(app, steps)
