"""The leaderboard: recipes with their means over seeds, what they cost and need, and how they differ from plain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lazytui.analyses.words import METRICS
from lazytui.evaluation.seeds import Mean, over_seeds, paired_by_seed
from lazytui.figures.kinds import Bars, Cell, Column, Figure, Lines, Matrix, Series, Table, Text
from lazytui.training.methods import METHODS
from lazytui.training.methods.options import MethodOptions

ON_THE_PROBE = {
    "aligned_accuracy": "aligned",
    "conflicting_accuracy": "conflicting",
    "unbiased_accuracy": "unbiased",
    "worst_group_accuracy": "worst group",
    "shape_bias": "shape bias",
}
"""What is told of each recipe besides, with the words for it."""


@dataclass(frozen=True)
class Group:
    """Trainings of one recipe. label: the method, and what else tells it from the others."""

    label: str
    fact: Mapping[str, Any]

    @property
    def method(self) -> str:
        return str(self.fact["recipe"]["method"])

    @property
    def is_plain(self) -> bool:
        return bool(self.fact["key"] == self.fact["plain"])

    @cached_property
    def seeds(self) -> dict[int, Mapping[str, Any]]:
        """One training a seed: of several the newest, so that no seed counts twice."""
        return {run["seed"]: run for run in self.fact["runs"]}

    def by_seed(self, metric: str) -> dict[int, float | None]:
        """A metric of each training; shares in percent."""
        scale = 100 if METRICS[metric].share else 1
        values = {seed: run["metrics"].get(metric) for seed, run in self.seeds.items()}
        return {seed: None if value is None else scale * value for seed, value in values.items()}

    def mean(self, metric: str) -> Mean:
        """Shares end at 0 and 100 %, and so do their intervals."""
        mean = over_seeds(list(self.by_seed(metric).values()))
        return mean.within(0, 100) if METRICS[metric].share else mean


def drawn(facts: Sequence[Mapping[str, Any]], *, rank: str, x: str, y: str) -> list[Figure]:
    """The figures of a comparison, the best recipe first."""
    groups = ranked(facts, rank)
    pairs = [(group, plain) for group in groups if not group.is_plain and (plain := _plain_of(group, groups))]
    return [
        _verdict(groups, pairs, rank),
        _bars(groups, rank),
        _leaderboard(groups, rank),
        _cues(groups),
        _differences(pairs, rank),
        *_chances(groups, rank),
        _cost(groups),
        _scatter(groups, x, y),
    ]


def ranked(facts: Sequence[Mapping[str, Any]], rank: str) -> list[Group]:
    """The groups by their mean of a metric, the largest first."""
    return sorted(labelled(facts), key=lambda group: -_or_least(group.mean(rank).mean))


def labelled(facts: Sequence[Mapping[str, Any]]) -> list[Group]:
    """Groups named by their method and by whatever of the recipe isn't the same in all of them."""
    told = []
    for fact in facts:
        method = fact["recipe"]["method"]
        kin = [other["recipe"] for other in facts if other["recipe"]["method"] == method]
        differing = [
            name
            for name in fact["recipe"]
            if name != "method"
            and _differs(name, kin if name in MethodOptions.model_fields else [other["recipe"] for other in facts])
        ]
        words = [f"{name.replace('_', ' ')} {_worded(fact['recipe'][name])}" for name in differing]
        told.append(Group(" · ".join([method, *words]), fact))
    return told


def _differs(name: str, recipes: Sequence[Mapping[str, Any]]) -> bool:
    return len({str(recipe.get(name)) for recipe in recipes}) > 1


def _worded(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain_of(group: Group, groups: Sequence[Group]) -> Group | None:
    return next((other for other in groups if other.fact["key"] == group.fact["plain"]), None)


def _or_least(value: float | None) -> float:
    return -1.0 if value is None else value


def _verdict(groups: Sequence[Group], pairs: Sequence[tuple[Group, Group]], rank: str) -> Text:
    best, title = groups[0], METRICS[rank].title
    paragraphs = [f"{best.label} is first of {len(groups)} recipes by {title}: {_told(best.mean(rank))}."]
    clear = [(group, over) for group, plain in pairs if (over := _over(group, plain, rank)).interval]
    better = [group.label for group, over in clear if over.interval and over.interval[0] > 0]
    if pairs and not clear:
        paragraphs.append(
            "Each method has one seed in common with its plain training, so nothing tells chance from cure: train "
            "with more seeds before a claim."
        )
    elif pairs:
        paragraphs.append(
            f"Of {len(clear)} methods with two seeds or more, {len(better)} beat plain training of the same "
            f"architecture for the same number of steps, by an interval above 0: {', '.join(better) or 'none'}."
        )
    return Text(name="verdict", title="Who cures the shortcut?", paragraphs=tuple(paragraphs))


def _told(mean: Mean) -> str:
    if mean.mean is None:
        return "undefined"
    if mean.interval is None:
        return f"{mean.mean:.1f} % (one seed)"
    return f"{mean.mean:.1f} % [{mean.interval[0]:.1f}, {mean.interval[1]:.1f}] over {mean.n} seeds"


def _bars(groups: Sequence[Group], rank: str) -> Bars:
    means = [group.mean(rank) for group in groups]
    spans = [mean.interval or (np.nan, np.nan) for mean in means]
    return Bars(
        name="ranking",
        title=f"{METRICS[rank].title.capitalize()}, mean over seeds",
        note=f"{METRICS[rank].title}: {METRICS[rank].meaning}. The ends of a bar's interval: 95 %, Student's t over "
        "seeds, within 0 and 100 %; none where there is one seed.",
        labels=tuple(group.label for group in groups),
        values=np.array([np.nan if mean.mean is None else mean.mean for mean in means]),
        intervals=np.array(spans, dtype=np.float64),
        unit="%",
        high=100.0,
    )


def _leaderboard(groups: Sequence[Group], rank: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        mean = group.mean(rank)
        span = f"{mean.interval[0]:.1f} to {mean.interval[1]:.1f}" if mean.interval else None
        shares = (group.mean(name).mean for name in ("easy_accuracy", "hard_accuracy"))
        rows.append((group.label, len(group.seeds), mean.mean, span, *shares))
    return Table(
        name="leaderboard",
        title="Leaderboard",
        note="Means over seeds, in percent. Every training is the state after its last step: nothing was chosen by the "
        "hard or the probe split.",
        columns=tuple(
            Column(name=name) for name in ("recipe", "seeds", METRICS[rank].title, "95 % interval", "easy", "hard")
        ),
        rows=tuple(rows),
    )


def _cues(groups: Sequence[Group]) -> Table:
    return Table(
        name="cues",
        title="Digit or color",
        note="On the probe split, where every digit wears every color equally often; means over seeds, in percent. "
        "A dash in worst group: no group has 10 images.",
        columns=(Column(name="recipe"), *(Column(name=title) for title in ON_THE_PROBE.values())),
        rows=tuple((group.label, *(group.mean(name).mean for name in ON_THE_PROBE)) for group in groups),
    )


def _over(group: Group, plain: Group, rank: str) -> Mean:
    return paired_by_seed(group.by_seed(rank), plain.by_seed(rank))


def _differences(pairs: Sequence[tuple[Group, Group]], rank: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for group, plain in pairs:
        over = _over(group, plain, rank)
        span = f"{over.interval[0]:+.1f} to {over.interval[1]:+.1f}" if over.interval else None
        rows.append((group.label, over.n, plain.mean(rank).mean, over.mean, span, over.p))
    return Table(
        name="over-plain",
        title=f"{METRICS[rank].title.capitalize()} over that of plain training",
        note="Plain training of the same architecture on the same data for the same number of steps; differences are "
        "taken seed by seed, in points. p: two-sided paired t-test, not corrected for the number of methods.",
        columns=(
            Column(name="recipe"),
            Column(name="seeds in common"),
            Column(name="plain", unit="%"),
            Column(name="difference"),
            Column(name="95 % interval"),
            Column(name="p", decimals=4),
        ),
        rows=tuple(rows),
    )


def _chances(groups: Sequence[Group], rank: str) -> list[Matrix]:
    """For every two recipes how likely chance alone would set them so far apart; nothing where no pair tells."""
    several = [group for group in groups if len(group.seeds) > 1]
    values = np.full((len(several), len(several)), np.nan)
    for row, one in enumerate(several):
        for column, other in enumerate(several):
            over = _over(one, other, rank) if one is not other else None
            values[row, column] = np.nan if over is None or over.p is None else over.p
    if np.isnan(values).all():
        return []
    numbers = [str(groups.index(group) + 1) for group in several]
    return [
        Matrix(
            name="pairs",
            title=f"Any two of them: could chance alone set their {METRICS[rank].title} so far apart?",
            note="p of a two-sided paired t-test over the seeds that both have, not corrected for the number of pairs. "
            "Numbers are places on the leaderboard.",
            values=values,
            row_labels=tuple(f"{number} {group.label}" for number, group in zip(numbers, several, strict=True)),
            column_labels=tuple(numbers),
            row_axis="recipe",
            column_axis="place",
            decimals=3,
            low=0.0,
            high=1.0,
        )
    ]


def _cost(groups: Sequence[Group]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        entry = METHODS[group.method]
        seen = over_seeds([run.get("images_seen") for run in group.seeds.values()]).mean
        steps = group.mean("steps").mean
        rows.append(
            (
                group.label,
                None if steps is None else round(steps),
                group.mean("seconds").mean,
                None if seen is None else round(seen),
                ", ".join(entry.needs) or "–",
                entry.rules,
            )
        )
    return Table(
        name="cost",
        title="What each costs, reads and keeps to",
        note="steps: updates of the weights. rules: whether the training set keeps its bias and nothing is turned gray "
        "(keeps), or not (bends).",
        columns=tuple(Column(name=name) for name in ("recipe", "steps", "seconds", "images seen", "reads", "rules")),
        rows=tuple(rows),
    )


def _scatter(groups: Sequence[Group], x: str, y: str) -> Lines:
    series = []
    for group in groups:
        points = [(across, up) for across, up in _points(group, x, y) if across is not None and up is not None]
        places = np.array(points, dtype=np.float64).reshape(-1, 2)
        series.append(Series(name=group.label, x=places[:, 0], y=places[:, 1]))
    return Lines(
        name="scatter",
        title=f"{METRICS[y].title.capitalize()} against {METRICS[x].title}",
        note="A point is a training.",
        series=tuple(series),
        x_label=f"{METRICS[x].title} (%)",
        y_label=f"{METRICS[y].title} (%)",
        joined=False,
    )


def _points(group: Group, x: str, y: str) -> list[tuple[float | None, float | None]]:
    across, up = group.by_seed(x), group.by_seed(y)
    return [(across[seed], up[seed]) for seed in across]
