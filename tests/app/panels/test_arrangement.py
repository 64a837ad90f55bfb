"""Arrangements are drawn with names: spans, order and heights come out as drawn."""

from __future__ import annotations

import pytest

from lazytui.app.panels.arrangement import Arrangement, Arrangements, Cell

DRAWN = Arrangement("top top | 5", "left right | 1fr", "left below")


def test_a_name_in_neighboring_places_is_one_panel_over_all_of_them() -> None:
    assert DRAWN.cells == (Cell("top", 2, 1), Cell("left", 1, 2), Cell("right", 1, 1), Cell("below", 1, 1))
    assert DRAWN.columns == 2 and DRAWN.heights == ("5", "1fr", "1fr")


@pytest.mark.parametrize(
    ("rows", "what"),
    [(("a b", "a"), "rows of different lengths"), (("a b", "b a"), "'a' isn't a rectangle"), (("a b a",), "rectangle")],
)
def test_what_is_no_arrangement_is_refused(rows: tuple[str, ...], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        Arrangement(*rows)


def test_the_width_of_the_terminal_chooses() -> None:
    narrow, medium, wide = Arrangement("a"), Arrangement("a b"), Arrangement("a b c")
    every = Arrangements(narrow, medium, wide)
    assert [every.for_width(columns) for columns in (60, 99, 100, 159, 160, 300)] == [
        narrow, narrow, medium, medium, wide, wide,
    ]  # fmt: skip
    assert every.names == ("a", "b", "c")
