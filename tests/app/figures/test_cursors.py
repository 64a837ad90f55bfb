"""The cursor on each kind of figure: where it goes, what it says, what it posts, and how little is redrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from textual.geometry import Offset, Region
from textual.pilot import Pilot

from lazytui.app.figures import FigureView, TableView
from lazytui.app.figures.figure_strips import one_a_line
from lazytui.figures.kinds import Column
from tests.app.figures.views import Shown, screen_lines
from tests.app.pilot import drive
from tests.figures.samples import bars, conflict_grid, histogram, matrix, pixels, table, text


def in_the_middle_of(view: FigureView[Any], position: Any) -> Offset:
    """An offset within the widget at which a place is drawn."""
    region = view.region_of(position)
    assert region is not None
    return Offset(region.x + region.width // 2, region.y + region.height // 2) - view.scroll_offset


# Matrix


def test_the_arrows_go_from_cell_to_cell_and_stop_at_the_edges() -> None:
    app = Shown(matrix())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "right", "right", "down", "left", "up", "up", "enter")

    drive(app, steps)
    assert app.pointed == [(0, 0), (0, 1), (0, 2), (1, 2), (1, 1), (0, 1)]
    assert app.chosen == [(0, 1)]


def test_home_and_end_go_to_the_first_and_last_cell() -> None:
    app = Shown(matrix())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "end", "home")

    drive(app, steps)
    assert app.pointed == [(0, 0), (9, 9), (0, 0)]


def test_a_click_points_and_a_double_click_chooses() -> None:
    app = Shown(matrix())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.click(app.view, offset=in_the_middle_of(app.view, (4, 7)))
        assert app.view.position == (4, 7) and not app.chosen
        await pilot.click(app.view, offset=in_the_middle_of(app.view, (5, 6)), times=2)
        await pilot.click(app.view, offset=(0, 0))

    drive(app, steps)
    assert app.view.position == (5, 6) and app.chosen == [(5, 6)], "there is no cell where the title is"


def test_a_cell_is_read_out_with_its_share_of_the_row_where_rows_add_up() -> None:
    counts = matrix(
        values=np.array([[30.0, 10.0], [0.0, 0.0]]),
        row_labels=("3", "4"),
        column_labels=("red", "blue"),
        unit="images",
        decimals=0,
        row_colors=(),
        column_colors=(),
    )
    app = Shown(counts, matrix())

    async def steps(pilot: Pilot[Any]) -> None:
        first, second = app.views
        first.point((0, 1))
        second.point((3, 4))
        assert first.cursor_text == "true 3, predicted blue: 10 images, 25.0 % of the row's 40"
        assert second.cursor_text == "true 3, predicted 4: not defined"
        first.point((1, 0))
        second.point((3, 5))
        assert first.cursor_text == "true 4, predicted red: 0 images"
        assert second.cursor_text == "true 3, predicted 5: 35.25 %"
        await pilot.pause()
        assert screen_lines(app)[first.region.bottom - 1].strip() == first.cursor_text

    drive(app, steps)


def test_moving_the_cursor_repaints_two_cells_their_labels_and_the_readout_and_nothing_else() -> None:
    app = Shown(matrix())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "down", "right")
        repainted: list[Region] = []
        refresh = app.view.refresh

        def watched(*regions: Region, **options: Any) -> Any:
            assert regions, "never the whole widget"
            repainted.extend(regions)
            return refresh(*regions, **options)

        app.view.refresh = watched  # type: ignore[method-assign]
        await pilot.press("right")
        await pilot.pause()
        del app.view.refresh
        regions = app.view.drawing.regions
        readout = Region(0, app.view.size.height - 1, app.view.size.width, 1)
        (left,), (right,) = regions[(1, 1)], regions[(1, 2)]
        (left_label,), (right_label,) = regions[("column", 1)], regions[("column", 2)]
        cells = one_a_line([left.union(right)])
        assert set(repainted) == {*cells, left_label.union(right_label), readout}

    drive(app, steps)


def test_a_matrix_that_is_wider_than_its_numbers_keeps_all_cells_for_the_cursor() -> None:
    wide = matrix(
        values=np.arange(60.0).reshape(2, 30),
        row_labels=("a", "b"),
        column_labels=tuple(map(str, range(30))),
        row_colors=(),
        column_colors=(),
    )
    app = Shown(wide)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", *["right"] * 29, "down")
        assert app.view.position == (1, 29)
        region, first = app.view.region_of((1, 29)), app.view.region_of((1, 0))
        assert region is not None and first is not None and region.y == first.y and region.x > first.x
        assert app.view.region.contains_region(region) and app.view.cursor_text.startswith("true b, predicted 29: 59")

    drive(app, steps, size=(60, 40))


# Pixels


def test_the_cursor_goes_from_image_to_image_and_a_grid_names_its_row_and_column() -> None:
    app = Shown(conflict_grid())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "right", "right", "down", "down", "down", "enter")

    drive(app, steps)
    assert app.pointed == [0, 1, 2, 12, 22, 32] and app.chosen == [32]
    assert app.view.cursor_text == "digit 3, color yellow"


def test_an_image_is_pointed_at_by_clicking_it_or_its_caption() -> None:
    app = Shown(pixels(), text())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.click(app.view, offset=in_the_middle_of(app.view, 4))
        assert app.view.position == 4 and app.view.cursor_text == "image 5 of 6: ✓ digit 4"
        caption = app.view.drawing.regions[("caption", 1)][0]
        await pilot.click(app.view, offset=caption.offset)
        assert app.view.position == 1

    drive(app, steps, size=(120, 50))


def test_the_image_pointed_at_stands_between_bars() -> None:
    app = Shown(pixels())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab")
        await pilot.pause()
        region = app.view.region_of(0)
        assert region is not None
        lines = screen_lines(app)
        for y in region.line_range:
            assert lines[y][region.x - 1] == "▐" and lines[y][region.right] == "▌"
        assert "".join(lines).count("▐") == region.height

    drive(app, steps)


def test_a_tall_grid_scrolls_to_the_image_pointed_at() -> None:
    app = Shown(conflict_grid())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "end")
        await pilot.pause()
        region = app.view.region_of(99)
        assert region is not None
        visible = Region(0, app.view.scroll_offset.y, 200, app.view.size.height - 1)
        assert visible.contains_region(region)
        await pilot.press("home")
        await pilot.pause()
        assert app.view.scroll_offset.y == 0, "the title too"

    drive(app, steps, size=(100, 20))


# Bars and histograms


def test_bars_and_bins_are_read_out() -> None:
    app = Shown(bars(), histogram())

    async def steps(pilot: Pilot[Any]) -> None:
        chart, bins = app.views
        await pilot.press("tab", "down")
        assert chart.cursor_text == "one: 12.5 % [10.0, 15.0]"
        await pilot.press("down", "down")
        assert chart.position == 2 and chart.cursor_text == "two: not defined"
        await pilot.press("tab", "right", "right")
        assert bins.position == 2 and bins.cursor_text == "focus score 0.1 to 0.15: 20 images, 4.6 % of 435"
        plot = bins.region_of(2)
        assert plot is not None
        await pilot.click(bins, offset=plot.offset + Offset(0, 3))
        assert bins.position == 2
        await pilot.click(chart, offset=(20, chart.region_of(1).y))  # type: ignore[union-attr]
        assert chart.position == 1

    drive(app, steps, size=(100, 50))


# Tables


def long_table() -> Any:
    rows = tuple((f"neuron {i}", float((i * 7) % 30) if i % 5 else None, i) for i in range(30))
    return table(columns=(Column(name="unit"), Column(name="focus"), Column(name="index")), rows=rows)


def shown_rows(app: Shown) -> list[int]:
    assert isinstance(app.view, TableView)
    return app.view.order


def test_rows_are_pointed_at_page_by_page() -> None:
    app = Shown(long_table())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.press("tab", "down", "pagedown", "end", "enter")

    drive(app, steps, size=(60, 12))
    assert app.pointed == [0, 1, 11, 29] and app.chosen == [29]


def test_sorting_puts_undefined_entries_last_and_keeps_the_row_that_is_pointed_at() -> None:
    app = Shown(long_table())

    async def steps(pilot: Pilot[Any]) -> None:
        assert isinstance(app.view, TableView)
        await pilot.press("tab", "down", "down", "down")
        app.view.sort(1, descending=True)
        focus = [app.view.figure.rows[index][1] for index in shown_rows(app)]
        assert focus[:24] == sorted((value for value in focus if value is not None), reverse=True)
        assert focus[24:] == [None] * 6
        assert app.view.position == 3 and app.view.cursor_text == "row 8 of 30: neuron 3, sorted by focus"
        await pilot.press("down")
        assert app.view.position == shown_rows(app)[8]
        await pilot.pause()
        assert "▾ focus" in screen_lines(app)[1]

    drive(app, steps)


def test_the_column_that_rows_are_ordered_by_is_marked_until_a_person_sorts() -> None:
    app = Shown(replace(long_table(), ordered_by="focus"))

    async def steps(pilot: Pilot[Any]) -> None:
        assert isinstance(app.view, TableView)
        assert "▾ focus" in screen_lines(app)[1]
        app.view.sort(0)
        await pilot.pause()
        assert "▾ focus" not in screen_lines(app)[1] and "▴ " in screen_lines(app)[1]

    drive(app, steps)


def test_keys_and_headings_sort() -> None:
    app = Shown(long_table())

    async def steps(pilot: Pilot[Any]) -> None:
        view = app.view
        await pilot.press("tab", ">")
        assert shown_rows(app)[0] == 9, "neuron 9 is the last by name"
        await pilot.press(">", ">")
        assert shown_rows(app)[0] == 17, "17 * 7 % 30 is the most"
        await pilot.press("<", "<", "<")
        assert shown_rows(app) == list(range(30))
        heading = view.drawing.regions[("heading", 2)][0]
        await pilot.click(view, offset=heading.offset)
        assert shown_rows(app)[0] == 0
        await pilot.click(view, offset=heading.offset)
        assert shown_rows(app)[0] == 29
        assert view.position == 0, "a click on a heading moves no cursor"

    drive(app, steps)


def test_a_filter_shows_the_rows_that_hold_its_text() -> None:
    app = Shown(long_table())

    async def steps(pilot: Pilot[Any]) -> None:
        assert isinstance(app.view, TableView)
        await pilot.press("tab")
        app.view.filter("Neuron 2")
        assert shown_rows(app) == [2, *range(20, 30)]
        assert app.view.position == 2 and app.view.cursor_text == "row 1 of 11 (30 without the filter): neuron 2"
        app.view.filter("nothing has this")
        assert app.view.position is None and app.view.cursor_text == ""
        await pilot.press("down", "enter")
        app.view.filter("")
        await pilot.press("down")
        assert shown_rows(app) == list(range(30)) and app.view.position == 0

    drive(app, steps)
    assert not app.chosen


@pytest.mark.parametrize("width", [24, 120])
def test_a_table_can_be_pointed_at_however_narrow_it_is(width: int) -> None:
    app = Shown(table())

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.click(app.view, offset=in_the_middle_of(app.view, 1))
        assert app.view.position == 1

    drive(app, steps, size=(width, 40))


def test_only_the_figure_that_has_the_focus_looks_like_it() -> None:
    app = Shown(matrix(), matrix())

    async def steps(pilot: Pilot[Any]) -> None:
        for focused, resting in ((0, 1), (1, 0)):
            await pilot.press("tab")
            await pilot.pause()
            bright = [view.component("figure--cursor").bgcolor for view in app.views]
            shown = [
                {segment.style.bgcolor for strip in view._shown for segment in strip if segment.style}
                for view in app.views
            ]
            assert bright[focused] in shown[focused] and bright[resting] not in shown[resting]

    drive(app, steps)
