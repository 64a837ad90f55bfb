"""How every class depends on its own color and on its own digit, beside random concepts; and on all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.concepts.result import KINDS, ConceptsResult
from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Cell, Column, Figure, Interval, Matrix, Share, Table, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lazytui.analyses.concepts.params import ConceptsParams

_LEVEL = 0.05


def figures(_params: ConceptsParams, result: ConceptsResult) -> list[Figure]:
    return [_verdict(result), _own(result), *(_matrix(result, kind) for kind in range(len(KINDS)))]


def _verdict(result: ConceptsResult) -> Text:
    colors, digits = (sum(_dependence(result, row, row % 10) == "for" for row in _rows(kind)) for kind in (0, 1))
    sentence = (
        f"At {result.layer}, the score of {colors} of 10 classes rises with the class's own color, and of {digits} of "
        "10 with its own digit, more than with random images."
    )
    caution = "A score says how often the class's score rises, not by how much; repainting and ablation show that."
    return Text(name="verdict", title="Concepts that classes depend on", paragraphs=(f"{sentence} {caution}",))


def _rows(kind: int) -> range:
    return range(10 * kind, 10 * kind + 10)


def _own(result: ConceptsResult) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for row, name in enumerate(_names(result)):
        digit = row % 10
        low, high = 100 * np.quantile(result.random[digit], [0.025, 0.975])
        rows.append(
            (
                digit,
                name,
                100 * float(result.scores[row, digit].mean()),
                Interval(float(low), float(high)),
                p_value(result.scores[row, digit], result.random[digit]),
                _dependence(result, row, digit),
                100 * float(result.accuracy[row]),
            )
        )
    runs, random = result.scores.shape[2], result.random.shape[1]
    return Table(
        name="concepts",
        title="Each class and its own color and digit",
        note="score: share of the class's images whose class score rises along the concept's vector, mean over "
        f"{runs} vectors. random: the middle 95 % of {random} vectors of random images. p: of these two, by Welch's "
        f"two-sided t-test. verdict: for or against the class, where p is below .05 / {len(rows)} (Bonferroni). "
        "accuracy: balanced accuracy of the vectors on images that they weren't fitted to; 50 % by chance.",
        shares=tuple(Share(f"class {digit}", int(count)) for digit, count in enumerate(result.images)),
        columns=(
            Column(name="class"),
            Column(name="concept"),
            Column(name="score", unit="%", decimals=0),
            Column(name="random", unit="%", decimals=0),
            Column(name="p", decimals=4),
            Column(name="verdict"),
            Column(name="accuracy", unit="%", decimals=0),
        ),
        rows=tuple(rows),
    )


def _names(result: ConceptsResult) -> list[str]:
    ten = palette(result.palette_name)
    return [*(ten.color_name(color) for color in range(10)), *(f"digit {digit}" for digit in DIGITS)]


def p_value(scores: NDArray[np.float64], random: NDArray[np.float64]) -> float:
    """Of Welch's two-sided t-test; where neither varies, 1 if they are the same and 0 if not."""
    from scipy.stats import ttest_ind_from_stats

    if np.ptp(scores) == np.ptp(random) == 0:
        return float(scores[0] == random[0])
    of_each = ((values.mean(), values.std(ddof=1), len(values)) for values in (scores, random))
    return float(ttest_ind_from_stats(*(number for one in of_each for number in one), equal_var=False).pvalue)


def _dependence(result: ConceptsResult, row: int, digit: int) -> str:
    scores, random = result.scores[row, digit], result.random[digit]
    if p_value(scores, random) >= _LEVEL / len(result.scores):
        return "as random"
    return "for" if scores.mean() > random.mean() else "against"


def _matrix(result: ConceptsResult, kind: int) -> Matrix:
    rows = _rows(kind)
    return Matrix(
        name=f"{KINDS[kind]}s",
        title=f"TCAV scores of the {KINDS[kind]}s",
        note=f"Share of the images of a class (column) whose class score rises along the vector of a {KINDS[kind]} "
        "(row). On the diagonal are a class and its own. 50 % is no preference.",
        values=100 * result.scores[rows.start : rows.stop].mean(2),
        row_labels=tuple(_names(result)[row] for row in rows),
        column_labels=DIGITS,
        row_axis=KINDS[kind],
        column_axis="class",
        unit="%",
        decimals=0,
        low=0.0,
        high=100.0,
    )
