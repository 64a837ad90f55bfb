"""Every kind drawn on consoles of every color depth and width."""

from __future__ import annotations

import dataclasses
import io
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rich.cells import cell_len
from rich.color import ColorType
from rich.console import Console
from rich.segment import Segment

from lazytui.figures.kinds import Figure, Pixels, Reference, Series
from lazytui.figures.terminal import draw
from tests.figures import samples
from tests.figures.samples import DIFFICULT, EACH, EMPTY, HOSTILE, LONG, ids, with_text


def console(width: int, color: str | None = None, **options: object) -> Console:
    return Console(
        file=io.StringIO(),
        width=width,
        color_system=color,  # type: ignore[arg-type]
        force_terminal=color is not None,
        legacy_windows=False,
        _environ={},
        **options,  # type: ignore[arg-type]
    )


def printed(figure: Figure, width: int = 80, color: str | None = None, height: int | None = None) -> str:
    target = console(width, color)
    with target.capture() as capture:
        target.print(draw(figure, width=width, height=height))
    return capture.get()


def segments(figure: Figure, width: int, color: str) -> list[Segment]:
    target = console(width, color)
    return list(target.render(draw(figure, width=width), target.options))


def colors_of(figure: Pixels, width: int) -> np.ndarray:
    """What a terminal shows of the half blocks: (2 * lines, cells, 3); cells that aren't half blocks are skipped."""
    rows: list[list[list[tuple[int, int, int]]]] = []
    for line in Segment.split_lines(segments(figure, width, "truecolor")):
        upper, lower = [], []
        for segment in line:
            for _ in range(segment.text.count("▀")):
                assert segment.style is not None and segment.style.color is not None
                upper.append(tuple(segment.style.color.get_truecolor()))
                if segment.style.bgcolor is not None:
                    lower.append(tuple(segment.style.bgcolor.get_truecolor()))
        rows += [row for row in (upper, lower) if row]
    return np.array(rows, dtype=np.uint8)


ALL = [*EACH, *EMPTY, *DIFFICULT, *(with_text(figure, HOSTILE) for figure in EACH)]


@pytest.mark.parametrize("width", [8, 20, 40, 80, 120])
@pytest.mark.parametrize("color", [None, "256", "truecolor"])
def test_no_line_is_longer_than_the_asked_width(width: int, color: str | None) -> None:
    for figure in ALL:
        for line in Segment.split_lines(
            console(width, color).render(draw(figure, width=width), console(width, color).options)
        ):
            assert sum(cell_len(segment.text) for segment in line) <= width, (figure.name, figure.title)


@pytest.mark.parametrize("figure", EACH, ids=ids)
def test_the_width_holds_on_a_wider_console_too(figure: Figure) -> None:
    wide = console(200)
    with wide.capture() as capture:
        wide.print(draw(figure, width=60))
    assert max(map(cell_len, capture.get().splitlines())) <= 60


@pytest.mark.parametrize("figure", EACH, ids=ids)
def test_title_and_note_are_there(figure: Figure) -> None:
    text = printed(figure)
    assert text.startswith(figure.title)
    assert figure.note in text


@pytest.mark.parametrize("figure", EMPTY, ids=ids)
def test_nothing_to_show_is_still_a_figure(figure: Figure) -> None:
    assert figure.title in printed(figure)


@pytest.mark.parametrize("figure", EACH, ids=ids)
def test_without_color_there_is_no_escape_sequence(figure: Figure) -> None:
    assert "\x1b" not in printed(figure)


@pytest.mark.parametrize("figure", EACH, ids=ids)
def test_no_color_in_the_environment_leaves_no_color_code(figure: Figure) -> None:
    target = console(80, "truecolor", no_color=True)
    with target.capture() as capture:
        target.print(draw(figure, width=80))
    codes = re.findall(r"\x1b\[([\d;]*)m", capture.get())
    assert all(part in ("0", "1", "2", "", "22") for code in codes for part in code.split(";"))


@pytest.mark.parametrize("figure", [with_text(figure, HOSTILE) for figure in EACH], ids=ids)
def test_hostile_text_is_shown_as_it_reads_and_does_nothing(figure: Figure) -> None:
    text = printed(figure, width=400)
    assert "\x1b" not in text and "\x9b" not in text and "\u202e" not in text
    assert "[red]c[/red] <script>x</script> $\\frac{1}{2}$" in text
    colored = printed(figure, width=400, color="truecolor")
    assert not re.search(r"\x1b(?!\[[\d;]*m)", colored), "only colors and weights may reach the terminal"


# Images


@settings(deadline=None, max_examples=30)
@given(arrays(np.uint8, st.tuples(st.integers(14, 20), st.integers(14, 20), st.just(3))))
def test_in_true_color_every_pixel_is_exact(image: np.ndarray) -> None:
    figure = samples.pixels(images=image[None], columns=1, captions=(), tones=())
    assert np.array_equal(colors_of(figure, 80), image)


def test_equal_neighbors_are_one_segment() -> None:
    figure = samples.pixels(images=np.full((1, 28, 28, 3), 77, dtype=np.uint8), columns=1, captions=(), tones=())
    blocks = [segment for segment in segments(figure, 80, "truecolor") if "▀" in segment.text]
    assert [len(segment.text) for segment in blocks] == [28] * 14


def test_with_256_colors_each_is_one_of_them_and_close_to_the_true_one() -> None:
    gradient = np.linspace(0, 255, 28 * 28 * 3).reshape(1, 28, 28, 3).astype(np.uint8)
    figure = samples.pixels(images=gradient, columns=1, captions=(), tones=())
    blocks = [segment for segment in segments(figure, 80, "256") if "▀" in segment.text]
    colors = [segment.style.color for segment in blocks if segment.style]
    assert {color.type for color in colors if color} == {ColorType.EIGHT_BIT}
    assert all(color.number is not None and color.number >= 16 for color in colors if color)
    assert len(blocks) < 200, "neighbors of the same color code are merged"
    exact = colors_of(figure, 80)[::2].reshape(-1, 3).astype(int)
    shown = [color.get_truecolor() for segment in blocks for color in [segment.style.color] * len(segment.text)]  # type: ignore[union-attr]
    assert np.abs(np.array(shown) - exact).max() <= 25, "half a step of the color cube, at most"


def test_a_grid_with_labels_keeps_its_columns_and_shrinks() -> None:
    for width, image_width in ((120, 10), (80, 6)):
        text = printed(samples.conflict_grid(), width, "truecolor")
        lines = [line for line in text.splitlines() if "▀" in line]
        assert len(lines) == 10 * ((image_width + 1) // 2)
        assert {line.count("▀") for line in lines} == {10 * image_width}
        assert re.search(r"red +teal +yellow +blue", re.sub(r"\x1b\[[\d;]*m", "", text))


def test_a_grid_whose_last_row_ends_early_is_drawn_at_any_width() -> None:
    figure = samples.pixels(
        images=np.stack([samples.digit()] * 3), columns=2, captions=(), tones=(), column_labels=("a", "b")
    )
    for width in (1, 5, 80):
        lines = [line.count("▀") for line in printed(figure, width, "truecolor").splitlines() if "▀" in line]
        assert len(set(lines)) == (1 if width < 9 else 2), "below each other, or two and one"


def test_rows_with_long_labels_are_a_list_of_headings_each_over_its_images() -> None:
    """However little height there is; where six images don't fit side by side the row goes on below."""
    labels = tuple(f"{number} traitor: MI color 2.77, digit 0.01 bits" for number in range(3))
    figure = samples.pixels(
        images=np.stack([samples.digit()] * 18), columns=6, captions=(), tones=(), column_labels=(), row_labels=labels
    )
    for width, images, rows in ((80, 6 * 12, 6), (40, 3 * 12, 12)):
        lines = printed(figure, width, "truecolor", height=5).splitlines()
        starts = [index for index, line in enumerate(lines) if "traitor" in line]
        counts = [line.count("▀") for line in lines if "▀" in line]
        assert len(starts) == 3 and set(counts) == {images} and len(counts) == 3 * rows
        assert all("▀" in "".join(lines[start : start + 4]) for start in starts)


def test_a_grid_without_labels_breaks_its_rows_into_equal_parts() -> None:
    figure = samples.pixels(images=np.stack([samples.digit()] * 10), columns=10, captions=(), tones=())
    lines = [line.count("▀") for line in printed(figure, 80, "truecolor").splitlines() if "▀" in line]
    assert len(set(lines)) == 1 and lines[0] == 5 * 15


def test_shrinking_takes_the_mean_of_the_area() -> None:
    checkers = np.indices((56, 56)).sum(axis=0) % 2 * 200
    image = np.repeat(checkers[..., None], 3, axis=2).astype(np.uint8)
    figure = samples.pixels(images=image[None], columns=1, captions=(), tones=())
    assert np.all(colors_of(figure, 28) == 100)


@pytest.mark.parametrize(
    ("color", "ground"), [((255, 0, 0), (0, 0, 0)), ((255, 255, 255), (253, 233, 0)), ((0, 0, 128), (0, 0, 0))]
)
def test_without_color_a_person_still_sees_the_digit(color: tuple[int, int, int], ground: tuple[int, int, int]) -> None:
    image = np.where(samples.digit((1, 1, 1)) > 0, np.array(color), np.array(ground)).astype(np.uint8)
    lines = printed(samples.pixels(images=image[None], columns=1, captions=(), tones=(), note="")).splitlines()[1:]
    characters = np.array([list(line.ljust(28)) for line in lines])
    stroke = samples.digit((1, 1, 1))[::2, :, 0] > 0
    assert characters.shape == (14, 28)
    beside = np.zeros_like(stroke)
    for step, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):
        beside |= np.roll(stroke, step, axis=axis)
    beside |= np.roll(beside, 1, axis=1) | np.roll(beside, -1, axis=1)
    assert (
        set(characters[stroke]) <= set("*#%@")
        and "@" in characters[stroke]
        and set(characters[~stroke & ~beside]) == {" "}
    )


def test_tones_differ_by_sign_as_well_as_by_color() -> None:
    text = printed(samples.pixels())
    assert "✓ digit 0" in text and "✗ digit 1" in text and "· digit 2" in text


def test_long_captions_are_cut_after_three_lines() -> None:
    figure = samples.pixels(captions=(LONG,) * 6, note="")
    lines = printed(figure, 90).splitlines()
    assert len(lines) == 1 + 2 * (14 + 3)
    assert sum("…" in line for line in lines) == 2


def test_evidence_is_a_color_and_without_color_a_sign() -> None:
    shown = colors_of(samples.evidence(), 120)
    assert np.array_equal(shown[:14, :28], samples.evidence().images[0, :14]), "for: the image's own colors"
    assert shown[26, 0, 2] > shown[26, 0, 0], "against: blue"
    lines = [line for line in printed(samples.evidence(), 120).splitlines() if set(line) <= set("+- ")]
    assert any("+" * 28 in line for line in lines) and any("-" * 28 in line for line in lines)


# Values


def test_a_matrix_of_ten_fits_80_columns_in_one_piece() -> None:
    lines = printed(samples.matrix(decimals=0), 80).splitlines()
    assert sum(line.strip().startswith("9 ") for line in lines) == 1
    assert re.search(r"3 +30 +31 +32 +33 +– +35", "\n".join(lines))
    assert "true ↓" in printed(samples.matrix()) and "predicted →" in printed(samples.matrix())


def test_a_matrix_too_wide_is_broken_into_panels_and_loses_no_number() -> None:
    figure = samples.matrix()
    shown = re.findall(r"\d+\.25", printed(figure, 40))
    assert sorted(map(float, shown)) == sorted(figure.values[~np.isnan(figure.values)])


def test_numbers_read_on_every_cell() -> None:
    cells = [
        segment.style
        for segment in segments(samples.matrix(), 80, "truecolor")
        if segment.style and segment.style.bgcolor and segment.text.strip().endswith(".25")
    ]
    assert len(cells) == 99
    for style in cells:
        assert style.color and style.bgcolor
        assert _contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor()) >= 4.5


def _contrast(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    def luminance(color: tuple[int, ...]) -> float:
        linear = [c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_bars_show_values_intervals_references_and_the_undefined() -> None:
    text = printed(samples.bars())
    assert "98.5 % [97.2, 99.8]" in text or "98.5 % [97.2, 99.7]" in text
    assert re.search(r"two +┊ +–$", text, re.MULTILINE)
    assert "┊ chance: 10.0 %" in text
    full, small = (line.count("█") for line in text.splitlines()[1:3])
    assert 5 < full / max(small, 1) < 20


def test_undefined_entries_of_a_table_are_dashes_and_never_zero() -> None:
    text = printed(samples.table(), 120)
    assert re.search(r"shape bias +– +0 ", text)
    assert re.search(r"easy accuracy +95\.24 +10000 ", text)


def test_a_narrow_table_turns_into_blocks_and_keeps_every_number() -> None:
    text = printed(samples.table(), 30)
    assert re.search(r"value \(%\) +95\.24", text) and re.search(r"images +10000", text)


def test_a_histogram_is_as_high_as_its_counts() -> None:
    figure = samples.histogram(edges=np.array([0.0, 1.0, 2.0, 3.0]), counts=np.array([0, 5, 10]))
    lines = printed(figure, 40).splitlines()[2:12]
    columns = np.array([list(line.ljust(40)) for line in lines])
    heights = {"".join(column).count("█") for column in columns.T}
    assert heights == {0, 5, 10}


def test_a_chart_names_its_axes_series_references_and_gaps() -> None:
    text = printed(samples.lines(), 100)
    for words in ("accuracy", "step", "• easy", "× hard", "+ never (no values)", "chance: 0.1"):
        assert words in text


def test_lines_differ_by_mark_without_color_and_by_color_with_it() -> None:
    assert {"•", "×"} <= set(printed(samples.lines()))
    dots = {
        segment.style.color.get_truecolor()
        for segment in segments(samples.lines(), 80, "truecolor")
        if segment.style and segment.style.color and re.search("[\u2801-\u28ff]", segment.text)
    }
    assert len(dots) == 2


def test_a_rising_line_rises() -> None:
    x = np.arange(50.0)
    figure = samples.lines(series=(Series(name="up", x=x, y=x),), references=(), low=None, high=None)
    rows = [line.partition("┤")[2] or line.partition("│")[2] for line in printed(figure, 60).splitlines()]
    columns = [row.index("•") for row in rows if "•" in row]
    assert len(columns) > 5 and columns == sorted(columns, reverse=True)


def test_where_a_stage_begins_a_line_stands_upright() -> None:
    x = np.arange(51.0)
    level = Series(name="level", x=x, y=np.full(51, 0.5))
    figure = samples.lines(series=(level,), references=(), marks=(Reference(name="second network", value=25.0),))
    text = printed(figure, 80)
    assert "┊ second network: 25" in text
    columns = {line.index("┊") for line in text.splitlines() if "┊" in line and "second" not in line}
    assert len(columns) == 1 and 38 <= columns.pop() <= 46, "in the middle"
    low = printed(figure, 24, height=8)
    assert low.count("┊") > 1 and "second network" not in low, "drawn, though there is no room for its name"
    beyond = printed(samples.lines(series=(level,), marks=(Reference(name="later", value=99.0),)), 80)
    assert beyond.count("┊") == 1, "named, but not in the plot"


def test_values_a_log_axis_cannot_show_are_gaps() -> None:
    y = np.array([1.0, 0.1, 0.0, -1.0, np.nan, np.inf, 0.01, 0.001])
    text = printed(samples.lines(series=(Series(name="loss", x=np.arange(8.0), y=y),), log_y=True, low=None, high=None))
    assert "log scale" in text and "0.001" in text and "0.1" in text


def test_a_long_series_keeps_its_extremes() -> None:
    y = np.zeros(100_000)
    y[54_321], y[12_345] = 1.0, -1.0
    figure = samples.lines(series=(Series(name="spikes", x=np.arange(1e5), y=y),), references=(), low=None, high=None)
    rows = [line for line in printed(figure, 80).splitlines() if "┤" in line or "│" in line]
    assert "•" in rows[0] and "•" in rows[-1]


def test_height_is_the_charts_own() -> None:
    short, tall = (printed(samples.lines(), 80, height=height).count("\n") for height in (8, 30))
    assert tall - short == 22


# Scales, outlines and marks


def test_a_fitted_matrix_names_the_ends_of_its_scale_beside_its_axes() -> None:
    figure = samples.matrix(decimals=0, unit="images", low=0.0, row_colors=(), column_colors=(), title="", note="")
    lines = printed(figure, 36, "truecolor", height=12).splitlines()
    assert len(lines) <= 13, "title and 12 lines"
    assert re.fullmatch(r"true ↓  predicted →  0 ▌+ 99", re.sub(r"\x1b\[[\d;]*m", "", lines[1]))
    shaded = printed(dataclasses.replace(figure, decimals=2), 36, height=12)
    assert re.search(r"predicted →  0\.00 +[░▒▓]+█ 99\.25", shaded), "cells without color and number have shades"
    crowded = printed(figure, 24, "truecolor", height=16).splitlines()
    assert "▌" not in crowded[1] and "▌" in crowded[-1], "where there is no room beside, it stands below"
    assert "▌" not in printed(figure, 24, "truecolor", height=12), "and it pushes nothing off"


def test_a_scale_through_zero_names_both_ends_and_zero() -> None:
    values = np.array([[-2.0, 1.0], [0.0, 4.0]])
    figure = samples.matrix(
        values=values, decimals=1, row_labels=("a", "b"), column_labels=("c", "d"), row_colors=(), column_colors=()
    )
    for height in (None, 14):
        text = re.sub(r"\x1b\[[\d;]*m", "", printed(figure, 60, "truecolor", height))
        assert re.search(r"-4\.0 ▌+ 0\.0 ▌+ 4\.0 %", text)


def test_an_overlay_has_a_scale_in_the_figures_units() -> None:
    signed, unsigned = samples.evidence(), samples.pixels(overlay=np.ones((6, 28, 28), dtype=np.float32))
    measured = samples.pixels(overlay=np.ones((6, 28, 28), dtype=np.float32), overlay_max=0.25)
    for figure, scale in (
        (signed, "against -max ▌+ 0 ▌+ max for, in color"),
        (unsigned, "evidence 0 ▌+ max, in color"),
        (measured, r"evidence 0 ▌+ 0\.25"),
        (samples.pixels(white=3.5), r"0 ▌+ 3\.5"),
    ):
        assert re.search(scale, re.sub(r"\x1b\[[\d;]*m", "", printed(figure, 90, "truecolor")))
        assert ("values from 0 to 3.5" if figure.white else "maximum or more") in printed(figure, 90)
    assert "-max" in printed(signed, 28, "truecolor"), "the words go first"


def test_what_is_near_the_background_has_an_outline_and_keeps_its_color() -> None:
    black, red = samples.digit((255, 255, 255)), np.full((28, 28, 3), (255, 0, 0), dtype=np.uint8)
    images = samples.pixels(images=np.stack([black, red]), columns=2, captions=(), tones=(), note="")
    first = re.sub(r"\x1b\[[\d;]*m", "", printed(images, 80, "truecolor")).splitlines()[1]
    assert first.startswith("▕▀") and "▀▏▀" in first and not first.rstrip().endswith("▏")
    assert "▕" not in printed(images, 80), "without color there is none to outline"
    bars = samples.bars(colors=((0, 0, 0), (255, 0, 0), (0, 0, 255)), intervals=None, references=())
    bar_segments = [segment for segment in segments(bars, 60, "truecolor") if "═" in segment.text]
    assert len(bar_segments) == 1 and bar_segments[0].style is not None
    assert bar_segments[0].style.bgcolor is not None and bar_segments[0].style.bgcolor.get_truecolor() == (0, 0, 0)


def test_curves_differ_by_marks_in_color_too() -> None:
    x = np.arange(100.0)
    series = tuple(Series(name=name, x=x, y=x * slope) for name, slope in (("up", 1.0), ("down", -1.0)))
    figure = samples.lines(series=series, references=(), low=None, high=None, note="")
    lines = re.sub(r"\x1b\[[\d;]*m", "", printed(figure, 80, "truecolor")).splitlines()
    legend, area = lines[2], "\n".join(lines[3:])
    assert "━•━ up" in legend and "━×━ down" in legend
    assert area.count("•") >= 3 and area.count("×") >= 3
    alone = re.sub(r"\x1b\[[\d;]*m", "", printed(samples.lines(series=series[:1], references=()), 80, "truecolor"))
    assert "━━ up" in alone and "•" not in alone
