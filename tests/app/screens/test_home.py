"""Home: the cheat in one look, the story's chapters, and the newest runs."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from lazytui.analyses.story.chapters import CHAPTERS
from lazytui.app.figures import FigureView, PixelsView
from lazytui.app.screens.evaluate import EvaluateScreen
from lazytui.app.screens.home import Home
from lazytui.app.screens.train import TrainScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until
from tests.conftest import FinishedTraining


@pytest.fixture
def workspace(finished_training: FinishedTraining, tmp_path: Path) -> Workspace:
    """A workspace with one finished training, called reference."""
    folder = tmp_path / "runs"
    shutil.copytree(finished_training.lab.workspace, folder)
    return Workspace(folder)


def view_called(pilot: Pilot[Any], name: str) -> FigureView[Any] | None:
    views = (view for view in pilot.app.screen.query(FigureView) if view.size)
    return next((view for view in views if view.figure.name == name), None)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)], ids=str)
def test_the_cheat_is_seen_before_any_key(size: tuple[int, int], tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: view_called(pilot, "cheat"))
        view = view_called(pilot, "cheat")
        assert isinstance(view, PixelsView)
        said = [caption.split()[-1] for caption in view.figure.captions]
        assert said[:10] == list("0123456789") and said[11] == "0", "a red 1 is taken for 0"
        assert "lazy-strokes: 100.0 % correct in a digit's own color, 0.3 % in" in screen_text(pilot.app)
        assert view.max_scroll_y == 0 and len([key for key in view.drawing.regions if isinstance(key, int)]) == 20

    drive(LazytuiApp(Workspace(tmp_path)), steps, size=size)


def test_the_story_fits_and_leads_to_the_screens(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: view_called(pilot, "story"))
        story = view_called(pilot, "story")
        assert story is not None and story.max_scroll_y == 0 and len(story.figure.rows) == len(CHAPTERS)
        assert [row[1].split(":")[0] for row in story.figure.rows if row[0] == "● 2 Train"][1:] == ["cure"]
        await until(pilot, lambda: story.has_focus)
        evidence = [chapter.name for chapter in CHAPTERS].index("evidence")
        story.point(evidence)
        await until(pilot, lambda: view_called(pilot, "color-by-prediction-hard"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EvaluateScreen))

    drive(LazytuiApp(Workspace(tmp_path)), steps)


def test_the_newest_runs_are_listed_with_what_they_found_and_opened(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "● reference" in screen_text(pilot.app))
        runs = view_called(pilot, "runs")
        assert runs is not None and runs.figure.title == "Runs"
        runs.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TrainScreen))
        await until(pilot, lambda: "reference  done" in screen_text(pilot.app))

    drive(LazytuiApp(workspace), steps)


def test_a_run_that_goes_on_has_a_bar(workspace: Workspace) -> None:
    (run,) = workspace.runs()
    progress = {"done": 71, "total": 100, "unit": "steps"}
    status = {"state": "running", "heartbeat": time.time(), "host": "elsewhere", "progress": progress}
    (run.path / "status.json").write_text(json.dumps(status))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "███████░░░ running 71%" in screen_text(pilot.app))

    drive(LazytuiApp(workspace), steps)


def test_a_network_that_was_not_evaluated_shows_what_its_training_kept(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: pilot.app.network == workspace.runs()[0].reference)
        await until(pilot, lambda: view_called(pilot, "conflicting-ten"))
        view = view_called(pilot, "conflicting-ten")
        assert isinstance(pilot.app.screen, Home) and view_called(pilot, "cheat") is None
        assert isinstance(view, PixelsView) and len(view.figure.captions) == 10
        assert view.figure.title.startswith("reference: ") and view.figure.title.endswith("3: Evaluate")
        pilot.app.study("shipped/lazy-strokes")
        await until(pilot, lambda: view_called(pilot, "cheat"))

    drive(LazytuiApp(workspace), steps)


def test_a_network_whose_training_goes_on_says_so_in_one_sentence(workspace: Workspace) -> None:
    (run,) = workspace.runs()
    status = {"state": "running", "heartbeat": time.time(), "host": "elsewhere"}
    (run.path / "status.json").write_text(json.dumps(status))

    async def steps(pilot: Pilot[Any]) -> None:
        pilot.app.study(run.reference)
        await until(pilot, lambda: "This network wasn't evaluated yet" in screen_text(pilot.app))

    drive(LazytuiApp(workspace), steps)


def test_bundled_results_are_called_examples_among_ones_own(workspace: Workspace) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "● reference" in screen_text(pilot.app))
        await until(pilot, lambda: view_called(pilot, "story"))
        story = view_called(pilot, "story")
        assert story is not None
        found = {chapter.name: str(row[1]) for chapter, row in zip(CHAPTERS, story.figure.rows, strict=True)}
        mine = {name for name, words in found.items() if "example: " not in words}
        assert mine == {chapter.name for chapter in CHAPTERS if chapter.kind == "train" and chapter.name in mine}
        assert mine and found["evidence"].startswith("example: ")

    drive(LazytuiApp(workspace), steps)


def test_the_images_of_the_cheat_can_be_recognized(tmp_path: Path) -> None:
    """Ten pixels of a digit's height and width at 120x36: enough to distinguish a 3 from an 8."""

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: view_called(pilot, "cheat"))
        view = view_called(pilot, "cheat")
        assert view is not None
        regions = [view.drawing.regions[index][0] for index in range(20)]
        assert np.min([region.width for region in regions]) >= 9 and np.min([r.height for r in regions]) >= 5

    drive(LazytuiApp(Workspace(tmp_path)), steps)
