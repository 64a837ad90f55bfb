"""A panel frames its figures, and is focused, zoomed, turned, explained and copied by keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from lazytui.app.form.field_help import HelpBox
from lazytui.app.panels.arrangement import Arrangement, Arrangements
from lazytui.app.panels.panel import Panel
from lazytui.app.panels.panel_grid import PanelGrid
from lazytui.figures.kinds import Bars, Figure, Matrix, Text
from tests.app.pilot import drive, screen_text, until

MATRIX = Matrix(
    name="confusion",
    title="Confusion matrix [bold]",
    note="Of 100 images.",
    values=np.arange(100, dtype=np.float64).reshape(10, 10),
    row_labels=tuple("0123456789"),
    column_labels=tuple("0123456789"),
)
BARS = Bars(
    name="bars", title="Accuracy", note="In percent.", labels=("easy accuracy", "b"), values=np.array([1.0, 2.0])
)
TEXT = Text(name="text", title="Words", note="Long.", paragraphs=("A sentence.",))
FRESH = Text(name="fresh", title="Fresh", paragraphs=("An answer.",))
ARRANGEMENTS = Arrangements(
    narrow=Arrangement("first | 14", "second | 14"),
    medium=Arrangement("first second | 1fr"),
    wide=Arrangement("first second third | 1fr"),
)


class Screenful(App[None]):
    def compose(self) -> ComposeResult:
        yield PanelGrid(ARRANGEMENTS, [Panel(name, name) for name in ARRANGEMENTS.names])


def shown(
    steps: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (120, 36), **figures: list[Figure]
) -> None:
    """Take the steps in an app whose panels show these figures."""

    async def first_fill(pilot: Pilot[None]) -> None:
        for name, choices in figures.items():
            panel(pilot, name).show([(figure,) for figure in choices])
        await pilot.pause()
        await pilot.pause()
        await steps(pilot)

    drive(Screenful(), first_fill, size)


def panel(pilot: Pilot[None], name: str) -> Panel:
    return pilot.app.query_one(PanelGrid).panel(name)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
def test_every_figure_is_drawn_without_its_title_and_note(size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[None]) -> None:
        for name in ("first", "second"):
            (view,) = panel(pilot, name).views
            lines = "\n".join(strip.text for strip in view._shown)
            assert lines.strip(), "nothing is drawn"
            assert view.figure.title not in lines and view.figure.note not in lines
        assert panel(pilot, "first")._border_title == Content(MATRIX.title), "a title is no markup"
        assert panel(pilot, "third").display == (size[0] >= 160)

    shown(steps, size=size, first=[MATRIX], second=[TEXT])


@pytest.mark.parametrize("beside", [True, False])
def test_two_matrices_stand_beside_each_other_where_the_names_of_their_columns_fit(beside: bool) -> None:
    names = tuple("0123456789" if beside else (f"name{number}" for number in range(10)))
    named = replace(MATRIX, column_labels=names)

    async def steps(pilot: Pilot[None]) -> None:
        pilot.app.query_one(PanelGrid).panel("first").show([(named, replace(named, title="Other"))])
        await until(pilot, lambda: len(panel(pilot, "first").views) == 2)
        assert panel(pilot, "first").has_class("-beside") == beside

    shown(steps, size=(80, 24), first=[MATRIX])


def test_the_cursor_is_read_out_in_the_lower_edge() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "right", "down")
        assert "11" in str(panel(pilot, "first").border_subtitle)
        await pilot.press("y")
        assert "11" in pilot.app.clipboard

    shown(steps, first=[MATRIX])


def test_enter_zooms_and_escape_comes_back() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "enter")
        await pilot.pause()
        assert pilot.app.screen.maximized is panel(pilot, "first")
        assert panel(pilot, "first").size.width > 100
        await pilot.press("escape")
        assert pilot.app.screen.maximized is None

    shown(steps, first=[MATRIX], second=[BARS])


def test_tab_goes_from_panel_to_panel() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        found = []
        for _ in range(3):
            await pilot.press("tab")
            found.append(next(str(one.name) for one in pilot.app.query(Panel) if one.has_focus_within))
        assert found == ["first", "second", "first"]

    shown(steps, first=[MATRIX], second=[TEXT])


def test_m_turns_through_what_a_panel_can_show() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "m")
        await pilot.pause()
        assert [view.figure for view in panel(pilot, "first").views] == [BARS]
        assert str(panel(pilot, "first").border_title) == "Accuracy  m 2/3"
        await pilot.press("M", "M")
        await pilot.pause()
        assert [view.figure.name for view in panel(pilot, "first").views] == ["text"]
        panel(pilot, "first").show([(MATRIX,), (BARS,), (TEXT,)])
        assert panel(pilot, "first").shown == (TEXT,), "another run's figures keep the choice"
        panel(pilot, "first").show([(FRESH,), (MATRIX,), (TEXT,)])
        assert panel(pilot, "first").shown == (FRESH,), "a new answer that stands first is shown"
        panel(pilot, "first").show([(MATRIX,), (TEXT,)])
        assert panel(pilot, "first").shown == (MATRIX,)

    shown(steps, first=[MATRIX, BARS, TEXT])


def test_i_explains_with_note_and_definitions() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "i")
        assert isinstance(pilot.app.screen, HelpBox)
        words = str(pilot.app.screen._content)
        assert words.startswith("Accuracy") and "In percent." in words and "easy accuracy: " in words

    shown(steps, first=[BARS])


def test_a_sentence_stands_where_there_is_no_figure() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        panel(pilot, "first").say("Nothing [yet].")
        await pilot.pause()
        assert not panel(pilot, "first").views and panel(pilot, "first").shown == ()
        panel(pilot, "first").show([(BARS,)])
        await pilot.pause()
        assert not panel(pilot, "first").query(".sentence")

    shown(steps, first=[MATRIX])


def test_what_is_said_and_shown_without_a_pause_is_there_in_the_end() -> None:
    async def steps(pilot: Pilot[None]) -> None:
        first = panel(pilot, "first")
        for _ in range(3):
            first.say("Nothing yet.")
            first.show([(BARS,)])
        await pilot.pause()
        await pilot.pause()
        await until(pilot, lambda: "easy accuracy" in screen_text(pilot.app))
        assert "Nothing yet." not in screen_text(pilot.app)
        for _ in range(3):
            first.show([(BARS,)])
            first.say("Nothing yet.")
        await pilot.pause()
        await pilot.pause()
        await until(pilot, lambda: "Nothing yet." in screen_text(pilot.app))
        assert "easy accuracy" not in screen_text(pilot.app)

    shown(steps, first=[BARS])


def test_a_sentence_is_wrapped_into_a_narrow_panel() -> None:
    sentence = "None of this was measured here yet, because nobody asked for it: press g to run it now."

    async def steps(pilot: Pilot[None]) -> None:
        panel(pilot, "first").say(sentence)
        await until(pilot, lambda: panel(pilot, "first").query(".sentence"))
        await pilot.pause()
        inside = [line.strip("│ ") for line in screen_text(pilot.app).splitlines()]
        assert " ".join(filter(None, inside)).count(sentence) == 1

    shown(steps, size=(40, 24))
