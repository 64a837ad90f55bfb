"""Palettes hold ten different, named colors; the pairs swap."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.data.palettes import NO_COLOR, palette, palettes


@pytest.mark.parametrize("name", palettes())
def test_ten_different_colors_with_ten_names(name: str) -> None:
    ten = palette(name)
    assert len(set(ten.colors)) == len(set(ten.names)) == 10
    assert ten.rgb.shape == (10, 3)
    assert ten.color_name(NO_COLOR) == "gray"


def test_pairs_of_digits_swap_colors_between_the_two_forms() -> None:
    rg, gr = palette("pairs-rg"), palette("pairs-gr")
    swapped = [digit ^ 1 for digit in range(10)]
    assert gr.names == tuple(rg.names[digit] for digit in swapped)
    assert (gr.rgb == rg.rgb[swapped]).all()


def test_colors_of_study_d() -> None:
    written = ["{:02x}{:02x}{:02x}".format(*color) for color in palette("pairs-rg").colors]
    expected = "ff0000 00ff00 00ffff ffc0cb ff00ff 1f51ff ffff00 7851a9 120a8f ffa500"
    assert " ".join(written) == expected


def test_distinct_is_in_the_order_of_the_original_task() -> None:
    words = ("red", "green", "blue", "yellow", "cyan", "magenta", "orange", "black", "purple", "brown")
    assert palette("distinct").names == words
    rgb = palette("distinct").rgb.astype(int)
    apart = np.linalg.norm(rgb[:, None] - rgb, axis=2)[~np.eye(10, dtype=bool)]
    assert apart.min() > 85


def test_own_palettes_keep_their_colors() -> None:
    ten = palette(",".join(f"#0000{index:02x}" for index in range(10)))
    assert ten.rgb[:, 2].tolist() == list(range(10))
