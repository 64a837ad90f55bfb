"""A study over the bias: how each method fares as counterexamples get rarer, beside what papers report."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.study.sweep import Axis, Combining, value_text
from lazytui.analyses.trainings.recipe_groups import Group
from lazytui.data.content import Content
from lazytui.figures.kinds import Cell, Column, Figure, Lines, Matrix, Series, Table
from lazytui.files.package_data import package_folder
from lazytui.training.settings import AllMethodOptions

_PUBLISHED = "unbiased_accuracy"


def by_bias(groups: Sequence[Group], rank: str, axes: Sequence[Axis] = ()) -> list[Figure]:
    """The rank metric over the share of counterexamples, where there are several; and the published figures, unless
    other options are swept, too."""
    return [*_lines(groups, rank, axes), *([] if axes else _published(groups))]


def by_swept_value(
    groups: Sequence[Group], axes: Sequence[Axis], rank: str, combining: Combining = "every"
) -> list[Figure]:
    """The rank metric by each swept option: over its numbers as lines, beside easy accuracy; by its names as a matrix.

    Options that are swept side by side move together, so that one figure stands for all of them; of those that vary
    alone, each has the trainings in which the others have their first values.
    """
    if combining == "zipped":
        return [_by_axis(groups, axes[0], axes[1:], (), rank)] if groups and axes else []
    charts = []
    for axis in axes:
        others = [other for other in axes if other is not axis]
        own = [group for group in groups if _at_first_values(group, others)] if combining == "alone" else groups
        if own:
            charts.append(_by_axis(own, axis, (), () if combining == "alone" else others, rank))
    return charts


def _at_first_values(group: Group, axes: Sequence[Axis]) -> bool:
    recipe = group.trainings.recipe
    return all(recipe.get(axis.name) in (None, axis.values[0]) for axis in axes)


def _by_axis(
    groups: Sequence[Group], axis: Axis, together: Sequence[Axis], others: Sequence[Axis], rank: str
) -> Figure:
    """together: options that move with this one. others: those whose every value has a curve of its own."""
    title = METRICS[rank].title
    curves = _groups_by_curve(groups, [other.name for other in others])
    also = "".join(f"; with it {other.title} {', '.join(map(value_text, other.values))}" for other in together)
    once = " A method that doesn't read it has one value for all." if axis.name in AllMethodOptions.OPTIONS else ""
    shared: dict[str, Any] = {
        "name": f"by-{axis.name.replace('_', '-')}",
        "title": f"{title.capitalize()} by {axis.title}",
        "note": f"Means over seeds, in percent. {axis.title}: {', '.join(map(value_text, axis.values))}{also}.{once}",
    }
    if axis.numeric:
        metrics = dict.fromkeys((rank, "easy_accuracy"))
        series = [
            one for metric in metrics for one in _over_numbers(curves, axis, metric, "" if metric == rank else metric)
        ]
        return Lines(**shared, series=tuple(series), x_label=axis.title, y_label="%")
    return Matrix(
        **shared,
        values=_by_curve_and_value(curves, axis, rank),
        row_labels=tuple(curves),
        column_labels=tuple(map(value_text, axis.values)),
        row_axis="method",
        column_axis=axis.title,
        decimals=1,
        low=0.0,
        high=100.0,
    )


def _over_numbers(curves: Mapping[str, Sequence[Group]], axis: Axis, metric: str, metric_name: str) -> Iterator[Series]:
    """metric_name: the metric, to stand in the names of its curves."""
    order = np.argsort(axis.values)
    across = np.array(axis.values, dtype=np.float64)[order]
    for name, row in zip(curves, _by_curve_and_value(curves, axis, metric), strict=True):
        yield Series(name=f"{name}, {METRICS[metric_name].title}" if metric_name else name, x=across, y=row[order])


def _by_curve_and_value(curves: Mapping[str, Sequence[Group]], axis: Axis, metric: str) -> NDArray[np.float64]:
    """(curves, values): means in percent; NaN where nothing was trained."""
    values = np.full((len(curves), len(axis.values)), np.nan)
    for row, own in enumerate(curves.values()):
        for group in own:
            values[row, _places(group, axis)] = _mean(group, metric)
    return values


def _groups_by_curve(groups: Sequence[Group], others: Sequence[str], *, bias: bool = True) -> dict[str, list[Group]]:
    """The groups by method, and by what else differs between them: the other swept options, and the bias unless that is
    what a figure is over."""
    options = ("bias", *others) if bias else others
    names = [name for name in options if len({str(group.trainings.recipe.get(name)) for group in groups}) > 1]
    curves: dict[str, list[Group]] = {}
    for group in groups:
        recipe = group.trainings.recipe
        settings = [f"{name.replace('_', ' ')} {value_text(recipe[name])}" for name in names if name in recipe]
        curves.setdefault(" · ".join((group.method, *settings)), []).append(group)
    return curves


def _mean(group: Group, rank: str) -> float:
    mean = group.mean(rank).mean
    return float("nan") if mean is None else mean


def _places(group: Group, axis: Axis) -> list[int]:
    """Where a group stands along an axis: everywhere, if its method doesn't read the option."""
    recipe = group.trainings.recipe
    here = recipe.get(axis.name)
    if here is None and None not in axis.values:
        return list(range(len(axis.values)))
    return [axis.values.index(here)]


def _conflicting(group: Group) -> float:
    """In percent."""
    return round(100 * group.trainings.conflicting_share, 6)


def _methods(groups: Sequence[Group]) -> dict[str, list[Group]]:
    """The groups by method, those with the most counterexamples first."""
    ordered = sorted(groups, key=_conflicting, reverse=True)
    return {method: [g for g in ordered if g.method == method] for method in dict.fromkeys(g.method for g in groups)}


def _lines(groups: Sequence[Group], rank: str, axes: Sequence[Axis]) -> list[Figure]:
    if len({_conflicting(group) for group in groups}) < 2:
        return []
    title = METRICS[rank].title
    series = []
    for method, groups_of_curve in _groups_by_curve(groups, [axis.name for axis in axes], bias=False).items():
        own = sorted(groups_of_curve, key=_conflicting, reverse=True)
        means = [(_conflicting(group), group.mean(rank).mean) for group in own]
        points = np.array([(x, np.nan if y is None else y) for x, y in means], dtype=np.float64)
        series.append(Series(name=method, x=points[:, 0], y=points[:, 1]))
    return [
        Lines(
            name="by-bias",
            title=f"{title.capitalize()} by the share of counterexamples",
            note=f"Means over seeds. Counterexamples: training images that {_wear(groups[0].content)}.",
            series=tuple(series),
            x_label="counterexamples (%)",
            y_label=f"{title} (%)",
        )
    ]


def _wear(content: Content) -> str:
    """What counterexamples do."""
    if content.attribute == "color":
        return f"have another color than their {content.label}'s"
    return f"have the {content.attribute} of another {content.label}"


@functools.cache
def published() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """By method and percentage of counterexamples: under `unbiased_accuracy` ours, under `elsewhere` others."""
    with (package_folder("assets") / "published.toml").open("rb") as file:
        return tomllib.load(file)


def _published(groups: Sequence[Group]) -> list[Table]:
    """Measured beside reported, for the percentages of counterexamples that papers report."""
    reported = published()[_PUBLISHED]
    if any(group.content.label != "digit" for group in groups):
        return []
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
