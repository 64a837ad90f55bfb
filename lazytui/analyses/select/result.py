"""What `select` finds: what each candidate is worth by each selector, and what it is worth in truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.groups.selectors import PREFERRED, SELECTORS, rank_correlation
from lazytui.runs.results.result_contents import ANY, Count, Damaged, Name, counts, numbers, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields

if TYPE_CHECKING:
    from lazytui.analyses.select.params import SelectParams


@dataclass(frozen=True, kw_only=True, eq=False)
class SelectResult:
    """candidates: what each is called; runs: its training; steps: (candidates,), after how many steps. selectors: by
    which is chosen; values: (candidates, selectors), NaN where undefined. hard, worst_group: (candidates,), accuracy on
    conflicting images and of the worst true group, which no selector reads. images: that selectors read; fewest:
    (selectors,), of these in the smallest part that is counted.

    regret: the largest hard accuracy less that of the candidate which the preferred selector chooses.
    """

    regret: Annotated[float | None, ANY]
    candidates: tuple[Name, ...]
    runs: tuple[Name, ...]
    selectors: tuple[Name, ...]
    plain: Name
    images: Count
    steps: Annotated[NDArray[np.int64], counts("candidates")]
    fewest: Annotated[NDArray[np.int64], counts("selectors")]
    values: Annotated[NDArray[np.float64], numbers("candidates", "selectors")]
    hard: Annotated[NDArray[np.float64], shares("candidates").defined]
    worst_group: Annotated[NDArray[np.float64], shares("candidates")]

    @cached_property
    def chosen(self) -> dict[str, int | None]:
        """The candidate that each selector takes: the first of the largest; None where it is undefined of all."""
        choices: dict[str, int | None] = {}
        for name, column in zip(self.selectors, self.values.T, strict=True):
            defined = np.isfinite(column)
            choices[name] = int(np.where(defined, column, -np.inf).argmax()) if defined.any() else None
        return choices

    @property
    def best(self) -> int:
        """The candidate that the hard split would have chosen."""
        return int(self.hard.argmax())

    @property
    def preferred(self) -> str:
        """The selector to go by: that of the exchanged properties where it is defined, else of groups, or
        environments."""
        return next((name for name in PREFERRED if self.chosen.get(name) is not None), PREFERRED[-1])

    def regret_of(self, selector: str) -> float | None:
        """The largest hard accuracy less that of the candidate which it chooses."""
        chosen = self.chosen[selector]
        return None if chosen is None else float(self.hard[self.best] - self.hard[chosen])

    def agreement_of(self, selector: str) -> float:
        """Spearman's correlation of a selector with the accuracy of the true worst group; NaN where undefined."""
        return rank_correlation(self.values[:, self.selectors.index(selector)], self.worst_group)


def read(_params: SelectParams, saved: Result) -> SelectResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    result = read_fields(SelectResult, saved)
    if not len(result.candidates) == len(result.runs) == len(result.hard):
        raise Damaged("it names other candidates than it has values of")
    if len(result.selectors) != result.values.shape[1] or set(result.selectors) - SELECTORS.keys():
        raise Damaged("it names other selectors than it has values of")
    if len(set(result.selectors)) < len(result.selectors):
        raise Damaged("it names a selector twice")
    return result
