"""Every key of every screen and overlay does something that can be seen, in a workspace that has all kinds of runs."""

from __future__ import annotations

import asyncio
import gc
import json
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import ReferenceType, ref

import pytest
import torch  # noqa: F401 - loading it makes all that is there stay, closed overlays among it
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from lazytui.app.figures import FigureView
from lazytui.app.form import ParamsForm
from lazytui.app.screens.common.form_screen import FormScreen
from lazytui.app.screens.common.live_screen import LiveScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.errors import LazytuiError
from lazytui.runs.jobs import request_stop
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.app.overlays import NETWORK, OVERLAYS, open_overlay
from tests.app.pilot import drive, screen_text, until
from tests.commands import wait_until

ASK_A_NETWORK = {"gradcam", "neurons"}
"""Screens whose keys answer once a network is loaded; their own tests press them."""

ONLY_SCROLL = {"move", "page", "first", "last"}
"""Actions of keys that do nothing where all fits on the screen."""

PAGES = {"pageup", "pagedown"}
"""Keys that move the cursor of a figure before they do something else."""

LAST = {"smallest": 1, "back": 2, "dismiss": 2}
"""Actions that come last: after the first the live attack searches for each answer, the others close what is open."""

PRESSED_ON_SCREENS = (LabScreen, FormScreen)
"""What these declare is pressed on every screen already."""

SAME_EVERYWHERE = {"help", "jobs", "choose_network", "choose_second", "draw", "screenshot"}
"""Actions that ask nothing of the screen: done on the first one; the keys of the others have to lead to them."""

LOOKS = 200
"""How often it is looked whether a key did something."""

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


def keys_of(screen: Screen[Any], but: Collection[type[Screen[Any]]] = ()) -> list[tuple[str, str]]:
    """The keys that the classes of a screen declare, with their actions. but: without those of these classes."""
    classes = [kind for kind in type(screen).__mro__ if kind.__module__.startswith("lazytui.") and kind not in but]
    declared = [binding for kind in classes for binding in vars(kind).get("BINDINGS", ())]
    return [(key, binding.action) for binding in declared for key in binding.key.split(",")]


def is_done_elsewhere(here: LabScreen, key: str, action: str) -> bool:
    """Whether the key leads to what it did on the first screen, by the same code."""
    if here.screen_name == SCREENS[0].mode or action not in SAME_EVERYWHERE:
        return False
    active, method = here.active_bindings[key], f"action_{action}"
    assert active.enabled, f"{key} ({action}) can't be pressed"
    return active.node is here and getattr(type(here), method) is getattr(LabScreen, method)


def sight(app: App[Any]) -> object:
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
    "entry", [entry for entry in SCREENS if entry.mode not in ASK_A_NETWORK], ids=lambda entry: entry.mode
)
def test_every_key_of_a_screen_does_something(entry: Any, workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 2)
        await pilot.press(entry.key)
        await until(pilot, lambda: app.current_mode == entry.mode)
        here = app.screen
        assert isinstance(here, LabScreen)
        await until(pilot, lambda: entry.mode not in {"dataset", "train", "runs"} or here.query(FigureView))
        for form in here.query(ParamsForm):
            if SMALL.keys() <= form.model.model_fields.keys():
                form.set_values(SMALL)
        here.set_focus(None)
        keys = [(key, action) for key, action in keys_of(here) if not is_done_elsewhere(here, key, action)]
        for key, action in keys:
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
        await pilot.press(entry.key)
        app.clear_notifications()
        app.copy_to_clipboard("")
        app.screen.set_focus(None)
        await pilot.pause()

    drive(app, steps)


@pytest.fixture
def workspace_with_a_job(workspace: Workspace) -> Iterator[Workspace]:
    """One training failed, and one runs on another machine."""
    (workspace.path / "20260101-0000-train-aaaa" / "status.json").write_text(json.dumps({"state": "failed"}))
    run = workspace.path / "20260103-0000-train-cccc"
    shutil.copytree(workspace.path / "20260101-0000-train-aaaa", run)
    progress = {"done": 37, "total": 100, "unit": "steps"}
    status = {"state": "running", "host": "elsewhere", "heartbeat": time.time(), "progress": progress}
    (run / "status.json").write_text(json.dumps(status))
    yield workspace
    shutil.rmtree(run)


def test_every_key_of_every_overlay_does_something(workspace_with_a_job: Workspace) -> None:
    gc.freeze()  # what was there before isn't gone through again and again below
    app = LazytuiApp(workspace_with_a_job)
    dead: list[str] = []
    opened: list[ReferenceType[Screen[Any]]] = []
    still_there: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == 3)
        app.study(NETWORK)
        for name, way in OVERLAYS.items():
            await open_overlay(pilot, way)
            over, focused = app.screen, app.focused
            opened.append(ref(over))
            keys = [(key, action.partition("(")[0]) for key, action in keys_of(over, but=PRESSED_ON_SCREENS)]
            for key, action in sorted(keys, key=lambda one: LAST.get(one[1], 0)):
                if key in PAGES or action in ONLY_SCROLL or not over.check_action(action, ()):
                    continue
                if not await uncover(pilot, over):
                    await open_overlay(pilot, way)
                    over, focused = app.screen, app.focused
                over.set_focus(focused)
                app.clear_notifications()
                app.copy_to_clipboard("")
                await until(pilot, lambda over=over: is_at_rest(over))
                before = sight(app)
                await pilot.press(key)
                if not await changes(pilot, before):
                    dead.append(f"{name}: {key} ({action})")
        del over, focused, keys, before  # the last has what was focused
        send_each_widget_a_message(app)
        with suppress(AssertionError):
            await until(pilot, lambda: not kept(opened))
        still_there.extend(map(repr, kept(opened)))

    drive(app, steps, size=(80, 24))
    assert not dead, "these do nothing that could be seen"
    assert not still_there, "these are closed, and in memory"


def send_each_widget_a_message(app: App[Any]) -> None:
    """A widget holds its last message until the next comes, and so what sent it, such as a screen that was closed."""
    for screens in app._screen_stacks.values():
        for screen in screens:
            for widget in screen.walk_children(with_self=True):
                widget.call_later(lambda: None)


def kept(opened: Sequence[ReferenceType[Screen[Any]]]) -> list[Screen[Any]]:
    """Those in memory though they are closed."""
    scheduled = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
    scheduled[:] = [handle for handle in scheduled if not handle.cancelled()]  # else Pilot's waits stay for 30 s
    gc.collect()
    return [screen for refers in opened if (screen := refers()) and screen not in screen.app.screen_stack]


async def uncover(pilot: Pilot[Any], over: Screen[Any]) -> bool:
    """Close what a key opened over an overlay. Whether the overlay itself is still open."""
    while over in pilot.app.screen_stack and pilot.app.screen is not over:
        await pilot.press("escape")
    return pilot.app.screen is over


def is_at_rest(over: Screen[Any]) -> bool:
    """Whether all that was asked before is answered, so that what changes next is the next key's doing."""
    if not isinstance(over, LiveScreen):
        return True
    return over.answer is not None and over.answer.question is over.last_question and not over.answer.doing


async def changes(pilot: Pilot[Any], before: object) -> bool:
    """Whether there is soon another sight than before. To look costs as much as to draw."""
    for _ in range(LOOKS):
        if sight(pilot.app) != before:
            return True
        await pilot.pause(0.05)
    return False
