"""Every analysis has a command and a place in the app, and both ask for the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lazytui.analyses import SUMMARIES, analysis
from lazytui.analyses.fields import fields_of
from lazytui.app.app import LazytuiApp
from lazytui.app.form import ParamsForm
from lazytui.app.form.row import Row
from lazytui.app.palette import LabCommands
from lazytui.app.places import PLACES
from lazytui.cli.options import parameters
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, until
from tests.commands import Lab

WITHOUT_FORM = {"story": "home"}
"""Analyses that a single key of a place starts as they are."""

OVER = {"llc": ("5", "L")}
"""Analyses whose form lies over the place that they share, and the keys that lead there."""


async def forms(pilot: Pilot[Any]) -> dict[str, ParamsForm]:
    """The forms of all places, by the analysis that they ask for."""
    found = {}
    for place in PLACES:
        await pilot.press(place.key)
        await until(pilot, lambda mode=place.mode: pilot.app.current_mode == mode)
        await pilot.pause()
        found |= {form.kind: form for form in pilot.app.screen.query(ParamsForm)}
        pilot.app.screen.set_focus(None)
    for kind, keys in OVER.items():
        await pilot.press(*keys)
        await until(pilot, lambda kind=kind: {form.kind for form in pilot.app.screen.query(ParamsForm)} == {kind})
        found |= {form.kind: form for form in pilot.app.screen.query(ParamsForm)}
    return found


def test_every_analysis_has_a_form_that_asks_what_its_command_asks(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        found = await forms(pilot)
        assert {*found} | {*WITHOUT_FORM} == {*SUMMARIES}
        for kind, form in found.items():
            model = analysis(kind).params
            assert form.model is model, kind
            options = {parameter.name for parameter in parameters(model)}
            assert form.command.startswith(f"lazytui run {kind}")
            assert {row.field.name for row in form.query(Row)} == options == {f.name for f in fields_of(model)}, kind

    drive(LazytuiApp(Workspace(tmp_path)), steps)


@pytest.mark.parametrize("kind", SUMMARIES)
def test_every_option_is_in_the_help_of_its_command(kind: str, lab: Lab) -> None:
    told = lab.call("run", kind, "--help").out
    for field in fields_of(analysis(kind).params):
        assert (field.name.upper() if field.argument else field.flag) in told


def test_the_palette_leads_to_every_analysis(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        for kind, place in places():
            (hit,) = [hit async for hit in LabCommands(pilot.app.screen).search(f"analysis {kind}")][:1]
            assert hit.text == f"Analysis {kind}"
            await hit.command()
            await until(pilot, lambda place=place: pilot.app.current_mode == place)

    def places() -> Iterator[tuple[str, str]]:
        for kind in SUMMARIES:
            yield kind, next((place.mode for place in PLACES if kind in place.kinds), "home")

    drive(LazytuiApp(Workspace(tmp_path)), steps)
