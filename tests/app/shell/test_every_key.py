"""Every key that a screen declares does something that can be seen, in a workspace that has something of everything."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lazytui.app.figures import FigureView
from lazytui.app.form import ParamsForm
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.errors import LazytuiError
from lazytui.runs.jobs import request_stop
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.app.pilot import drive, screen_text, until
from tests.commands import wait_until

ASK_A_NETWORK = {"gradcam", "neurons"}
"""Screens whose keys answer once a network is loaded; their own tests press them."""

ONLY_SCROLL = {"move", "page", "first", "last"}
"""Actions of keys that do nothing where all fits on the screen."""

SMALL = {"source": "strokes", "train_size": 300, "test_size": 200}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Two trainings, one of them stopped; whatever the keys start is stopped in the end."""
    shipped = next(run for run in shipped_runs() if run.record.kind == "train")
    for name in ("20260101-0000-train-aaaa", "20260102-0000-train-bbbb"):
        shutil.copytree(shipped.path, tmp_path / name)
    status = tmp_path / "20260101-0000-train-aaaa" / "status.json"
    status.write_text(json.dumps({**json.loads(status.read_text()), "state": "stopped"}))
    workspace = Workspace(tmp_path)
    yield workspace
    for run in workspace.runs():
        with suppress(LazytuiError):
            request_stop(run)
    wait_until(lambda: all(run.status.state not in ACTIVE for run in workspace.runs()))


def keys_of(place: LabScreen) -> list[tuple[str, str]]:
    """The keys that the classes of a screen declare, with their actions."""
    classes = [kind for kind in type(place).__mro__ if issubclass(kind, LabScreen)]
    declared = [binding for kind in classes for binding in vars(kind).get("BINDINGS", ())]
    return [(key, binding.action) for binding in declared for key in binding.key.split(",")]


def sight(app: LazytuiApp) -> object:
    """All that a key may change for a person to see."""
    return (
        screen_text(app),
        len(app._notifications),
        app.clipboard,
        type(app.screen),
        app.focused,
        [(run.id, run.status.state) for run in app.workspace.runs()],
    )


@pytest.mark.parametrize(
    "place", [place for place in SCREENS if place.mode not in ASK_A_NETWORK], ids=lambda place: place.mode
)
def test_every_key_of_a_screen_does_something(place: Any, workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 2)
        await pilot.press(place.key)
        await until(pilot, lambda: app.current_mode == place.mode)
        here = app.screen
        assert isinstance(here, LabScreen)
        await until(pilot, lambda: place.mode not in {"dataset", "train", "runs"} or here.query(FigureView))
        for form in here.query(ParamsForm):
            if SMALL.keys() <= form.model.model_fields.keys():
                form.set_values(SMALL)
        for key, action in keys_of(here):
            await back(pilot)
            if action.partition("(")[0] in ONLY_SCROLL or not here.check_action(action.partition("(")[0], ()):
                continue
            before = sight(app)
            await pilot.press(key)
            try:
                await until(pilot, lambda before=before: sight(app) != before)
            except AssertionError:
                pytest.fail(f"{key} ({action}) does nothing that could be seen on:\n{screen_text(app)}")
        assert "doesn't know" not in "".join(note.message for note in app._notifications)

    async def back(pilot: Pilot[Any]) -> None:
        while not isinstance(app.screen, LabScreen) or len(app.screen_stack) > 1:
            await pilot.press("escape")
        await pilot.press(place.key)
        app.clear_notifications()
        app.copy_to_clipboard("")
        app.screen.set_focus(None)
        await pilot.pause()

    drive(app, steps)
