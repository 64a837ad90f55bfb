"""Every analysis has a command and a screen in the app, and both ask for the same."""

from __future__ import annotations

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
from lazytui.app.shell.screen_registry import SCREENS
from lazytui.cli.params_options import parameters
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, until
from tests.commands import Lab

WITHOUT_FORM = {"story", "ask", "curves"}
"""Analyses that a single key of a screen starts as they are, that a canvas asks, or that a screen lays over its own."""


def kinds_asked(pilot: Pilot[Any]) -> list[str]:
    return [form.kind for form in pilot.app.screen.query(ParamsForm)]


async def look_inside(pilot: Pilot[Any], form: ParamsForm) -> None:
    """Open it and the rarer options, whose lines are made only then."""
    screen = form.query_ancestor(FormScreen)
    screen.show_form(True)
    await until(pilot, lambda: form.query(Row))
    await pilot.pause()
    for folded in form.query(Collapsible):
        folded.collapsed = False
        await until(pilot, lambda: len(form.query(Row)) == len(fields_of(form.model)))
    model = analysis(form.kind).params
    assert form.model is model, form.kind
    options = {parameter.name for parameter in parameters(model)}
    assert form.command.startswith(f"lazytui run {form.kind}")
    assert {row.field.name for row in form.query(Row)} == options == {f.name for f in fields_of(model)}, form.kind
    screen.show_form(False)


@pytest.mark.parametrize("kind", SUMMARIES)
def test_every_option_is_in_the_help_of_its_command(kind: str, lab: Lab) -> None:
    help_page = lab.call("run", kind, "--help").out
    for field in fields_of(analysis(kind).params):
        assert (field.name.upper() if field.argument else field.flag) in help_page


def test_the_palette_leads_to_every_analysis_and_its_form_asks_what_its_command_asks(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for words in ("draw", "canvas"):
            (hit,) = [hit async for hit in LabCommands(pilot.app.screen).search(words)][:1]
            assert str(hit.text).startswith("Draw")
        for kind in SUMMARIES:
            hits = [hit async for hit in LabCommands(pilot.app.screen).search(f"analysis {kind}")]
            hit = max(hits, key=lambda hit: hit.score)
            assert hit.text == f"Analysis {kind}"
            await hit.command()
            mode = next((entry.mode for entry in SCREENS if kind in entry.kinds), "home")
            await until(pilot, lambda mode=mode: pilot.app.current_mode == mode and pilot.app.screen.is_mounted)
            if kind not in WITHOUT_FORM:
                await until(
                    pilot, lambda kind=kind: [form.kind for form in pilot.app.screen.query(ParamsForm)] == [kind]
                )
                await look_inside(pilot, pilot.app.screen.query_one(ParamsForm))

    drive(LazytuiApp(Workspace(tmp_path)), steps)
