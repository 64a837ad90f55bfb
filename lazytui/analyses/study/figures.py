"""A study over the bias: how each method fares as counterexamples get rarer, beside what papers report."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence

import numpy as np

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.trainings.recipe_groups import Group
from lazytui.figures.kinds import Cell, Column, Figure, Lines, Series, Table
from lazytui.files.package_data import package_folder

_PUBLISHED = "unbiased_accuracy"


def by_bias(groups: Sequence[Group], rank: str) -> list[Figure]:
    """The rank metric over the share of counterexamples, where there are several; and the published figures."""
    return [*_lines(groups, rank), *_published(groups)]


def _conflicting(group: Group) -> float:
    """In percent."""
    return round(100 * group.trainings.conflicting_share, 6)


def _methods(groups: Sequence[Group]) -> dict[str, list[Group]]:
    """The groups by method, those with the most counterexamples first."""
    ordered = sorted(groups, key=_conflicting, reverse=True)
    return {method: [g for g in ordered if g.method == method] for method in dict.fromkeys(g.method for g in groups)}


def _lines(groups: Sequence[Group], rank: str) -> list[Figure]:
    if len({_conflicting(group) for group in groups}) < 2:
        return []
    title = METRICS[rank].title
    series = []
    for method, own in _methods(groups).items():
        means = [(_conflicting(group), group.mean(rank).mean) for group in own]
        points = np.array([(x, np.nan if y is None else y) for x, y in means], dtype=np.float64)
        series.append(Series(name=method, x=points[:, 0], y=points[:, 1]))
    return [
        Lines(
            name="by-bias",
            title=f"{title.capitalize()} by the share of counterexamples",
            note="Means over seeds. Counterexamples: training images that wear another color than their digit's.",
            series=tuple(series),
            x_label="counterexamples (%)",
            y_label=f"{title} (%)",
        )
    ]


@functools.cache
def published() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """By method and percentage of counterexamples: under `unbiased_accuracy` ours, under `elsewhere` others."""
    with (package_folder("assets") / "published.toml").open("rb") as file:
        return tomllib.load(file)


def _published(groups: Sequence[Group]) -> list[Table]:
    """Measured beside reported, for the percentages of counterexamples that papers report."""
    reported = published()[_PUBLISHED]
    shares = [share for share in next(iter(reported.values())) if float(share) in {_conflicting(g) for g in groups}]
    if not shares:
        return []
    rows: list[tuple[Cell, ...]] = []
    for method, own in _methods(groups).items():
        means = {f"{_conflicting(group):g}": group.mean(_PUBLISHED).mean for group in own}
        rows.append((method, *(x for s in shares for x in (means.get(s), reported.get(method, {}).get(s)))))
    rows += [
        (f"{name} (not here)", *(x for s in shares for x in (None, own.get(s)))) for name, own in _published_elsewhere()
    ]
    columns = [Column(name=name) for share in shares for name in (f"{share} %: ours", f"{share} %: papers")]
    return [
        Table(
            name="published",
            title="Unbiased accuracy beside what papers report",
            note="In percent, by the share of counterexamples in the training data. Papers color other digits than "
            "these, train longer and often pick the best epoch on the test set: a yardstick, not the same test.",
            columns=(Column(name="method"), *columns),
            rows=tuple(rows),
        )
    ]


def _published_elsewhere() -> list[tuple[str, Mapping[str, float]]]:
    return list(published()["elsewhere"].items())
