"""Every analysis has a command and a screen in the app, and both ask for the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Collapsible

from lazytui.analyses import SUMMARIES, analysis
from lazytui.analyses.core.form_fields import fields_of
from lazytui.app.form import ParamsForm
from lazytui.app.form.form_row import Row
from lazytui.app.screens.common.form_screen import FormScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.app.shell.command_palette import LabCommands
from lazytui.app.shell.screen_registry import SCREENS, mode_of
from lazytui.cli.params_options import parameters
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, until
from tests.commands import Lab

WITHOUT_FORM = {"story", "ask", "curves"}
"""Analyses that a single key of a screen starts as they are, that a canvas asks, or that a screen lays over its own."""

OVER = {
    "transfer": ("3", "O"),
    "llc": ("5", "L"),
    "sae-experiments": ("6", "X"),
    "sae-selfcheck": ("6", "C"),
    "study": ("8", "s"),
    "recipe": ("8", "r"),
}
"""Analyses whose form lies over the screen that they share, and the keys that lead there."""

BY_PALETTE = {"audit": "3", "groups": "3", "probes": "5", "concepts": "5", "side-by-side": "5", "certify": "7"}
"""The same of those that the palette opens over the screen of this key."""

KEPT = {"ablate": "5", "sae-dial": "6", "attack-image": "7"}
"""Those that a key runs as they are seen live on the screen of this key (test_keeping.py); their forms lie over it."""


async def walk(pilot: Pilot[Any], look: Callable[[ParamsForm], None]) -> None:
    """Look at the forms of all screens, and at those that lie over them."""
    for place in SCREENS:
        await pilot.press(place.key)
        await until(pilot, lambda mode=place.mode: pilot.app.current_mode == mode)
        await pilot.pause()
        for form in pilot.app.screen.query(ParamsForm):
            await look_inside(pilot, form, look)
        pilot.app.screen.set_focus(None)
    over_screens = BY_PALETTE | KEPT
    ways = {**OVER, **{kind: (key,) for kind, key in over_screens.items()}}
    for kind, keys in ways.items():
        await pilot.press(*keys)
        if kind in over_screens:
            await until(pilot, lambda kind=kind: pilot.app.current_mode == mode_of(kind, ""))
            await pilot.pause()
            pilot.app.screen.open_analysis(kind)  # type: ignore[attr-defined]
        await until(pilot, lambda kind=kind: {form.kind for form in pilot.app.screen.query(ParamsForm)} == {kind})
        form = pilot.app.screen.query_one(ParamsForm)
        await look_inside(pilot, form, look)
        await pilot.press("escape")


async def look_inside(pilot: Pilot[Any], form: ParamsForm, look: Callable[[ParamsForm], None]) -> None:
    """Open it and the rarer options, whose lines are made only then."""
    screen = form.query_ancestor(FormScreen)
    screen.show_form(True)
    await until(pilot, lambda: form.query(Row))
    await pilot.pause()
    for folded in form.query(Collapsible):
        folded.collapsed = False
        await until(pilot, lambda: len(form.query(Row)) == len(fields_of(form.model)))
    look(form)
    screen.show_form(False)


def test_every_analysis_has_a_form_that_asks_what_its_command_asks(tmp_path: Path) -> None:
    seen = set()

    def look(form: ParamsForm) -> None:
        seen.add(form.kind)
        model = analysis(form.kind).params
        assert form.model is model, form.kind
        options = {parameter.name for parameter in parameters(model)}
        assert form.command.startswith(f"lazytui run {form.kind}")
        assert {row.field.name for row in form.query(Row)} == options == {f.name for f in fields_of(model)}, form.kind

    drive(LazytuiApp(Workspace(tmp_path)), lambda pilot: walk(pilot, look))
    assert seen | WITHOUT_FORM == {*SUMMARIES}


@pytest.mark.parametrize("kind", SUMMARIES)
def test_every_option_is_in_the_help_of_its_command(kind: str, lab: Lab) -> None:
    told = lab.call("run", kind, "--help").out
    for field in fields_of(analysis(kind).params):
        assert (field.name.upper() if field.argument else field.flag) in told


def test_the_palette_leads_to_every_analysis(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for words in ("draw", "canvas"):
            (hit,) = [hit async for hit in LabCommands(pilot.app.screen).search(words)][:1]
            assert str(hit.text).startswith("Draw")
        for kind, place in places():
            (hit,) = [hit async for hit in LabCommands(pilot.app.screen).search(f"analysis {kind}")][:1]
            assert hit.text == f"Analysis {kind}"
            await hit.command()
            await until(pilot, lambda place=place: pilot.app.current_mode == place and pilot.app.screen.is_mounted)

    def places() -> Iterator[tuple[str, str]]:
        for kind in SUMMARIES:
            yield kind, next((place.mode for place in SCREENS if kind in place.kinds), "home")

    drive(LazytuiApp(Workspace(tmp_path)), steps)
