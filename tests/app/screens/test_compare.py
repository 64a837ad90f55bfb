"""The screen where trainings are compared, by keyboard."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lazytui.analyses.recipe.earlier_studies import recipes
from lazytui.app.figures import TableView
from lazytui.app.form import ParamsForm
from lazytui.app.form.pick_list import TickList
from lazytui.app.form.text_control import TextControl
from lazytui.app.screens.common.grid_screen import trainings_table
from lazytui.app.screens.common.run_panels import RunPanels
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import run_line
from tests.app.pilot import drive, screen_text, until
from tests.commands import TINY_TRAINING, Lab, state_of, wait_until
from tests.conftest import FinishedTraining
from tests.slow_network import endless_training


def test_how_long_ago_the_run_was_stays_true_and_what_it_starts_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lazytui.app.screens.common.form_and_panels.AGES_EVERY", 0.05)
    lab = Lab(tmp_path)
    assert lab.call("run", "train", *TINY_TRAINING, "--model", "mlp", "--method", "focal", "--quiet").code == 0
    assert lab.call("run", "compare", "--no-plain", "--quiet").code == 0
    now = time.time

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("8")
        await until(pilot, lambda: "Run just now." in screen_text(pilot.app))
        await until(pilot, lambda: "g trains 1 plain network first" in screen_text(pilot.app))
        monkeypatch.setattr("lazytui.runs.formatting.time.time", lambda: now() + 181)
        await until(pilot, lambda: "Run 3 min ago." in screen_text(pilot.app))
        assert "g trains 1 plain network first" in screen_text(pilot.app)

    drive(LazytuiApp(Workspace(lab.workspace)), steps)


def test_trainings_are_compared_from_the_form_which_lies_in_a_drawer(
    finished_training: FinishedTraining, tmp_path: Path
) -> None:
    workspace = tmp_path / "runs"
    shutil.copytree(finished_training.folder, workspace / finished_training.folder.name)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("8")
        await until(pilot, lambda: "Bundled example" in screen_text(pilot.app))
        form = pilot.app.screen.query_one(ParamsForm)
        await pilot.press("f")
        await until(pilot, lambda: form.query(TextControl))
        runs = form.query(TextControl).first()
        await until(pilot, lambda: runs.has_focus)
        for keys, picked in ((["enter"], 1), (["enter"], 0), (["space", "down", "enter"], 2), (["down", "space"], 1)):
            runs.focus()
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, TickList))
            await until(pilot, lambda: "reference · seed 3 · easy" in screen_text(pilot.app))
            await pilot.press(*keys, "escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, TickList))
            assert len(list(filter(None, runs.value.split(",")))) == picked, "what is picked again is taken away"
        await pilot.press("escape", "escape")  # from the field, and from the form
        await until(pilot, lambda: not form.region.width)
        await until(pilot, lambda: "No comparison yet" in screen_text(pilot.app))
        await pilot.press("g")
        found = pilot.app.screen.query_one(RunPanels)
        await until(pilot, lambda: any(figure.name == "leaderboard" for figure in found.figures))
        await until(pilot, lambda: "no other recipe" in screen_text(pilot.app))
        await pilot.press("f")
        await until(pilot, lambda: form.region.width > 0)

    drive(LazytuiApp(Workspace(workspace)), steps)


def test_ones_own_trainings_take_the_place_of_the_example_once_there_are_two_to_compare(
    finished_training: FinishedTraining, tmp_path: Path
) -> None:
    first, second = tmp_path / "runs" / "first", tmp_path / "runs" / "second"
    shutil.copytree(finished_training.folder, first)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("8")
        await until(pilot, lambda: "s trains several cures" in screen_text(pilot.app))
        shutil.copytree(finished_training.folder, second)
        await until(pilot, lambda: "Your trainings: g compares them" in screen_text(pilot.app))
        assert "s trains several cures" not in screen_text(pilot.app)

    drive(LazytuiApp(Workspace(tmp_path / "runs")), steps)


def test_before_a_study_stands_what_it_would_train_and_before_a_recipe_all_that_there_are(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("8", "s")
        await until(pilot, lambda: "What it trains: 21 networks, 5 epochs each" in screen_text(pilot.app))
        pilot.app.screen.query_one(ParamsForm).set_values({"methods": ("grl",), "seeds": (1, 2), "plain": False})
        await until(pilot, lambda: "What it trains: 2 networks" in screen_text(pilot.app))
        await pilot.press("escape", "r")
        await until(pilot, lambda: "Recipes of five studies and of papers" in screen_text(pilot.app))
        table = next(view for view in pilot.app.screen.query(TableView) if view.size)
        assert {row[0] for row in table.figure.rows} == set(recipes())
        table.focus()
        await pilot.press("enter")
        await until(pilot, lambda: f"lazytui run recipe {table.figure.rows[0][0]}" in screen_text(pilot.app))

    drive(LazytuiApp(Workspace(tmp_path)), steps)


def test_a_study_that_goes_on_shows_its_trainings_as_they_stand(lab: Lab) -> None:
    asked = ("run", "study", *TINY_TRAINING, *endless_training(lab), "--methods", "focal,grl", "--seeds", "5")
    begun = lab.call(*asked, "--jobs", "2", "--detach")
    assert begun.code == 0, begun.err
    study = Workspace(lab.workspace).find("latest", kinds=("study",))
    shown: list[str] = []

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("8", "s")
        await until(pilot, lambda: screen_text(pilot.app).count("  running ") == 2)
        found = pilot.app.screen.query_one(RunPanels)
        (view,) = found.query(TableView)
        shown.append(screen_text(pilot.app))
        before = view.figure
        await until(pilot, lambda: view.figure != before)
        assert found.query_one(TableView) is view, "it changes in place"
        assert "is running" in screen_text(pilot.app)

    try:
        drive(LazytuiApp(Workspace(lab.workspace)), steps)
    finally:
        lab.call("runs", "stop", study.id)
        wait_until(lambda: state_of(study.path) == "stopped")
    lines = [" ".join(line.strip("│ ").split()) for line in shown[0].splitlines()]
    assert any("Its trainings so far" in line for line in lines)
    assert any(line.endswith("method seed state easy hard unbiased") for line in lines)
    assert any(line.endswith("grl 5 queued – – –") for line in lines)


def test_a_training_that_is_done_is_reported_in_percent(finished_training: FinishedTraining) -> None:
    line = run_line(RunFolder(finished_training.folder, ""))
    table = trainings_table([line])
    assert [column.name for column in table.columns] == ["seed", "state", "easy", "hard", "unbiased"]
    measured = finished_training.finished.json["metrics"]
    shares = (measured[f"{name}_accuracy"] for name in ("easy", "hard", "unbiased"))
    assert table.rows == (("3", "done", *(100 * share for share in shares)),)
