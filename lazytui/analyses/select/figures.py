"""The choice without labels, and the choice by the hard split."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lazytui.figures.kinds import Cell, Column, Figure, Lines, Series, Share, Table, Text
from lazytui.groups.selectors import PREFERRED, SELECTORS

if TYPE_CHECKING:
    from lazytui.analyses.select.params import SelectParams
    from lazytui.analyses.select.result import SelectResult


def figures(_params: SelectParams, result: SelectResult) -> list[Figure]:
    return [_verdict(result), _choices(result), _scatter(result), _candidates(result)]


def _verdict(result: SelectResult) -> Text:
    chosen = [_choice(result, name) for name in (*PREFERRED, "accuracy")]
    best = result.best
    undefined = [name for name, index in result.chosen.items() if index is None]
    return Text(
        name="verdict",
        title="Chosen without labels",
        paragraphs=tuple(
            filter(
                None,
                (
                    *chosen,
                    f"The best by hard accuracy, which no selector reads, is {result.candidates[best]}: "
                    f"{100 * result.hard[best]:.1f} %.",
                    f"Environments are inferred from {result.plain}, on {result.images:,} held-out images of the same "
                    "bias.",
                    f"Undefined, since too few images are in a part or show the property: {', '.join(undefined)}."
                    if undefined
                    else "",
                ),
            )
        ),
    )


def _choice(result: SelectResult, selector: str) -> str:
    index = result.chosen.get(selector)
    regret = None if index is None else result.regret_of(selector)
    if index is None or regret is None:
        return ""
    return (
        f"{selector.capitalize()} chooses {result.candidates[index]}: hard accuracy {100 * result.hard[index]:.1f} %, "
        f"{100 * regret:.1f} points under the best."
    )


def _choices(result: SelectResult) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in result.selectors:
        index, regret, rank = result.chosen[name], result.regret_of(name), result.agreement_of(name)
        chosen: tuple[Cell, ...] = (
            (None, None) if index is None else (result.candidates[index], 100 * float(result.hard[index]))
        )
        decides = int(result.fewest[result.selectors.index(name)])
        rows.append(
            (name, decides, *chosen, None if regret is None else 100 * regret, rank if math.isfinite(rank) else None)
        )
    return Table(
        name="choices",
        title="What each selector chooses",
        note="images: in the smallest part that counts. hard: accuracy of the chosen network on conflicting images. "
        "regret: the best hard accuracy less that. rank: Spearman's correlation with the true worst-group accuracy, "
        "over all candidates. " + " ".join(f"{name}: {SELECTORS[name]}" for name in result.selectors),
        columns=(
            Column(name="selector"),
            Column(name="images"),
            Column(name="chooses"),
            Column(name="hard", unit="%"),
            Column(name="regret", unit="points"),
            Column(name="rank", decimals=2),
        ),
        rows=tuple(rows),
    )


def _scatter(result: SelectResult) -> Lines:
    return Lines(
        name="scatter",
        title="Hard accuracy against each selector",
        note="One point per candidate.",
        shares=(Share("each selector", result.images),),
        series=tuple(
            Series(name=name, x=100 * column, y=100 * result.hard)
            for name, column in zip(result.selectors, result.values.T, strict=True)
            if name != "last"
        ),
        x_label="selector (%)",
        y_label="hard accuracy (%)",
        joined=False,
    )


def _candidates(result: SelectResult) -> Table:
    selectors = [name for name in result.selectors if name != "last"]
    columns = [result.selectors.index(name) for name in selectors]
    rows: list[tuple[Cell, ...]] = []
    for index in (-result.hard).argsort(kind="stable").tolist():
        values = [100 * float(result.values[index, column]) for column in columns]
        worst = float(result.worst_group[index])
        shown: list[Cell] = [value if math.isfinite(value) else None for value in (*values, 100 * worst)]
        rows.append((result.candidates[index], *shown[:-1], 100 * float(result.hard[index]), shown[-1]))
    return Table(
        name="candidates",
        title="All candidates",
        note="class, environment, group: the lowest accuracy of each. swap: accuracy less the largest loss. hard and "
        "true group (worst-group accuracy) are for comparison: no selector reads them.",
        columns=(
            Column(name="network"),
            *(Column(name=name.removeprefix("worst "), unit="%") for name in selectors),
            Column(name="hard", unit="%"),
            Column(name="true group", unit="%"),
        ),
        rows=tuple(rows),
        ordered_by="hard",
    )
