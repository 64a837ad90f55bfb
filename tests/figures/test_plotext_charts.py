"""plotext behind its one module: points stand where they are said to, drawings don't disturb each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from rich.style import Style

from lazytui.figures.kinds import Bars, Series
from lazytui.figures.terminal.plotext_charts import BRAILLE, Frame, Stroke, XAxis, block, plot
from tests.figures import samples
from tests.figures.test_terminal import printed, segments


def texts(lines: list[list[object]]) -> list[str]:
    return ["".join(segment.text for segment in line) for line in lines]  # type: ignore[attr-defined]


def point(x: float, y: float, mark: str, style: Style) -> Stroke:
    return Stroke(np.array([x]), np.array([y]), mark, style, np.array([False]))


@pytest.mark.parametrize("columns", [1, 2, 7, 20, 113, 187])
def test_every_cell_is_where_it_is_said_to_be(columns: int) -> None:
    rows = 5
    for frame, left in ((None, 0), (Frame([(0.5, "0")], [(0.5, "-10")]), 4)):
        for column in range(columns):
            row = column % rows
            lines = texts(plot(columns, rows, [point(column + 0.5, row + 0.5, "•", Style())], frame))
            assert [line.find("•") for line in lines[:rows]][::-1][row] == left + column
            assert {len(line) for line in lines} == {left + columns}


def test_every_dot_of_a_cell_is_where_it_is_said_to_be() -> None:
    axis = XAxis(0.0, 39.0, 20)
    dots = "⡀⠄⠂⠁⢀⠠⠐⠈"
    for x in range(40):
        for dot in range(4):
            stroke = point((axis.dots(np.array([float(x)]))[0] + 0.5) / 2, (dot + 0.5) / 4, BRAILLE, Style())
            (line,) = texts(plot(20, 1, [stroke]))
            assert line.find(dots[x % 2 * 4 + dot]) == x // 2 == axis.column(x)


@pytest.mark.parametrize("mark", [BRAILLE, "•"])
def test_a_stroke_is_all_of_its_lines_level_ones_and_those_that_turn_back_too(mark: str) -> None:
    rng = np.random.default_rng(0)
    for points in (0, 1, 2, *[5] * 40):
        x, y = (rng.integers(0, 40, points) + 0.5) / 2, (rng.integers(0, 3, points) + 0.5) / 4
        joined = rng.random(points) < 0.7
        joined[:1] = False
        line_by_line = [
            Stroke(x[max(i - 1, 0) :][:2], y[max(i - 1, 0) :][:2], mark, Style(), np.array([False, joined[i]]))
            if i
            else point(x[0], y[0], mark, Style())
            for i in range(points)
        ]
        assert plot(20, 1, [Stroke(x, y, mark, Style(), joined)]) == plot(20, 1, line_by_line)


def test_a_bar_is_as_long_as_it_is_said_to_be_lying_or_standing() -> None:
    for eighths in range(33):
        full, rest = divmod(eighths, 8)
        (line,) = texts(plot(4, 1, block(0, eighths, 0.5, Style(), upright=False)))
        assert line.rstrip() == "█" * full + "▏▎▍▌▋▊▉"[rest - 1 : rest] * bool(rest)
        column = texts(plot(1, 4, block(0, eighths, 0.5, Style(), upright=True)))
        assert "".join(reversed(column)).rstrip() == "█" * full + "▁▂▃▄▅▆▇"[rest - 1 : rest] * bool(rest)


def test_styles_of_any_number_come_back_and_backgrounds_end_with_their_cells() -> None:
    styles = [Style(color=f"#{number:06x}") for number in range(300)]
    (line,) = plot(300, 1, [point(number + 0.5, 0.5, "•", style) for number, style in enumerate(styles)])
    assert [segment.style for segment in line] == styles
    (line,) = plot(3, 1, [point(0.5, 0.5, "•", Style(bgcolor="red"))])
    assert [segment.text for segment in line] == ["•", "  "]


def test_charts_drawn_at_once_in_threads_are_those_drawn_one_by_one() -> None:
    figures = [samples.lines(), samples.bars(), samples.histogram(), samples.lines(log_y=True, low=None)] * 3
    alone = [printed(figure, 90, "truecolor") for figure in figures]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda figure: printed(figure, 90, "truecolor"), figures)) == alone


@pytest.mark.parametrize("points", [4, 12, 500])
def test_curves_that_lie_upon_each_other_are_both_seen(points: int) -> None:
    x = np.linspace(0, 1, points)
    series = tuple(Series(name=name, x=x, y=x) for name in ("one", "other"))
    chart = segments(samples.lines(series=series, references=()), 100, "truecolor")
    colors = [
        segment.style.color for segment in chart if segment.style and any("\u2800" < c < "\u2900" for c in segment.text)
    ]
    assert len(set(colors)) == 2


def test_bars_of_either_sign_begin_at_zero_and_the_least_is_seen() -> None:
    figure = Bars(name="x", title="x", labels=("a", "b", "c"), values=np.array([-10.0, 10.0, 0.001]), low=-10, high=10)
    strips = [line[2:74] for line in printed(figure, 80).splitlines()[1:4]]
    filled = [{column for column, character in enumerate(strip) if character in "█▏▌"} for strip in strips]
    assert filled[0].isdisjoint(filled[1]) and max(filled[0]) + 1 == min(filled[1]) == min(filled[2])
    assert abs(len(filled[0]) - len(filled[1])) <= 1 and len(filled[2]) == 1
