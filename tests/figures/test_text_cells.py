"""Texts brought to a width."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from lazytui.figures.terminal.text_cells import shorten_at_word


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("Accuracy", 8, "Accuracy"),
        ("Neuron 76 (traitor): feature", 25, "Neuron 76 (traitor) …"),
        ("one two three four", 14, "one two …"),
        ("Supercalifragilistic words", 9, "Supercal…"),
        ("one two", 0, ""),
    ],
)
def test_a_title_is_cut_after_a_word_where_that_leaves_half_of_it(text: str, width: int, short: str) -> None:
    assert shorten_at_word(text, width) == short
    assert all(cell_len(shorten_at_word(text, room)) <= room for room in range(30))
