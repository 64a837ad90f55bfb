"""How every class depends on its own value and on its own concept, beside random concepts; and on all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.concepts.result import ConceptsResult, own_classes, own_value_rows
from lazytui.analyses.networks.class_choice import class_cell
from lazytui.data.content import NO_CLASS
from lazytui.figures.kinds import Cell, Column, Figure, Interval, Matrix, Share, Table, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lazytui.analyses.concepts.params import ConceptsParams

_LEVEL = 0.05


def figures(_params: ConceptsParams, result: ConceptsResult) -> list[Figure]:
    return [
        _verdict(result),
        _own(result),
        *([_of_values(result)] if result.content.values else []),
        _of_classes(result),
    ]


def _verdict(result: ConceptsResult) -> Text:
    content, own = result.content, own_classes(result.content)
    values, classes = own_value_rows(content), range(len(content.values), len(own))
    risen, of_class = (sum(_dependence(result, row, own[row]) == "for" for row in rows) for rows in (values, classes))
    by_value = f"rises with the class's own {content.attribute}, and of {of_class} of {len(classes)} with"
    sentence = (
        f"At {result.layer}, the score of {risen} of {len(values)} classes {by_value} its own {content.label}, more "
        "than with random images."
        if values
        else f"At {result.layer}, the score of {of_class} of {len(classes)} classes rises with the class's own images "
        "more than with random ones."
    )
    caution = (
        "A score says how often the class's score rises, not by how much; ablation shows that, and repainting where "
        "images can be repainted."
    )
    return Text(name="verdict", title="Concepts that classes depend on", paragraphs=(f"{sentence} {caution}",))


def _own(result: ConceptsResult) -> Table:
    content, rows = result.content, list[tuple[Cell, ...]]()
    for row, (name, label) in enumerate(zip(_names(result), own_classes(content), strict=True)):
        if label == NO_CLASS:
            continue
        low, high = 100 * np.quantile(result.random[label], [0.025, 0.975])
        rows.append(
            (
                class_cell(content.classes[label]),
                name,
                100 * float(result.scores[row, label].mean()),
                Interval(float(low), float(high)),
                p_value(result.scores[row, label], result.random[label]),
                _dependence(result, row, label),
                100 * float(result.accuracy[row]),
            )
        )
    runs, random = result.scores.shape[2], result.random.shape[1]
    return Table(
        name="concepts",
        title=f"Each class and its own {content.attribute} and {content.label}" if content.values else "Each class",
        note="score: share of the class's images whose class score rises along the concept's vector, mean over "
        f"{runs} vectors. random: the middle 95 % of {random} vectors of random images. p: of these two, by Welch's "
        f"two-sided t-test. verdict: for or against the class, where p is below .05 / {len(result.scores)} "
        "(Bonferroni). accuracy: balanced accuracy of the vectors on images that they weren't fitted to; 50 % by "
        "chance.",
        shares=tuple(
            Share(f"class {name}", int(count)) for name, count in zip(content.classes, result.images, strict=True)
        ),
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
    content = result.content
    return [*content.values, *(f"{content.label} {name}" for name in content.classes)]


def p_value(scores: NDArray[np.float64], random: NDArray[np.float64]) -> float:
    """Of Welch's two-sided t-test; where neither varies, 1 if they are the same and 0 if not."""
    from scipy.stats import ttest_ind_from_stats

    if np.ptp(scores) == np.ptp(random) == 0:
        return float(scores[0] == random[0])
    of_each = ((values.mean(), values.std(ddof=1), len(values)) for values in (scores, random))
    return float(ttest_ind_from_stats(*(number for one in of_each for number in one), equal_var=False).pvalue)


def _dependence(result: ConceptsResult, row: int, label: int) -> str:
    scores, random = result.scores[row, label], result.random[label]
    if p_value(scores, random) >= _LEVEL / len(result.scores):
        return "as random"
    return "for" if scores.mean() > random.mean() else "against"


def _of_values(result: ConceptsResult) -> Matrix:
    return _matrix(result, "colors", result.content.attribute, slice(0, len(result.content.values)))


def _of_classes(result: ConceptsResult) -> Matrix:
    return _matrix(result, "digits", result.content.label, slice(len(result.content.values), None))


def _matrix(result: ConceptsResult, name: str, kind: str, rows: slice) -> Matrix:
    """kind: of concepts, in a word. rows: theirs."""
    own, number = own_classes(result.content)[rows], len(result.content.classes)
    diagonal = "On the diagonal are a class and its own. " if own == list(range(number)) else ""
    return Matrix(
        name=name,
        title=f"TCAV scores of the {result.content.labels if name == 'digits' else f'{kind}s'}",
        note=f"Share of the images of a class (column) whose class score rises along the vector of a {kind} "
        f"(row). {diagonal}50 % is no preference.",
        values=100 * result.scores[rows].mean(2),
        row_labels=tuple(_names(result)[rows]),
        column_labels=result.content.classes,
        row_axis=kind,
        column_axis="class",
        unit="%",
        decimals=0,
        low=0.0,
        high=100.0,
    )
