"""The palette finds every screen, run and model, and does what it says."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from lazytui.app.form import ParamsForm
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.base_screen import LabScreen
from lazytui.app.shell.command_palette import LabCommands
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.app.shell.synonyms import _SYNONYMS
from lazytui.models.architectures import ARCHITECTURES
from lazytui.runs.workspace import Workspace, shipped_runs
from tests.app.pilot import drive, until


def listed(pilot: Pilot[Any]) -> str:
    found = pilot.app.screen.query_one(CommandList)
    return "\n".join(str(option.prompt) for option in found.options)


async def look_for(pilot: Pilot[Any], words: str, first: str) -> None:
    """Open the palette and type, until `first` is what it lists first."""
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
    pilot.app.screen.query_one(Input).value = words
    await until(pilot, lambda: listed(pilot).startswith(first))


async def choose(pilot: Pilot[Any], words: str, first: str) -> None:
    await look_for(pilot, words, first)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, CommandPalette))


def test_screens_and_what_can_be_done_are_offered_before_anything_is_typed(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await look_for(pilot, "", "")
        await until(pilot, lambda: all(f"Go to {entry.name}" in listed(pilot) for entry in SCREENS))
        for words in ("Help", "Theme", "Quit"):
            assert words in listed(pilot)
        assert "Train mlp" not in listed(pilot), "what there is plenty of is looked for"

    drive(LazytuiApp(Workspace(tmp_path)), steps)


SOUGHT = {
    "key": {"Change keys"},
    "cut": {"Go to Neurons", "Go to Features"},
    "ablate": {"Go to Neurons", "Go to Features"},
    "width": {"Draw", "Export figures"},
    "red 1": {"Go to Home", "Go to Evaluate", "Draw"},
    "definition": {"Explain"},
    "why": {"Explain", "Go to Grad-CAM"},
    "fool": {"Go to Attack"},
    "yesterday": {"Go to Runs"},
    "kill": {"Jobs", "Go to Runs"},
    "cancel": {"Jobs", "Go to Runs"},
    "vim": {"Change keys"},
    "side": {"Analysis side-by-side"},
    "side by side": {"Analysis side-by-side"},
    "shortcuts": {"Help", "Change keys"},
}
"""What people type, and the commands that have to come first."""


def test_everything_is_found_also_by_what_people_call_it(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: pilot.app.screen.shown_figures())  # type: ignore[attr-defined]
        for words, sought in SOUGHT.items():
            hits = [hit async for hit in LabCommands(pilot.app.screen).search(words)]
            best = sorted(hits, key=lambda hit: -hit.score)[: len(sought)]  # type: ignore[union-attr]
            assert {hit.text for hit in best} == sought, words

        commands = {command.name for command in LabCommands(pilot.app.screen)._commands()}
        assert set(_SYNONYMS) <= commands | {entry.mode for entry in SCREENS}, "synonyms are of what there is"

        names = [hit.text async for hit in LabCommands(pilot.app.screen).search("n")]
        assert {f"Train {name}" for name in ARCHITECTURES if "n" in f"Train {name}"} <= set(names)
        assert {f"Run {run.reference}" for run in shipped_runs()} <= set(names)

    drive(LazytuiApp(Workspace(tmp_path)), steps)


def test_a_model_is_chosen_in_the_form_of_training_beside_what_was_given(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await choose(pilot, "go to train", "Go to Train")
        await until(pilot, lambda: pilot.app.screen.query(ParamsForm))
        pilot.app.screen.query_one(ParamsForm).set_values({"epochs": 7})
        await pilot.press("0")
        await choose(pilot, "train cnn3-flatten", "Train cnn3-flatten")
        form = pilot.app.screen.query_one(ParamsForm)
        await until(pilot, lambda: form.touched == {"epochs": 7, "model": "cnn3-flatten"})

    drive(LazytuiApp(Workspace(tmp_path)), steps)


def opened(screen: Screen[Any]) -> str:
    """What a screen that is whole is for; nothing before."""
    return (screen.purpose_name or screen.screen_name) if isinstance(screen, LabScreen) and screen.is_mounted else ""


def test_an_analysis_is_opened_also_where_it_lies_over_the_screen_of_another(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for kind in ("ask", "llc", "ablate", "study", "sae-selfcheck"):
            purpose = "draw" if kind == "ask" else kind
            for _ in range(2):  # once more where it is open already
                await choose(pilot, f"analysis {kind}", f"Analysis {kind}")
                await until(pilot, lambda purpose=purpose: opened(pilot.app.screen) == purpose)
                assert len(pilot.app.screen_stack) == 2
            await pilot.press("escape")
            await until(pilot, lambda: len(pilot.app.screen_stack) == 1)

    drive(LazytuiApp(Workspace(tmp_path)), steps)


def test_a_run_is_opened_and_one_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    shipped = next(run for run in shipped_runs() if run.record.kind == "train")
    mine = tmp_path / "20260101-0000-train-[b]x[-aaaa"
    shutil.copytree(shipped.path, mine)
    app = LazytuiApp(Workspace(tmp_path))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.lines)
        await choose(pilot, "run 20260101", f"Run {mine.name}")
        await until(pilot, lambda: app.current_mode == "train")
        await look_for(pilot, "run 20260101", f"Run {mine.name}")
        shutil.rmtree(mine)
        await pilot.press("enter")
        await until(pilot, lambda: any("There is no run" in note.message for note in app._notifications))

    drive(app, steps)
