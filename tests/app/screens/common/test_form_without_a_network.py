"""The audit's form asks about the network under study, or for one that is trained first: then it names none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lazytui.app.form import ParamsForm
from lazytui.app.form.text_control import TextControl
from lazytui.app.screens.common.overlay_screen import OverlayScreen
from lazytui.app.screens.evaluate import EvaluateScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive, screen_text, until


async def opened(pilot: Pilot[Any]) -> OverlayScreen:
    """The audit of the network under study, over the evaluation, once its form is filled."""
    evaluation = pilot.app.screen
    assert isinstance(evaluation, EvaluateScreen)
    evaluation.open_analysis("audit")
    await until(pilot, lambda: isinstance(pilot.app.screen, OverlayScreen) and pilot.app.screen.query(ParamsForm))
    screen = pilot.app.screen
    assert isinstance(screen, OverlayScreen)
    await until(pilot, lambda: screen.form.touched.keys() == {"run"})
    return screen


def test_where_the_network_is_taken_out_and_images_are_named_one_is_trained_first(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, LazytuiApp)
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, EvaluateScreen))
        screen = await opened(pilot)
        await pilot.press("f")
        await until(pilot, lambda: any(one.field.name == "cue" and one.size.width for one in screen.query(TextControl)))
        fields = {one.field.name: one for one in screen.query(TextControl)}
        fields["run"].focus()
        await pilot.press("end", *["backspace"] * len(fields["run"].value))
        await until(pilot, lambda: "Name a trained network, or give" in " ".join(screen_text(app).split()))
        fields["source"].focus()
        await pilot.press(*"strokes")
        fields["cue"].focus()
        await pilot.press(*"border")
        command = "lazytui run audit --source strokes --cue border"
        await until(pilot, lambda: screen.form.command == command)
        screen.action_close_form()
        app.study("shipped/cured-strokes")
        await pilot.pause()
        assert screen.form.command == command and not app._notifications, "it stays without one"
        assert screen.does_without_network and screen.followed is None

        screen.form.set_values({"run": "shipped/lazy-strokes", "cue": "border"})
        assert "--cue is an option of training" in screen.form.show_error()
        screen.form.set_values({"source": "strokes"})
        screen.action_close_form()
        screen.action_back()
        await until(pilot, lambda: isinstance(app.screen, EvaluateScreen))
        again = await opened(pilot)
        assert again.form.command == f"lazytui run audit {app.network}", (
            "what was asked of no network isn't of this one"
        )

    drive(LazytuiApp(Workspace(tmp_path / "runs")), steps)
