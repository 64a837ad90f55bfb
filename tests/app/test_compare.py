"""The place where trainings are compared, by keyboard."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lazytui.app.app import LazytuiApp
from lazytui.app.form import ParamsForm
from lazytui.app.form.pick import PickList
from lazytui.app.form.typed import Typed
from lazytui.app.run_figures import RunFigures
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until
from tests.conftest import FinishedTraining


def test_trainings_are_compared_from_the_form_and_the_form_folds_away(
    finished_training: FinishedTraining, tmp_path: Path
) -> None:
    workspace = tmp_path / "runs"
    shutil.copytree(finished_training.folder, workspace / finished_training.folder.name)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("8")
        await until(pilot, lambda: "No comparison yet" in screen_text(pilot.app))
        form = pilot.app.screen.query_one(ParamsForm)
        runs = form.query(Typed).first()
        runs.focus()
        for _ in range(2):  # what is picked is added to what was
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, PickList))
            await pilot.press("enter")
            await until(pilot, lambda: not isinstance(pilot.app.screen, PickList))
        assert len(runs.value.split()) == 2
        await pilot.press("escape", "g")
        found = pilot.app.screen.query_one(RunFigures)
        await until(pilot, lambda: any(figure.name == "leaderboard" for figure in found.figures))
        await until(pilot, lambda: "erm is first of 1" in screen_text(pilot.app))
        await pilot.press("f")
        await until(pilot, lambda: not form.region.width)
        await pilot.press("f")
        await until(pilot, lambda: form.region.width > 0)

    drive(LazytuiApp(Workspace(workspace)), steps)
