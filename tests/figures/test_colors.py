"""Colors that everyone can distinguish, on every terminal and on paper."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.color import Color

from lazytui.data.palettes import palettes
from lazytui.figures.color_space import contrast, lab, luminance
from lazytui.figures.colormaps import diverging_colors, scale_stops, sequential_colors, value_colors
from lazytui.figures.colors import (
    BACKGROUNDS,
    SERIES,
    Theme,
    blends_in,
    ink_on,
    needs_outline,
    series_color,
)
from lazytui.figures.image_overlays import evidence_colors
from lazytui.figures.kinds import RGB
from lazytui.figures.terminal.console_colors import Palette, codes
from tests.figures.color_blindness import VISION, as_seen_with, ciede2000, smallest_difference

THEMES: tuple[Theme, ...] = get_args(Theme)
POSITIONS = np.linspace(0, 1, 101)


def in_256(colors: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Colors (n, 3) as a terminal of 256 colors shows them."""
    numbers = codes(colors, Palette.INDEXED).tolist()
    return np.array([Color.from_ansi(number).get_truecolor() for number in numbers], dtype=np.float64)


def arms(theme: Theme) -> dict[str, NDArray[np.uint8]]:
    """Every map from its weak end to a strong one."""
    return {
        "sequential": sequential_colors(POSITIONS, theme),
        "for": diverging_colors(POSITIONS, theme),
        "against": diverging_colors(-POSITIONS, theme),
    }


def test_with_256_colors_stronger_evidence_never_looks_weaker() -> None:
    for sign in (1, -1):
        assert (np.diff(lab(in_256(evidence_colors(sign * POSITIONS)))[:, 0]) >= 0).all()


def test_the_difference_of_colors_is_the_published_one() -> None:
    """Pairs of Sharma's test data: a plain one, one around blue, one across hue 0, one with a gray."""
    one = np.array(
        [[50, 2.6772, -79.7751], [50, -1.3802, -84.2814], [50, 2.49, -0.001], [50, 0, 0], [2.0776, 0.0795, -1.135]]
    )
    other = np.array(
        [[50, 0, -82.7485], [50, 0, -82.7485], [50, -2.49, 0.0011], [50, -1, 2], [0.9033, -0.0636, -0.5514]]
    )
    assert ciede2000(one, other) == pytest.approx([2.0425, 1.0, 7.2195, 2.3669, 0.9082], abs=1e-4)


def test_lab_is_cielab() -> None:
    assert lab([[255, 0, 0], [255, 255, 255]]) == pytest.approx(np.array([[53.24, 80.09, 67.2], [100, 0, 0]]), abs=0.02)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", THEMES)
def test_stronger_is_farther_from_the_background_for_everyone(theme: Theme, vision: str) -> None:
    away = 1 if theme == "dark" else -1
    for name, colors in arms(theme).items():
        lightness = away * lab(as_seen_with(vision, colors))[:, 0]
        assert (np.maximum.accumulate(lightness) - lightness).max() < 1, (name, "lightness goes back")
        assert lightness[-1] - lightness[0] > 45, (name, "too little lightness between the ends")
        assert (np.diff(lightness[::10]) > 0.5).all(), (name, "a tenth of the scale looks the same")


@pytest.mark.parametrize("theme", THEMES)
def test_steps_of_a_scale_are_even(theme: Theme) -> None:
    for name, colors in arms(theme).items():
        steps = np.linalg.norm(np.diff(lab(colors[::10]), axis=0), axis=1)
        assert steps.min() > 0.75 * steps.mean() and steps.max() < 1.25 * steps.mean(), (name, steps.round(1))


@pytest.mark.parametrize("theme", THEMES)
def test_with_256_colors_stronger_never_looks_weaker(theme: Theme) -> None:
    away = 1 if theme == "dark" else -1
    for name, colors in arms(theme).items():
        shown = in_256(colors)
        assert (away * np.diff(lab(shown)[:, 0]) >= 0).all(), name
        assert len(np.unique(shown, axis=0)) >= 10, (name, "too few steps")


@pytest.mark.parametrize("theme", THEMES)
def test_the_two_signs_differ_for_everyone_and_in_256_colors(theme: Theme) -> None:
    for strength in (0.3, 0.6, 1.0):
        for ends in (
            diverging_colors([-strength, strength], theme),
            evidence_colors(np.array([-strength, strength])),
            in_256(diverging_colors([-strength, strength], theme)),
        ):
            assert smallest_difference(ends)[0] > 10, (strength, ends)


@pytest.mark.parametrize("theme", THEMES)
def test_series_differ_for_everyone(theme: Theme) -> None:
    for first, least in ((3, 20), (5, 16), (8, 15)):
        difference, whose = smallest_difference(SERIES[theme][:first])
        assert difference > least, (first, whose)


@pytest.mark.parametrize("theme", THEMES)
def test_series_are_colors_that_a_terminal_of_256_has(theme: Theme) -> None:
    assert np.array_equal(in_256(np.array(SERIES[theme], dtype=np.uint8)), SERIES[theme])


@pytest.mark.parametrize("theme", THEMES)
def test_series_stand_out_from_the_background(theme: Theme) -> None:
    usual: RGB = (18, 18, 18) if theme == "dark" else (255, 255, 255)
    assert min(contrast(color, usual) for color in SERIES[theme]) >= 3
    assert min(contrast(color, each) for color in SERIES[theme] for each in BACKGROUNDS[theme]) >= 2
    assert series_color(len(SERIES[theme]), theme) == series_color(0, theme)


CLASSES = sorted({color for each in palettes().values() for color in each.colors})


@pytest.mark.parametrize("theme", THEMES)
def test_a_color_that_may_be_the_backgrounds_has_an_outline_and_others_stand_out(theme: Theme) -> None:
    darkest, lightest = (float(luminance(each)) for each in BACKGROUNDS[theme])
    backgrounds = [(level, level, level) for level in range(256) if darkest <= luminance([level] * 3) <= lightest]
    for color in CLASSES:
        least = min(contrast(color, each) for each in backgrounds)
        assert needs_outline(color, theme) == (least < 1.3), (color, least)
        assert contrast(ink_on(color), color) >= 4.5
    dark_ones = {color for color in CLASSES if blends_in(color, "dark")}
    assert dark_ones == {(0, 0, 0)} and blends_in((255, 255, 255), "light") and not blends_in((255, 255, 0), "light")
    assert needs_outline((0, 0, 0), "dark") and not needs_outline((0, 0, 0), "light")
    assert needs_outline((255, 255, 0), "light") and not needs_outline((255, 255, 0), "dark")


def test_classes_of_the_usual_palette_stay_different_in_256_colors() -> None:
    shown = in_256(np.array(palettes()["distinct"].colors, dtype=np.uint8))
    looks = lab(shown)
    first, second = np.triu_indices(10, 1)
    assert ciede2000(looks[first], looks[second]).min() > 10


def test_a_scale_through_zero_is_even_on_both_sides() -> None:
    assert scale_stops(-2.0, 5.0) == [-5.0, 0.0, 5.0] and scale_stops(1.0, 5.0) == [1.0, 5.0]
    ends, stops = value_colors(np.array([-2.0, 5.0]), -2.0, 5.0, "dark"), diverging_colors([-0.4, 1.0], "dark")
    assert np.array_equal(ends, stops)
