"""Series made short enough to draw: what is left shows every extreme and every gap that could be seen."""

from __future__ import annotations

import numpy as np

from lazytui.figures.series_gaps import column_extremes, unbroken_stretches


def test_every_columns_extremes_are_kept_where_they_are_and_nothing_else() -> None:
    x = np.arange(8192.0)
    y = np.random.default_rng(0).normal(size=8192)
    short_x, short_y = column_extremes(x, y, 0, 8192, 64)
    assert len(short_x) == len(short_y) == 128
    assert (short_y == y[short_x.astype(int)]).all() and (np.diff(short_x) > 0).all(), "points of the series, in order"
    columns, kept = y.reshape(64, 128), short_y.reshape(64, 2)
    assert (kept.min(axis=1) == columns.min(axis=1)).all() and (kept.max(axis=1) == columns.max(axis=1)).all()


def test_a_gap_stays_where_it_can_be_seen_and_many_cost_no_more_than_few() -> None:
    x, y = np.arange(10_000.0), np.ones(10_000)
    y[2_000:4_000] = np.nan
    y[5_000::2] = np.nan
    pieces = unbroken_stretches(*column_extremes(x, y, 0, 10_000, 50), log=False)
    assert len(pieces) <= 50
    covered = {int(index) // 200 for piece, _ in pieces for index in piece}
    assert covered == {*range(10), *range(20, 50)}


def test_points_outside_the_axis_move_none_of_those_inside() -> None:
    x = np.arange(10_000.0)
    y = np.where((x < 4_000) | (x > 5_000), 1e6, 0.0)
    short_x, short_y = column_extremes(x, y, 4_000, 5_000, 100)
    inside = (short_x >= 4_000) & (short_x <= 5_000)
    assert set(short_y[inside]) == {0.0}


def test_a_line_leads_to_the_points_beyond_the_axis_that_are_next_to_it() -> None:
    x = np.arange(10_000.0)
    short_x, _ = column_extremes(x, np.zeros(10_000), 4_000, 5_000, 100)
    assert {3_999.0, 5_001.0} <= set(short_x)


def test_x_that_goes_back_shows_each_way_s_extremes() -> None:
    x = np.r_[np.arange(1000.0), np.arange(1000.0)]
    y = np.where(np.arange(2000) < 1000, 1.0, 2.0)
    short_x, short_y = column_extremes(x, y, 0, 1000, 10)
    assert len(short_x) == 20 and {int(index) // 100 for index in short_x[short_y == 2.0]} == set(range(10))
