"""Charts with a cursor: values in words, zoom, smoothing, logarithmic axis, and curves that grow while one looks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from lazytui.app.figures import LinesView
from lazytui.app.figures.smoothing import smoothed
from lazytui.figures.kinds import Lines, Series
from tests.app.figures.views import Shown, screen_lines
from tests.app.pilot import drive, until
from tests.figures.samples import lines, text


def growing(points: int) -> Lines:
    """Two curves, the second with a point at every other step only."""
    x = np.arange(points, dtype=np.float64)
    return lines(
        series=(Series(name="easy", x=x, y=x / 100), Series(name="hard", x=x[::2], y=1 - x[::2] / 100)),
        references=(),
    )


def chart_of(app: Shown) -> LinesView:
    assert isinstance(app.view, LinesView)
    return app.view


def test_the_cursor_starts_on_the_newest_point_and_reads_every_series() -> None:
    app = Shown(growing(100))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab")
        assert app.view.cursor_text == "step 99   easy 0.99   hard –"
        await pilot.press("left")
        assert app.view.cursor_text == "step 98   easy 0.98   hard 0.02"
        await pilot.press("shift+left")
        assert app.view.position == 93
        await pilot.press("right", "enter")

    drive(app, steps)
    assert app.pointed == [99, 98, 93, 94] and app.chosen == [94]


def test_the_marker_stands_where_the_curve_has_its_point() -> None:
    peak = np.zeros(50)
    peak[20] = 1
    app = Shown(lines(series=(Series(name="peak", x=np.arange(50.0), y=peak),), references=()))

    async def steps(pilot: Pilot[Any]) -> None:
        plain = screen_lines(app)
        app.view.point(20)
        region = app.view.region_of(20)
        assert region is not None
        assert "\u2800" < plain[region.y][region.x] <= "\u28ff", plain[region.y]
        await pilot.pause()
        marked = screen_lines(app)
        assert marked[region.y][region.x] == plain[region.y][region.x], "the curve stays"
        assert "│" in {marked[y][region.x] for y in region.line_range}

    drive(app, steps)


def test_without_color_the_marker_stands_where_the_curve_has_its_point_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    peak = np.zeros(50)
    peak[20] = 1
    app = Shown(lines(series=(Series(name="peak", x=np.arange(50.0), y=peak),), references=()))

    async def steps(pilot: Pilot[Any]) -> None:
        top = app.view.drawing.regions["plot"][0].y
        region = app.view.region_of(20)
        assert region is not None and screen_lines(app)[top][region.x] == "•"
        await pilot.pause()

    drive(app, steps)


def test_a_click_goes_to_the_nearest_point() -> None:
    app = Shown(lines(series=(Series(name="few", x=np.array([0.0, 10.0, 100.0]), y=np.zeros(3)),), references=()))

    async def steps(pilot: Pilot[Any]) -> None:
        plot = app.view.drawing.regions["plot"][0]
        for share, expected in ((0.0, 0.0), (0.07, 10.0), (0.5, 10.0), (0.6, 100.0), (0.999, 100.0)):
            await pilot.click(app.view, offset=(plot.x + int(share * plot.width), plot.y + 2))
            assert app.view.position == expected

    drive(app, steps)


def test_the_newest_point_is_followed_until_the_cursor_is_moved() -> None:
    app = Shown(growing(50))

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab")
        app.view.figure = growing(60)
        assert app.view.position == 59
        await pilot.press("left", "left")
        app.view.figure = growing(90)
        assert app.view.position == 57
        await pilot.press("end")
        app.view.figure = growing(95)
        assert app.view.position == 94
        await pilot.pause()

    drive(app, steps)
    assert app.pointed == [49, 59, 58, 57, 89, 94]


def test_zoom_is_around_the_cursor_kept_while_the_curves_grow_and_given_up_with_home() -> None:
    app = Shown(growing(100))

    async def steps(pilot: Pilot[Any]) -> None:
        view = chart_of(app)
        app.view.point(40)
        await pilot.press("tab", "+", "+")
        low, high = view.x_span
        assert (low, high) == (40 - 99 / 8, 40 + 99 / 8)
        view.figure = growing(100_0)
        assert view.x_span == (low, high) and view.position == 40
        await pilot.press("-")
        assert view.x_span[1] - view.x_span[0] == 2 * (high - low)
        await pilot.press("home")
        assert view.x_span == (0, 999) and view.position == 40

    drive(app, steps)


def test_zoom_ends_at_a_few_points_and_moves_with_the_cursor() -> None:
    app = Shown(growing(100))

    async def steps(pilot: Pilot[Any]) -> None:
        view = chart_of(app)
        view.point(50)
        await pilot.press("tab", *["+"] * 20)
        low, high = view.x_span
        assert 3 < high - low < 10 and low <= 50 <= high
        await pilot.press(*["right"] * 10)
        low, high = view.x_span
        assert view.position == 60 and low <= 60 <= high and view.region_of(60) is not None

    drive(app, steps)


def test_the_logarithmic_axis_is_a_key_away_and_back() -> None:
    app = Shown(growing(100))

    async def steps(pilot: Pilot[Any]) -> None:
        before = screen_lines(app)[1:]
        await pilot.press("tab", "Y")
        await pilot.pause()
        assert chart_of(app).log_y and "log scale" in "".join(screen_lines(app))
        app.view.figure = growing(100)
        assert chart_of(app).log_y, "for the next figure too"
        await pilot.press("Y")
        app.view.point(None)
        await pilot.pause()
        assert screen_lines(app)[1:] == before

    drive(app, steps)


def test_smoothing_changes_what_is_drawn_and_says_so_but_not_what_is_read() -> None:
    noise = np.random.default_rng(1).normal(size=200)
    app = Shown(lines(series=(Series(name="noisy", x=np.arange(200.0), y=noise),), references=(), low=-3.0, high=3.0))

    async def steps(pilot: Pilot[Any]) -> None:
        view = chart_of(app)
        raw = screen_lines(app)
        texts = []
        view.point(100)
        value = view.cursor_text
        for name in ("light", "strong", "off"):
            view.action_smooth()
            await pilot.pause()
            assert view.smoothing == name
            assert ("smoothed" in "".join(screen_lines(app))) == (name != "off")
            assert view.cursor_text.startswith(value) and ("≈" in view.cursor_text) == (name != "off")
            texts.append(screen_lines(app))
        assert texts[0] != texts[1]
        view.point(None)
        await pilot.pause()
        assert screen_lines(app) == raw

    drive(app, steps)


def test_smoothing_is_the_exponential_moving_average_and_gaps_stay_gaps() -> None:
    values = np.random.default_rng(2).normal(size=1000)
    values[[0, 1, 300, 301, 999]] = np.nan
    values[500] = np.inf
    keep, total, weight = 1 - 2 / 21, 0.0, 0.0
    for value, shown in zip(values, smoothed(values, 20), strict=True):
        total, weight = total * keep, weight * keep
        if np.isfinite(value):
            total, weight = total + value, weight + 1
            assert np.isclose(shown, total / weight)
        else:
            assert np.isnan(shown) if np.isnan(value) else shown == value


def test_a_live_update_that_changes_one_end_of_a_curve_repaints_no_more_than_that() -> None:
    flat = np.zeros(50)
    rising = flat.copy()
    rising[-5:] = np.linspace(0.1, 0.9, 5)

    def chart(y: np.ndarray) -> Lines:
        return lines(series=(Series(name="a", x=np.arange(50.0), y=y),), references=())

    app = Shown(chart(flat))

    async def steps(pilot: Pilot[Any]) -> None:
        widths: list[int] = []
        repainted: list[Region] = []
        refresh, render_line = app.view.refresh, app.view.render_line

        def watched_refresh(*regions: Region, **options: Any) -> Any:
            assert regions, "never the whole widget"
            repainted.extend(regions)
            return refresh(*regions, **options)

        def watched_line(y: int) -> Any:
            widths.append(y)
            return render_line(y)

        app.view.refresh = watched_refresh  # type: ignore[method-assign]
        app.view.render_line = watched_line  # type: ignore[method-assign]
        app.view.figure = chart(flat)
        await pilot.pause()
        assert not repainted and not widths, "the same figure again costs nothing"
        app.view.figure = chart(rising)
        await pilot.pause()
        del app.view.refresh, app.view.render_line
        plot = app.view.drawing.regions["plot"][0]
        assert repainted and sorted(set(widths)) == sorted({region.y for region in repainted})
        assert sum(region.area for region in repainted) < plot.area / 3

    drive(app, steps)


def test_a_live_chart_keeps_its_axes_for_a_while_and_then_leaves_room_again() -> None:
    app = Shown(growing(100))

    async def steps(pilot: Pilot[Any]) -> None:
        view = chart_of(app)
        view.live = True
        axes, spans = set(), set()
        for points in range(100, 300):
            view.figure = replace(growing(points), low=None, high=None)
            assert view.x_span[1] >= points - 1
            spans.add(view.x_span)
            axes.add(view.drawing.strips[-3].text)
        assert len(spans) == 6 and len(axes) <= 8, "the width of the y labels moves the axis as well"
        assert view.x_span[1] < 1.25 * 299
        view.live = False
        assert view.x_span == (0, 298)
        await pilot.pause()

    drive(app, steps)


def test_a_hidden_chart_is_not_drawn_until_it_is_seen() -> None:
    app = Shown(growing(20), text())

    async def steps(pilot: Pilot[Any]) -> None:
        app.view.display = False
        await pilot.pause()
        app.view.figure = growing(40)
        app.view.display = True
        await pilot.pause()
        app.view.point(39)
        await pilot.pause()
        assert app.view.cursor_text.startswith("step 39") and "│" in "".join(screen_lines(app))

    drive(app, steps)


def test_a_chart_of_many_points_is_drawn_beside_the_event_loop_and_the_newest_counts() -> None:
    app = Shown(growing(1_000))

    async def steps(pilot: Pilot[Any]) -> None:
        view = chart_of(app)
        assert view.takes_long(120)
        await until(pilot, lambda: view.drawing.strips)
        first = view.drawing
        for points in (2_000, 3_000, 4_000):
            view.figure = growing(points)
            assert view.drawing is first, "what was drawn stays until then"
        view.point(100)
        assert view.cursor_text == "step 100   easy 1   hard 0"
        await until(pilot, lambda: view.drawing.axis and view.drawing.axis.high == 3_999)
        region = view.region_of(100)
        assert region is not None
        await until(pilot, lambda: "│" in {screen_lines(app)[y][region.x] for y in region.line_range})

    drive(app, steps)


def test_a_cursor_over_a_chart_that_is_drawn_again_stands_where_that_has_its_point() -> None:
    app = Shown(growing(1_000))

    async def steps(pilot: Pilot[Any]) -> None:
        view = chart_of(app)
        await until(pilot, lambda: view.drawing.strips)
        view.point(500)
        before = view.region_of(500)
        view.action_zoom(1)
        assert view.x_span != (0, 999) and view.region_of(500) == before, "the old chart is still there"
        view.point(749)
        await until(pilot, lambda: view.drawing.axis and (view.drawing.axis.low, view.drawing.axis.high) == view.x_span)
        assert view.region_of(749) is not None

    drive(app, steps)
