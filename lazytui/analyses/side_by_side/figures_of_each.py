"""What figures of several networks share: a table with a column each, and the figures that each has by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lazytui.analyses import analysis
from lazytui.analyses.side_by_side.result import SideBySideResult
from lazytui.figures.kinds import Column, Figure, Table

Value = float | int | None


def summary(result: SideBySideResult, title: str, note: str, rows: Mapping[str, Sequence[Value]]) -> Table:
    """rows: a value of each network, by what it is."""
    return Table(
        name="summary",
        title=title,
        note=note,
        columns=(Column(name="measure"), *(Column(name=name, decimals=3) for name in result.names)),
        rows=tuple((name, *values) for name, values in rows.items()),
    )


def figures_of_each(result: SideBySideResult, names: Sequence[str]) -> Iterator[Figure]:
    """The figures of these names, of one network after the other for each name."""
    every = [
        {figure.name: figure for figure in analysis(result.kind).figures(part.params, part.result)}
        for part in result.parts
    ]
    for name in names:
        for number, (called, figures_by_name) in enumerate(zip(result.names, every, strict=True), start=1):
            if name in figures_by_name:
                yield replace(
                    figures_by_name[name], name=f"{name}-{number}", title=f"{called}: {figures_by_name[name].title}"
                )


def percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
