"""The canvas: drawing by mouse and by keys, and two networks that answer at every stroke."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.widgets import Footer

from lazytui.analyses.core.execute import recorded_result
from lazytui.app.figures import FigureView, TableView
from lazytui.app.panels.panel import Panel
from lazytui.app.screens.ask.canvas import CanvasView
from lazytui.app.screens.ask.screen import DrawScreen
from lazytui.app.screens.ask.swatches import Swatches
from lazytui.app.screens.attack.live_attack import LiveAttackScreen
from lazytui.app.screens.attack.screen import AttackScreen
from lazytui.app.screens.sae.dose_response import DoseResponseScreen
from lazytui.app.screens.sae.screen import FeaturesScreen
from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace
from tests.app.pilot import choose_run, drive, screen_text, shown_figures, until

RED, GREEN, WHITE = (255, 0, 0), (0, 255, 0), (255, 255, 255)
SIZES = [(80, 24), (120, 36), (200, 60)]


@pytest.fixture
def app(tmp_path: Path) -> LazytuiApp:
    return LazytuiApp(Workspace(tmp_path / "runs"))


async def open_canvas(pilot: Pilot[Any]) -> DrawScreen:
    await pilot.press("I")
    await until(pilot, lambda: isinstance(pilot.app.screen, DrawScreen))
    screen = pilot.app.screen
    assert isinstance(screen, DrawScreen)
    await answered(pilot, screen)
    return screen


async def answered(pilot: Pilot[Any], screen: DrawScreen) -> None:
    """The newest question has its answer on the screen."""
    await until(
        pilot, lambda: screen.answer and screen.answer.answers and screen.answer.question is screen.last_question
    )
    await pilot.pause()


def test_it_opens_with_the_red_one_and_its_answer(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_canvas(pilot)
        text = screen_text(app)
        assert "The image: a 1" in text and "lazy-strokes says 0" in text and "Grad-CAM" in text
        assert screen.drawing.ground == RED and screen.drawing.ink == WHITE
        assert {figure.name for figure in screen.shown_figures()} == {"image", "map", "probabilities"}
        await pilot.press("I")
        assert app.screen is screen, "no canvas over a canvas"
        await pilot.press("escape")
        assert app.screen is not screen

    drive(app, steps)


def test_colors_change_the_answer_and_can_be_clicked_on(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_canvas(pilot)
        await pilot.press("B")
        await answered(pilot, screen)
        assert screen.drawing.ground == GREEN and "green (1)" in screen_text(app)
        assert screen.answer is not None and screen.answer.answers[0].predicted == 1, "it reads the ground"
        ground, ink = screen.query_one("#ground", Swatches), screen.query_one("#ink", Swatches)
        label = len("B Ground ")
        await pilot.click(ground, offset=(1 + label + 1, 0))
        await pilot.click(ink, offset=(1 + label + 3 * 2 + 1, 0))
        await answered(pilot, screen)
        assert screen.drawing.ground == RED and screen.drawing.ink == (0, 0, 255)
        await pilot.press("h")
        assert screen.drawing.ink != (0, 0, 255)

    drive(app, steps)


def test_the_mouse_draws_where_it_is_pressed_and_erases_with_its_other_button(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_canvas(pilot)
        await pilot.press("backspace")
        assert not screen.drawing.gray.any()
        canvas = screen.query_one(CanvasView)
        await pilot.mouse_down(canvas, offset=(10, 5))
        await pilot.hover(canvas, offset=(40, 5))
        await pilot.hover(canvas, offset=(40, 20))
        await pilot.mouse_up(canvas, offset=(40, 20))
        await answered(pilot, screen)
        gray = screen.drawing.gray
        assert (gray[5, 6:20] == 255).all() and (gray[6:20, 20] == 255).all() and gray[15, 10] == 0
        shown = screen.query_one(CanvasView).figure.images[0]
        np.testing.assert_array_equal(shown, screen.drawing.image)
        await pilot.hover(canvas, offset=(10, 20))
        await pilot.pause()
        assert (screen.drawing.gray == gray).all(), "the button is up"
        await pilot.mouse_down(canvas, offset=(40, 20), button=3)
        await pilot.mouse_up(canvas, offset=(40, 20))
        await answered(pilot, screen)
        assert screen.drawing.gray[20, 20] == 0 and screen.drawing.gray[10, 20] == 255
        await pilot.press("u")
        assert (screen.drawing.gray == gray).all()
        await pilot.press("u")
        assert not screen.drawing.gray.any(), "a stroke of the mouse is undone as one"

    drive(app, steps)


def test_keys_draw_while_the_pen_is_down(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_canvas(pilot)
        await pilot.press("backspace")
        canvas = screen.query_one(CanvasView)
        await pilot.press("right", "right")
        assert not screen.drawing.gray.any(), "the pen is up"
        await pilot.press("space", *["right"] * 5, *["down"] * 4, "space", "down", "down")
        await answered(pilot, screen)
        gray = screen.drawing.gray
        assert (gray[14, 16:22] == 255).all() and (gray[14:19, 21] == 255).all() and gray[21, 21] == 0
        assert canvas.position == (21, 20) and "pen up" in canvas.cursor_text
        await pilot.press("up", "up", "E", "+", "space")
        await answered(pilot, screen)
        assert screen.drawing.gray[18, 21] == 0 and "eraser of 3 pixels" in screen_text(app)

    drive(app, steps)


def test_other_images_methods_and_targets(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_canvas(pilot)
        first = screen.drawing
        await pilot.press("n")
        await answered(pilot, screen)
        assert screen.answer.digit == 1 and (screen.drawing.gray != first.gray).any()
        await pilot.press("d")
        await answered(pilot, screen)
        assert screen.answer.digit == 2 and "The image: a 2" in screen_text(app)
        await pilot.press("H", "D")
        await answered(pilot, screen)
        assert screen.answer.digit == 1 and screen.question.start.split == "easy"
        await pilot.press("t", "m")
        await answered(pilot, screen)
        assert screen.answer is not None
        (answer,) = screen.answer.answers
        assert answer.target == 0 and answer.method == "grad-cam++"

    drive(app, steps)


def test_a_second_network_answers_beside_the_first(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_canvas(pilot)
        await choose_run(pilot, "a", "cured-strokes")
        await answered(pilot, screen)
        assert screen.answer is not None and [int(one.predicted) for one in screen.answer.answers] == [0, 1]
        text = screen_text(app)
        assert "lazy-strokes says 0" in text and "cured-strokes says 1" in text
        await choose_run(pilot, "o", "cured-strokes")
        await answered(pilot, screen)
        assert [one.name for one in screen.answer.answers] == ["cured-strokes"]

    drive(app, steps, size=(200, 60))


def test_what_is_kept_is_a_run_that_can_be_opened_and_asked_again(app: LazytuiApp, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_canvas(pilot)
        await pilot.press("backspace", "g", "x", "enter")
        await pilot.pause()
        assert "isn't a digit" in str(next(iter(app._notifications)).message)
        await pilot.press("u", "g", "enter")
        await until(pilot, lambda: any(line.kind == "ask" and line.state == "done" for line in app.lines))
        (line,) = [line for line in app.lines if line.kind == "ask"]
        found = recorded_result(line.run).first
        np.testing.assert_array_equal(found.image, screen.drawing.image)
        assert screen.answer is not None
        np.testing.assert_allclose(found.probabilities, screen.answer.answers[0].probabilities, atol=1e-6)
        assert line.run.record.params["digit"] == 1
        assert len(list((tmp_path / "runs" / "drawings").glob("*.png"))) == 1
        await pilot.press("escape")
        app.open_run(line.run.reference)
        await until(pilot, lambda: isinstance(app.screen, DrawScreen) and app.screen is not screen)
        opened = app.screen
        assert isinstance(opened, DrawScreen)
        await answered(pilot, opened)
        np.testing.assert_array_equal(opened.drawing.image, found.image)

    drive(app, steps)


def test_networks_without_their_data_get_a_blank_canvas(tmp_path: Path) -> None:
    """The digits of lazy-mnist aren't on this machine; it answers all the same."""
    app = LazytuiApp(Workspace(tmp_path / "runs"))

    async def steps(pilot: Pilot[Any]) -> None:
        app.study("shipped/lazy-mnist")
        screen = await open_canvas(pilot)
        assert screen.answer is not None and screen.answer.answers[0].name == "lazy-mnist"

    drive(app, steps)


@pytest.mark.parametrize("size", SIZES)
def test_everything_fits(app: LazytuiApp, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_canvas(pilot)
        for panel in screen.query(Panel):
            assert panel.region.right <= size[0] and panel.region.bottom < size[1], panel
            for view in panel.query(FigureView):
                assert view.max_scroll_y == 0, (panel.name, "nothing is hidden")
        image = screen.query_one(CanvasView).region_of((0, 0))
        assert image is not None and image.width == {80: 1, 120: 2, 200: 3}[size[0]]
        far = screen.query_one(CanvasView).region_of((27, 27))
        assert far is not None and Offset(far.right, far.bottom) <= Offset(*screen.query_one(CanvasView).size)
        assert screen.query_one(Footer).virtual_size.width <= size[0]

    drive(app, steps, size=size)


def test_a_kept_drawing_is_attacked_and_has_its_features_turned(app: LazytuiApp) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_canvas(pilot)
        await pilot.press("d", "d", "d", "d", "d", "d")
        await answered(pilot, screen)
        assert screen.answer is not None and screen.answer.digit == 7
        await pilot.press("g", "enter")
        await until(pilot, lambda: any(line.kind == "ask" and line.state == "done" for line in app.lines))
        image = screen.drawing.image
        await pilot.press("escape", "7")
        await until(pilot, lambda: isinstance(app.screen, AttackScreen) and shown_figures(app))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, LiveAttackScreen) and app.screen.answered_question)
        attack = app.screen
        assert isinstance(attack, LiveAttackScreen)
        await pilot.press("h", "h", "h")
        await until(pilot, lambda: attack.answered_question is attack.last_question)
        assert attack.answer is not None and attack.answer.source is not None
        np.testing.assert_array_equal(attack.answer.source.image, image)
        assert "drawn 7, source 1 of 1" in screen_text(app)
        await pilot.press("d")
        await until(pilot, lambda: attack.answer and attack.answer.refused)
        assert "No drawing of a 8 is kept" in attack.answer.refused
        await pilot.press("escape", "6")
        await until(pilot, lambda: isinstance(app.screen, FeaturesScreen) and isinstance(app.focused, TableView))
        await pilot.press("v")
        await until(pilot, lambda: isinstance(app.screen, DoseResponseScreen) and app.screen.answered_question)
        dial = app.screen
        assert isinstance(dial, DoseResponseScreen)
        await pilot.press("H", "H")
        await until(pilot, lambda: dial.answered_question is dial.last_question and dial.last_question.split == "drawn")
        assert dial.answer is not None and dial.answer.browsed is not None
        np.testing.assert_array_equal(dial.answer.browsed.split.images[0], image)
        assert "drawing of a 7" in screen_text(app)

    drive(app, steps)
