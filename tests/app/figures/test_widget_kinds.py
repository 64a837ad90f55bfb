"""What every figure widget does: draw as the command line does, move, notify, scroll, resize, change themes."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console
from rich.segment import Segment
from textual.app import App
from textual.pilot import Pilot

from lazytui.app.figures import FigureView, view_of
from lazytui.figures.kinds import Figure, Pixels, Text
from lazytui.figures.terminal import draw
from tests.app.figures.views import Shown, screen_lines
from tests.app.pilot import drive
from tests.figures.samples import DIFFICULT, EACH, EMPTY, HOSTILE, ids, lines, matrix, text, with_text

HOSTILE_FIGURES = [with_text(figure, HOSTILE) for figure in EACH]


def command_line(figure: Figure, width: int) -> list[str]:
    """The lines that the command line prints, as texts."""
    console = Console(width=width, color_system="truecolor", force_terminal=True, legacy_windows=False, _environ={})
    printed = Segment.split_lines(console.render(draw(figure, width=width), console.options))
    return ["".join(segment.text for segment in line).rstrip() for line in printed]


@pytest.fixture(autouse=True)
def true_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.mark.parametrize("figure", [figure for figure in EACH if not isinstance(figure, Pixels)], ids=ids)
def test_the_text_is_that_of_the_command_line(figure: Figure) -> None:
    app = Shown(figure, text())

    async def steps(_pilot: Pilot[Any]) -> None:
        width = app.view.scrollable_content_region.width
        expected = command_line(figure, width)
        assert [line.rstrip() for line in screen_lines(app)[: len(expected)]] == expected

    drive(app, steps, size=(100, 80))


def test_images_stand_as_on_the_command_line_with_room_for_the_cursor_beside_them() -> None:
    figure = next(figure for figure in EACH if isinstance(figure, Pixels))
    app = Shown(figure, text())

    async def steps(_pilot: Pilot[Any]) -> None:
        width = app.view.scrollable_content_region.width
        title, *rest = command_line(figure, width - 2)
        shown = [line.rstrip() for line in screen_lines(app)[: len(rest) + 1]]
        assert shown == [title, *(" " + line for line in rest[:-1]), rest[-1]]

    drive(app, steps, size=(100, 80))


@pytest.mark.parametrize("size", [(120, 36), (40, 12), (8, 4), (1, 1)], ids=str)
@pytest.mark.parametrize(
    "figures", [EACH, EMPTY, DIFFICULT, HOSTILE_FIGURES], ids=["each", "empty", "difficult", "hostile"]
)
def test_any_figure_at_any_size_lives_through_every_key(figures: list[Figure], size: tuple[int, int]) -> None:
    app = Shown(*figures)

    async def steps(pilot: Pilot[Any]) -> None:
        for view in app.views:
            view.focus()
            await pilot.pause()
            for bindings in view._bindings.key_to_bindings.values():
                for binding in bindings:
                    await app.run_action(binding.action, view)
        await pilot.pause()
        assert all("\x1b" not in line and "\u202e" not in line for line in screen_lines(app))

    drive(app, steps, size=size)


@pytest.mark.parametrize("figure", EACH, ids=ids)
def test_a_widget_follows_resizes_down_to_nothing_and_back(figure: Figure) -> None:
    app = Shown(figure)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        before = screen_lines(app)
        for size in ((40, 12), (1, 1), (200, 60), (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert screen_lines(app) == before

    drive(app, steps, size=(100, 30))


@pytest.mark.parametrize("figure", EMPTY, ids=ids)
def test_an_empty_figure_has_no_place_and_says_nothing(figure: Figure) -> None:
    app = Shown(figure)

    async def steps(pilot: Pilot[Any]) -> None:
        app.view.focus()
        await pilot.press("right", "down", "enter")
        await pilot.pause()
        assert app.view.position is None and app.view.cursor_text == "" and not app.pointed and not app.chosen

    drive(app, steps)


def test_there_is_no_cursor_before_the_first_focus_and_it_stays_after() -> None:
    app = Shown(matrix(), matrix(name="other"))

    async def steps(pilot: Pilot[Any]) -> None:
        first, second = app.views
        assert (first.position, second.position) == (None, None)
        await pilot.press("tab")
        assert (first.position, second.position) == ((0, 0), None)
        await pilot.press("tab")
        assert (first.position, second.position) == ((0, 0), (0, 0))
        assert screen_lines(app)[first.region.bottom - 1].strip() == first.cursor_text

    drive(app, steps, size=(100, 60))


def test_a_page_follows_the_cursor_and_goes_on_where_the_cursor_ends() -> None:
    app = Shown(matrix(), matrix(name="other"))

    async def steps(pilot: Pilot[Any]) -> None:
        page = app.view.parent
        assert page.scroll_offset.y == 0
        await pilot.press("tab", *["down"] * 9)
        await pilot.pause()
        assert app.view.position == (9, 0)
        at_last_row = page.scroll_offset.y
        assert at_last_row > 0
        await pilot.press("down", "down")
        await pilot.pause()
        assert app.view.position == (9, 0) and page.scroll_offset.y == at_last_row + 2

    drive(app, steps, size=(80, 10))


def without_outlines(app: App[Any]) -> list[str]:
    """The lines on the screen as if no image, swatch or bar had an edge."""
    return [line.translate(str.maketrans("▕▏│□═", "   ■█")) for line in screen_lines(app)]


@pytest.mark.parametrize("figure", EACH, ids=ids)
def test_themes_change_colors_and_no_character_but_outlines(figure: Figure) -> None:
    app = Shown(figure)

    async def steps(pilot: Pilot[Any]) -> None:
        app.theme = "textual-dark"
        await pilot.pause()
        dark, texts = app.screen._compositor.render_strips(), without_outlines(app)
        app.theme = "textual-light"
        await pilot.pause()
        await pilot.pause()
        assert without_outlines(app) == texts
        assert app.screen._compositor.render_strips() != dark

    drive(app, steps)


def test_a_heat_map_begins_near_the_theme_s_background() -> None:
    app = Shown(matrix(), text())

    async def steps(pilot: Pilot[Any]) -> None:
        brightness = {}
        for theme in ("textual-dark", "textual-light"):
            app.theme = theme
            await pilot.pause()
            await pilot.pause()
            region = app.view.drawing.regions[(0, 1)][0]
            style = next(iter(app.view.render_line(region.y).crop(region.x, region.right))).style
            assert style is not None and style.bgcolor is not None
            brightness[theme] = sum(style.bgcolor.get_truecolor())
        assert brightness["textual-dark"] < 200 < 600 < brightness["textual-light"]

    drive(app, steps)


@pytest.mark.parametrize("figure", [figure for figure in EACH if not isinstance(figure, Text)], ids=ids)
def test_without_color_the_cursor_is_seen_all_the_same(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Shown(figure)

    async def steps(pilot: Pilot[Any]) -> None:
        app.view.focus()
        await pilot.pause()
        assert app.no_color
        assert "▀" not in "".join(screen_lines(app)), "shades, not half blocks"
        reversed_or_marked = [
            segment
            for y in range(app.view.size.height)
            for segment in app.view.render_line(y)
            if (segment.style and segment.style.reverse) or segment.text in "▐▌"
        ]
        assert reversed_or_marked

    drive(app, steps)


def test_with_256_colors_only_those_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "256")
    app = Shown(next(figure for figure in EACH if isinstance(figure, Pixels)))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        blocks = [s for strip in app.view.drawing.strips for s in strip if "▀" in s.text]
        assert blocks and all(s.style and s.style.color and s.style.color.number is not None for s in blocks)

    drive(app, steps)


def test_a_figure_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="no widget"):
        view_of(Figure(name="a", title="b"))


def test_a_chart_fills_the_height_that_it_is_given() -> None:
    app = Shown(lines())

    async def steps(pilot: Pilot[Any]) -> None:
        for height in (20, 50, 30):
            await pilot.resize_terminal(90, height)
            await pilot.pause()
            assert len(app.view.drawing.strips) == height - 1, "all but the readout"

    drive(app, steps, size=(90, 24))


def test_nothing_is_drawn_before_there_is_room() -> None:
    view: FigureView[Any] = view_of(matrix())
    view.figure = matrix(title="other")
    view.point((3, 3))
    assert view.position == (3, 3) and view.figure.title == "other"
