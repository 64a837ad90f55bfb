"""The drawer shows what really goes on, opens it and stops it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.popups.jobs_drawer import JobsDrawer, progress_bar
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, shows_progress, until
from tests.commands import TINY_TRAINING, Lab, last_step, state_of, wait_until
from tests.slow_network import endless_training

NAME = "erm · slow.py:Slow · 10,000 epochs · seed 0"


@pytest.fixture
def going(lab: Lab) -> Iterator[Lab]:
    """A laboratory in which a training that was started elsewhere goes on."""
    process = lab.start("run", "train", *TINY_TRAINING, *endless_training(lab), "--quiet")
    try:
        wait_until(lambda: last_step(lab.only_run()) >= 0, process)
        yield lab
    finally:
        process.terminate()
        process.communicate()


def test_a_going_run_is_watched_stopped_and_gone_from_the_drawer(going: Lab) -> None:
    app = LazytuiApp(Workspace(going.workspace))
    run = going.only_run()

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("j")
        await until(pilot, lambda: NAME in screen_text(app))
        await until(pilot, lambda: "/s" in screen_text(app))
        assert "/170,000 steps" in screen_text(app)
        await pilot.press("p")
        await until(pilot, lambda: state_of(run) == "paused" and shows_progress(pilot, "paused"))
        assert "/s" not in screen_text(app), "a run that waits has no rate"
        await pilot.press("p")
        await until(pilot, lambda: state_of(run) == "running" and shows_progress(pilot, "running"))
        await pilot.press("x")
        await until(pilot, lambda: state_of(run) == "stopped" and "Nothing is running" in screen_text(app))
        await pilot.press("x")
        await pilot.press("escape")
        await pilot.pause()
        assert not isinstance(app.screen, JobsDrawer)

    drive(app, steps)


def test_enter_goes_to_the_run(going: Lab) -> None:
    app = LazytuiApp(Workspace(going.workspace))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("j")
        await until(pilot, lambda: NAME in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "train" and not isinstance(app.screen, JobsDrawer))

    drive(app, steps, size=(80, 24))


def test_when_nothing_is_going_it_says_what_to_press(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for size, close in (((60, 16), "j"), ((80, 24), "escape"), ((200, 60), "j")):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.press("j")
            await pilot.pause()
            assert "Nothing is running. Press 2" in " ".join(screen_text(pilot.app).replace("│", " ").split())
            await pilot.press(close)
            await pilot.pause()
            assert not isinstance(pilot.app.screen, JobsDrawer)

    drive(LazytuiApp(Workspace(tmp_path)), steps, size=(60, 16))


@pytest.mark.parametrize(
    ("share", "bar"), [(0.0, "░░░░"), (0.5, "██░░"), (0.53125, "██▏░"), (1.0, "████"), (7.0, "████"), (-1.0, "░░░░")]
)
def test_the_bar_is_as_full_as_the_run_is_far(share: float, bar: str) -> None:
    assert progress_bar(share, 4) == bar
