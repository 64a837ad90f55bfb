"""Why a run wasn't started stays to be read, on the screen that was to start it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button, Static

from lazytui.app.form import ParamsForm
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.errors import BadInput
from lazytui.runs.engines.settings import engines_file
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until


def refusal(screen: Screen[Any]) -> str:
    line = screen.query_one("#refused", Static)
    return str(line.render()) if line.display else ""


REFUSED: tuple[tuple[str, dict[str, object], str], ...] = (
    ("8 s", {"epochs": 1, "engine": "local"}, "epoch"),
    ("2", {"source": "svhn"}, "SVHN"),
    ("1", {"source": "svhn"}, "SVHN"),
    ("2", {"bias": 2.0}, "bias"),
)
"""Keys, what is asked there, and a word of why that can't be."""


def test_a_refusal_stays_until_the_form_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second button of a form hands its run to the engine that a person's own file names; there is none here."""
    monkeypatch.setenv("LAZYTUI_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    engines_file().parent.mkdir()
    engines_file().write_text('engine = "slurm"\n')
    app = LazytuiApp(Workspace(tmp_path / "runs"))

    async def steps(pilot: Pilot[Any]) -> None:
        for keys, values, words in REFUSED:
            await refuse(pilot, keys, values, words)
            while len(app.screen_stack) > 1:
                await pilot.press("escape")
            app.screen.set_focus(None)
        await pilot.press("2")
        app.screen.query_one("#submit", Button).press()
        await until(pilot, lambda: "sbatch isn't on the PATH" in refusal(app.screen))

    async def refuse(pilot: Pilot[Any], keys: str, values: dict[str, object], words: str) -> None:
        for key in keys.split():
            await pilot.press(key)
            await until(pilot, lambda: isinstance(app.screen, LabScreen) and app.screen.is_mounted)
        form = app.screen.query_one(ParamsForm)
        assert bool(app.screen.query("#submit")) != ("engine" in form.model.model_fields)
        form.set_values(values)
        await pilot.pause(0.1)
        assert isinstance(app.screen, LabScreen)
        await pilot.press("g")
        await until(pilot, lambda: words in refusal(app.screen))
        app.clear_notifications()
        await pilot.pause(0.1)
        assert refusal(app.screen).split()[0] in screen_text(app)
        form.set_values({"seed": 5} if "seed" in form.model.model_fields else {"jobs": 1})
        await until(pilot, lambda: not refusal(app.screen))

    drive(app, steps)


def test_a_refusal_goes_when_something_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = LazytuiApp(Workspace(tmp_path))

    def start(*_arguments: object) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise BadInput("No room for it.")

    async def steps(pilot: Pilot[Any]) -> None:
        home = app.screen
        await pilot.press("s", "y")
        await until(pilot, lambda: refusal(home) == "No room for it.")
        await pilot.press("s", "y")
        await until(pilot, lambda: not refusal(home))
        assert len(attempts) == 2

    attempts: list[int] = []
    monkeypatch.setattr("lazytui.analyses.core.local_runs.start_detached", start)
    drive(app, steps)
