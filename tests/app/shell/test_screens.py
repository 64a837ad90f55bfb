"""Each screen of the app, driven by keyboard over real runs."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from lazytui.app.figures import FigureView
from lazytui.app.form import ParamsForm
from lazytui.app.screens.runs.run_table import RunTable
from lazytui.app.screens.train import TrainScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import _going_on
from lazytui.app.shell.popups.help_screen import Help
from lazytui.runs.formatting import day_words
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, shown_figures, until
from tests.commands import read_json, state_of, wait_until
from tests.conftest import FinishedTraining

Steps = Any


@pytest.fixture
def workspace(finished_training: FinishedTraining, tmp_path: Path) -> Workspace:
    """A workspace with one finished training, called reference."""
    folder = tmp_path / "runs"
    shutil.copytree(finished_training.lab.workspace, folder)
    return Workspace(folder)


def shown(pilot: Pilot[Any], words: str) -> bool:
    return words in screen_text(pilot.app)


def test_what_waits_for_its_turn_is_not_said_to_run() -> None:
    assert _going_on([]) == "idle"
    assert _going_on(["queued", "running", "paused", "queued"]) == "1 running, 1 paused, 2 queued"


def test_home_leads_to_the_newest_runs(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: shown(pilot, "reference") and pilot.app.screen.query("#panel-runs FigureView"))
        pilot.app.screen.query("#panel-runs FigureView").first().focus()
        await pilot.press("home", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen))
        await until(pilot, lambda: shown(pilot, "reference  done"))

    drive(LazytuiApp(workspace), steps)


def test_training_is_started_from_the_form_seen_live_and_found_done(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "runs")
    tiny = {
        "source": "strokes",
        "train_size": 300,
        "test_size": 200,
        "batch_size": 16,
        "metrics_samples": 200,
        "model": "mlp",
    }

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen))
        pilot.app.screen.query_one(ParamsForm).set_values(tiny)
        pilot.app.screen.set_focus(None)
        await pilot.press("g")
        await until(pilot, lambda: workspace.runs())
        (run,) = workspace.runs()
        wait_until(lambda: state_of(run.path) == "done")
        await until(pilot, lambda: shown(pilot, "done") and pilot.app.screen.query(FigureView))
        assert run.record.params["train_size"] == 300
        assert read_json(run.path / "result.json")["metrics"]["steps"] == 17

    drive(LazytuiApp(workspace), steps)


def test_all_charts_of_a_training_are_shown_and_tab_goes_from_one_to_the_next(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("2")
        await until(pilot, lambda: len(pilot.app.screen.query(FigureView)) == 4)
        charts = ["accuracy", "cues", "loss", "conflicting-ten"]
        assert [view.figure.name for view in pilot.app.screen.query(FigureView)] == charts
        pilot.app.screen.set_focus(None)
        names = []
        for _ in charts:
            await pilot.press("tab")
            await until(pilot, lambda: isinstance(pilot.app.focused, FigureView))
            names.append(pilot.app.focused.figure.name)  # type: ignore[union-attr]
        assert sorted(names) == sorted(charts)

    drive(LazytuiApp(workspace), steps)


def test_a_figure_that_is_being_removed_takes_no_key(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen.query(FigureView))
        view = pilot.app.screen.query(FigureView).first()
        view.remove()
        pilot.app.screen.set_focus(view)  # as a call of view.focus() before it was removed does later
        assert pilot.app.focused is not view
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, Help))

    drive(LazytuiApp(workspace), steps)


def test_runs_are_named_filtered_removed_and_brought_back_by_keyboard(workspace: Workspace) -> None:
    (run,) = workspace.runs()

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("9")
        await until(pilot, lambda: pilot.app.screen.query(RunTable) and pilot.app.screen.query_one(RunTable).lines)
        await until(pilot, lambda: shown_figures(pilot.app))
        await pilot.press("r")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        pilot.app.screen.query_one(Input).value = "other"
        await pilot.press("enter")
        await until(pilot, lambda: run.name == "other")
        await pilot.press("slash")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        pilot.app.screen.query_one(Input).value = "nothing like it"
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query_one(RunTable).lines == [])
        assert "No such run. Backspace: all runs" in screen_text(pilot.app)
        await pilot.press("backspace")
        await until(pilot, lambda: len(pilot.app.screen.query_one(RunTable).lines) == 1)
        await pilot.press("slash")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        pilot.app.screen.query_one(Input).value = f"{day_words(run.record.created, 0.0)} train"
        await pilot.press("enter")
        await until(pilot, lambda: "Backspace: all" in screen_text(pilot.app))
        assert len(pilot.app.screen.query_one(RunTable).lines) == 1
        await pilot.press("delete", "n")
        await until(pilot, lambda: pilot.app.screen.query(RunTable))
        assert run.path.exists()
        await pilot.press("delete", "y")
        await until(pilot, lambda: not run.path.exists())
        await pilot.press("u")
        await until(pilot, lambda: run.path.exists() and len(pilot.app.screen.query_one(RunTable).lines) == 1)

    drive(LazytuiApp(workspace), steps)
    assert run.name == "other", "it came back whole"


def test_a_recipe_is_previewed_at_once(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await until(pilot, lambda: pilot.app.screen.query(ParamsForm))
        form = pilot.app.screen.query_one(ParamsForm)
        form.set_values({"source": "strokes"})
        await until(pilot, lambda: len(pilot.app.screen.query(FigureView)) >= 4)
        first = pilot.app.screen.query(FigureView).first()
        before = first.figure.images.copy()
        form.set_values({"source": "strokes", "placement": "stroke"})
        await until(pilot, lambda: (first.figure.images != before).any())
        assert not (tmp_path / "runs").exists()

    drive(LazytuiApp(Workspace(tmp_path / "runs")), steps)


@pytest.mark.parametrize("typed", ["qe", "q?", "qj"])
def test_keys_after_the_one_that_quits_are_left_alone(typed: str, workspace: Workspace) -> None:
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("3")
        await until(pilot, lambda: pilot.app.current_mode == "evaluate" and pilot.app.screen.query("*"))
        for key in typed:
            app.post_message(Key(key, key))
        while app.is_running:
            await asyncio.sleep(0.02)

    drive(app, steps)
    assert app.return_code == 0
