"""Code that only a run folder names is never run, by whichever key; what is typed into a form is."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from lazytui.app.form import ParamsForm
from lazytui.app.form.text_control import TextControl
from lazytui.app.screens.evaluate import EvaluateScreen
from lazytui.app.screens.gradcam.screen import GradcamScreen
from lazytui.app.screens.runs.screen import RunsScreen
from lazytui.app.screens.train import TrainScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.code_permission import require_allowed
from lazytui.errors import BadInput
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until
from tests.commands import Lab, state_of
from tests.runs_of_others import code_of, fill_with_runs_of_others, hostile_runs

REFUSED = ("named only by a file", "named only by its run folder", "to allow it to run")


@pytest.fixture
def hostile(features_found: Lab, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    fill_with_runs_of_others(lab, features_found)
    monkeypatch.chdir(lab.folder)
    return lab


def refused(app: LazytuiApp) -> bool:
    """Whether it stands there, on a line or several, that code wasn't run."""
    notes = " ".join(note.message for note in app._notifications)
    text = " ".join((notes + screen_text(app)).replace("▕", " ").split())
    return any(words in text for words in REFUSED)


def test_no_key_runs_code_that_only_a_run_names(hostile: Lab) -> None:
    """Neither p on a run, nor a form that a run has filled: its live answer, and g."""
    workspace = Workspace(hostile.workspace)
    runs = [run for run in hostile_runs(hostile) if run.record.params.get("model")]
    asked = {"run": "reference", "model": code_of(workspace.find("reference").path)}
    app = LazytuiApp(workspace)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: len(app.lines) == len(workspace.runs()))
        await pilot.press("9")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        for run in runs:
            app.clear_notifications()
            app.screen.show_run(run)  # type: ignore[attr-defined]
            await pilot.press("p")
            await until(pilot, lambda: refused(app))
            assert state_of(run.path) == "stopped"
        for key, screen in (("3", EvaluateScreen), ("4", GradcamScreen)):
            app.clear_notifications()
            await pilot.press(key)
            await until(pilot, lambda screen=screen: isinstance(app.screen, screen))
            app.screen.query_one(ParamsForm).set_values(asked)
            if key == "4":
                await until(pilot, lambda: refused(app))
            await pilot.press("g")
            await until(pilot, lambda: len(app._notifications) and refused(app))
        assert not (hostile.folder / "ran").exists()

    drive(app, steps)


def test_code_that_is_typed_into_a_form_may_run(lab: Lab) -> None:
    app = LazytuiApp(Workspace(lab.workspace))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen))
        form = app.screen.query_one(ParamsForm)
        form.set_values({"model": "seen.py:net"})
        await pilot.pause()
        with pytest.raises(BadInput):
            require_allowed("seen.py:net")
        await pilot.press("f")
        await until(pilot, lambda: form.query(TextControl))
        field = next(field for field in form.query(TextControl) if field.field.name == "model")
        field.focus()
        field.clear()
        await pilot.press(*"own.py:net")
        await until(pilot, lambda: form.touched == {"model": "own.py:net"})
        require_allowed("own.py:net")

    drive(app, steps)
