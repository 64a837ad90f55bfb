"""How numbers are written, in every medium the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lazytui.figures.kinds import Bars, Cell, Interval, PartOf, Table

UNDEFINED = "–"
"""What stands where a value isn't defined; never 0, never an empty cell."""


def number(value: float | None, decimals: int) -> str:
    """A value with so many decimals; the undefined sign for None and NaN.

    >>> number(98.149, 1), number(-0.0001, 2), number(float("nan"), 2)
    ('98.1', '0.00', '–')
    """
    if value is None or math.isnan(value):
        return UNDEFINED
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text


def entry(cell: Cell, decimals: int) -> str:
    """A table's entry as text: floats with so many decimals, everything else as it is.

    >>> entry(Interval(3.24, 4.4), 1), entry(Interval(-1.0, 2.0, is_change=True), 1), entry(PartOf(93, 100), 1)
    ('3.2 to 4.4', '-1.0 to +2.0', '93/100')
    """
    match cell:
        case None | float():
            return number(cell, decimals)
        case Interval():
            return " to ".join(f"{end:{'+' if cell.is_change else ''}.{decimals}f}" for end in (cell.low, cell.high))
        case PartOf():
            return f"{cell.hits}/{cell.of}"
    return str(cell)


def add_unit(text: str, unit: str) -> str:
    """`98.1 %`: a number and its unit, if it has one; what is undefined stands without.

    >>> with_unit("98.1", "%"), with_unit("7", "")
    ('98.1 %', '7')
    """
    return f"{text} {unit}" if unit and text != UNDEFINED else text


def heading(name: str, unit: str) -> str:
    """`easy (%)`: a name and its unit, if it has one."""
    return f"{name} ({unit})" if unit else name


def significant_text(value: float) -> str:
    """A value of unknown size with up to four significant digits.

    >>> significant(0.1 + 0.2), significant(12345.0), significant(1e-7)
    ('0.3', '12345', '1e-07')
    """
    if not math.isfinite(value):
        return number(value, 0)
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.4g}"


def tick_labels(ticks: Sequence[float]) -> list[str]:
    """Labels of an axis' ticks, with the same number of decimals where that is at most four.

    >>> tick_labels([0.0, 0.25, 0.5]), tick_labels([0.0, 100.0]), tick_labels([0.001, 1.0, 1e6])
    (['0.00', '0.25', '0.50'], ['0', '100'], ['0.001', '1', '1e+06'])
    """
    texts = [significant_text(tick) for tick in ticks]
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    uneven = any("e" in text for text in texts) or decimals > 4 or _decades(ticks) > 2
    return texts if uneven else [f"{tick:.{decimals}f}" for tick in ticks]


def _decades(values: Sequence[float]) -> float:
    sizes = [abs(value) for value in values if value]
    return math.log10(max(sizes) / min(sizes)) if sizes else 0.0


def is_numeric(figure: Table, column: int) -> bool:
    """Whether a column holds numbers, undefined ones included, and so stands flush right."""
    cells = [row[column] for row in figure.rows if row[column] is not None]
    return bool(cells) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)


def value_texts(figure: Bars) -> list[str]:
    """What stands beside each bar: the value with its unit, and its interval."""
    texts = [add_unit(number(float(value), figure.decimals), figure.unit) for value in figure.values]
    if figure.intervals is None:
        return texts
    ends = [[number(float(end), figure.decimals) for end in interval] for interval in figure.intervals]
    return [
        text if math.isnan(float(value)) or UNDEFINED in (low, high) else f"{text} [{low}, {high}]"
        for text, value, (low, high) in zip(texts, figure.values, ends, strict=True)
    ]
