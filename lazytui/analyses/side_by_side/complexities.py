"""The local learning coefficients of several networks: estimates with their intervals, and the chains."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from lazytui.analyses.llc.params import LlcParams
from lazytui.analyses.llc.result import LlcResult
from lazytui.analyses.side_by_side.figures_of_each import figures_of_each
from lazytui.analyses.side_by_side.result import SideBySideResult
from lazytui.figures.kinds import Cell, Column, Figure, Interval, Table, Text


def complexity_figures(result: SideBySideResult) -> list[Figure]:
    """First the estimates and how they differ, then each one's chains."""
    return [*_unequal_settings(result), _estimates(result), _differences(result), *figures_of_each(result, ("traces",))]


def _found(result: SideBySideResult) -> list[LlcResult]:
    return [part.result for part in result.parts]


_OF_THE_NETWORK = {"run", "model", "device", "source", "seed"}


def _unequal_settings(result: SideBySideResult) -> list[Text]:
    """A warning where the chains were asked different things: such numbers can't be compared."""
    params = [part.params for part in result.parts]
    names = [name for name in LlcParams.model_fields if name not in _OF_THE_NETWORK]
    unequal = [name for name in names if len({str(getattr(one, name)) for one in params}) > 1]
    if not unequal:
        return []
    settings = ", ".join(name.replace("_", " ") for name in unequal)
    return [
        Text(
            name="settings",
            title="Not the same settings",
            paragraphs=(
                f"The chains differ in {settings}, so the estimates can't be compared: use the same settings for all.",
            ),
        )
    ]


def _estimates(result: SideBySideResult) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            name,
            one.llc,
            None if one.llc_low is None or one.llc_high is None else Interval(one.llc_low, one.llc_high),
            one.llc_deviation,
            one.llc_r_hat,
            one.loss_at_weights,
            one.slope_at_weights,
        )
        for name, one in zip(result.names, _found(result), strict=True)
    ]
    return Table(
        name="summary",
        title="LLC side by side",
        note="95 %: interval of the mean over chains. deviation: between chains. R-hat: 1 where all halves of chains "
        "agree. loss, slope: of the training loss before the chains move. A dash: chains diverged.",
        columns=(
            Column(name="network"),
            Column(name="LLC", decimals=2),
            Column(name="95 %", decimals=2),
            Column(name="deviation", decimals=2),
            Column(name="R-hat", decimals=2),
            Column(name="loss", decimals=4),
            Column(name="slope", decimals=3),
        ),
        rows=tuple(rows),
    )


def _differences(result: SideBySideResult) -> Table:
    pairs = combinations(zip(result.names, _found(result), strict=True), 2)
    return Table(
        name="differences",
        title="Differences of LLC",
        note="Of the means over chains, with Welch's 95 % interval and p-value: chains of one network vary by chance, "
        "but they say nothing about other seeds of its training.",
        columns=(
            Column(name="second - first"),
            Column(name="difference", decimals=2),
            Column(name="95 %", decimals=2),
            Column(name="p", decimals=4),
        ),
        rows=tuple((f"{other} - {name}", *_welch(one, another)) for (name, one), (other, another) in pairs),
    )


def _welch(one: LlcResult, another: LlcResult) -> tuple[Cell, ...]:
    if not (np.isfinite(one.coefficient).all() and np.isfinite(another.coefficient).all()):
        return None, None, None
    from scipy.stats import ttest_ind

    test = ttest_ind(another.coefficient, one.coefficient, equal_var=False)
    low, high = test.confidence_interval()
    difference = float(another.coefficient.mean() - one.coefficient.mean())
    if not np.isfinite([low, high, test.pvalue]).all():
        return difference, None, None
    return difference, Interval(float(low), float(high)), float(test.pvalue)
