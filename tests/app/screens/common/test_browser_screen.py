"""Walking through items: next and previous, to both ends, and from an item that a filter left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from lazytui.app.screens.common.browser_screen import BrowserScreen, next_value


class Walk(BrowserScreen):
    """A screen without an app."""

    def __init__(self, items: Sequence[int] | NDArray[np.intp], item: int) -> None:
        self.walked, self.at, self.shown = items, item, list[int]()

    @property
    def items(self) -> Sequence[int] | NDArray[np.intp]:
        return self.walked

    @property
    def item(self) -> int:
        return self.at

    def show_item(self, item: int) -> None:
        self.at = item
        self.shown.append(item)


@pytest.mark.parametrize("items", [np.array([2, 5, 9]), [2, 5, 9], range(2, 10, 3)])
def test_both_ends_are_ends(items: Sequence[int]) -> None:
    walk = Walk(items, 5)
    for by in (1, 1, 1, -1, -1, -1):
        walk.action_step(by)
    assert walk.shown == [items[2], 5, 2], "what is shown already isn't shown again"


def test_a_table_is_walked_through_in_its_own_order() -> None:
    walk = Walk([7, 3, 5], 3)
    assert walk.position == 1
    walk.action_step(1)
    assert walk.item == 5


@pytest.mark.parametrize(("item", "entered"), [(0, 2), (3, 5), (6, 9), (11, 9)])
def test_from_an_item_that_was_filtered_out_it_goes_to_the_next_one(item: int, entered: int) -> None:
    walk = Walk(np.array([2, 5, 9]), item)
    walk.go_to(walk.position)
    assert walk.shown == [entered]


@pytest.mark.parametrize(("item", "by", "entered"), [(3, 1, 5), (3, -1, 2), (11, -1, 9), (11, 1, 9), (0, -1, 2)])
def test_a_step_from_an_item_that_was_filtered_out_goes_to_its_neighbor(item: int, by: int, entered: int) -> None:
    walk = Walk(np.array([2, 5, 9]), item)
    walk.action_step(by)
    assert walk.shown == [entered]


def test_where_a_filter_leaves_nothing_nothing_happens() -> None:
    walk = Walk(np.empty(0, np.intp), 4)
    walk.action_step(1)
    assert walk.item == 4 and not walk.shown and walk.position == 0


def test_values_go_round() -> None:
    assert [next_value("abc", now, by) for now, by in (("a", 1), ("c", 1), ("a", -1), ("z", 1))] == [*"baca"]
