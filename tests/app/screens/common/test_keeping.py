"""What is seen live is kept by a key: the run that stands in Runs then found what the screen had shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from textual.pilot import Pilot

from lazytui.analyses.core.execute import recorded_result
from lazytui.app.figures import TableView
from lazytui.app.screens.attack.live_attack import LiveAttackScreen
from lazytui.app.screens.common.live_screen import LiveScreen
from lazytui.app.screens.common.overlay_screen import OverlayScreen
from lazytui.app.screens.gradcam.screen import GradcamScreen
from lazytui.app.screens.neurons.screen import NeuronsScreen
from lazytui.app.screens.sae.dose_response import DoseResponseScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import RunLine
from tests.app.pilot import drive, screen_text, shown_figures, until

S = TypeVar("S", bound=LiveScreen)  # type: ignore[type-arg]


@pytest.fixture
def app(tmp_path: Path) -> LazytuiApp:
    """Of an empty workspace: what is seen is of the bundled networks."""
    return LazytuiApp(Workspace(tmp_path / "runs"))


async def answered(pilot: Pilot[Any], kind: type[S]) -> S:
    """That screen, once its newest question is answered."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind))
    screen = pilot.app.screen
    assert isinstance(screen, kind)
    await until(pilot, lambda: screen.answered_question and screen.answered_question is screen.last_question)
    return screen


async def kept(pilot: Pilot[Any], kind: str, key: str) -> RunLine:
    """The only run of that kind, once it is done, which the key has started without leaving the screen."""
    app, shown = pilot.app, pilot.app.screen
    assert isinstance(app, LazytuiApp)
    await pilot.press(key)
    await until(pilot, lambda: any("is kept; Runs (9) lists it." in one.message for one in app._notifications))
    await until(pilot, lambda: any(line.kind == kind and line.state == "done" for line in app.lines))
    (line,) = [line for line in app.lines if line.kind == kind]
    assert app.screen is shown
    return line


def test_the_turn_of_a_dial_is_kept(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("6")
        await until(pilot, lambda: isinstance(app.focused, TableView))
        await pilot.press("v")
        dial = await answered(pilot, DoseResponseScreen)
        shown, dial.answer = dial.answer, None  # as before the first answer
        await pilot.press("g")
        dial.answer = shown
        assert [str(one.message) for one in app._notifications] == ["Nothing is shown yet that could be kept."]
        await pilot.press("n", "left", "left")
        dial = await answered(pilot, DoseResponseScreen)
        shown = dial.answer
        assert shown is not None and shown.after is not None and shown.curve is not None
        line = await kept(pilot, "sae-dial", "g")
        found, asked = recorded_result(line.run), line.run.record.params
        assert (asked["at"], asked["split"], asked["sae"]) == (0.8, "hard", dial.question.run)
        assert found.features == dial.question.dose.features
        np.testing.assert_array_equal(found.image, shown.shown.image)
        np.testing.assert_allclose(found.probabilities, shown.curve, atol=1e-6)
        np.testing.assert_allclose(found.heat_after, shown.after.heat, atol=1e-6)
        app.open_run(line.run.reference)
        await until(pilot, lambda: isinstance(app.screen, OverlayScreen) and shown_figures(app))
        assert "x 0.8: it says" in screen_text(app)

    drive(app, steps)


def test_the_attack_of_an_image_is_kept(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("7")
        await until(pilot, lambda: "Bundled example" in screen_text(app))
        await pilot.press("v")
        await answered(pilot, LiveAttackScreen)
        await pilot.press("n", "h", "h", "up")
        attack = await answered(pilot, LiveAttackScreen)
        shown = attack.answer
        assert shown is not None and shown.source is not None and shown.climb is not None
        found = recorded_result((await kept(pilot, "attack-image", "G")).run)
        np.testing.assert_array_equal(found.image, shown.source.image)
        np.testing.assert_array_equal(found.adversarial, shown.climb.image)
        assert found.budget == shown.question.params.epsilon

    drive(app, steps)


def test_an_ablation_and_a_patch_are_kept(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.focused, TableView) and "All neurons of" in screen_text(app))
        screen = app.screen
        assert isinstance(screen, NeuronsScreen)
        await pilot.press("space", "G")
        assert "Ablate neurons first" in str(next(iter(app._notifications)).message)
        await pilot.press("down", "space", "z", "b")
        await until(pilot, lambda: screen.answer and len(screen.answer.random) > 1)
        shown = screen.answer
        assert shown is not None and shown.ablated is not None
        line = await kept(pilot, "ablate", "G")
        found = recorded_result(line.run)
        assert (set(found.chosen), line.run.record.params["stand_in"]) == (screen.marked, "zero")
        assert (found.easy_ablated, found.hard_ablated) == (shown.ablated["easy"], shown.ablated["hard"])
        await pilot.press("W", "enter")
        await until(pilot, lambda: screen.answer and screen.answer.patched)
        assert screen.last_question is not None
        asked = screen._session.run_values(screen.last_question)
        assert asked == {**line.run.record.params, "patch": "red 1 into green 1", "model": None}

    drive(app, steps)


def test_what_a_map_shows_of_an_image_is_kept(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("4")
        screen = await answered(pilot, GradcamScreen)
        screen.form.set_values({**screen.form.touched, "images": 20, "checked": 0})
        await pilot.press("n", "n", "t")
        await answered(pilot, GradcamScreen)
        shown = screen.answer
        assert shown is not None
        await pilot.press("v", "G")
        assert "what is seen of one can be kept" in str(next(iter(app._notifications)).message)
        await pilot.press("v")
        line = await kept(pilot, "gradcam", "G")
        assert line.run.record.params["target"] == shown.question.params.target != "predicted"
        found = recorded_result(line.run).first.shown
        assert found.indices.tolist() == [shown.question.image_index]
        np.testing.assert_allclose(found.maps[0], shown.explanations[0].heat, atol=1e-6)
        np.testing.assert_allclose(found.probabilities[0], shown.explanations[0].probabilities, atol=1e-6)

    drive(app, steps)
