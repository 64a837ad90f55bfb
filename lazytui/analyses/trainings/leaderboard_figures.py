"""The leaderboard: recipes with their means over seeds, what they cost and need, and how they differ from plain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.metric_catalog import METRICS, metric_of
from lazytui.analyses.trainings.recipe_groups import Group, by_setting, ranked_groups
from lazytui.analyses.trainings.trainings_result import RecipeTrainings
from lazytui.counted_nouns import counted, listed
from lazytui.evaluation.seed_statistics import SeedMean, mean_over_seeds
from lazytui.figures.kinds import Bars, Cell, Column, Figure, Interval, Lines, Matrix, Series, Share, Table, Text
from lazytui.files.long_texts import long_text
from lazytui.training.methods import METHODS

ON_THE_PROBE = {
    "aligned_accuracy": "aligned",
    "conflicting_accuracy": "conflicting",
    "unbiased_accuracy": "unbiased",
    "worst_group_accuracy": "worst group",
    "shape_bias": "shape bias",
}
"""Further columns of the leaderboard, with their names."""


def leaderboard_figures(trainings: Sequence[RecipeTrainings], *, rank: str, x: str, y: str) -> list[Figure]:
    """The figures of a comparison, the best recipe first."""
    groups = ranked_groups(trainings, rank)
    return [
        _verdict(groups, rank),
        _bars(groups, rank),
        _leaderboard(groups, rank),
        *_cues(groups),
        *_differences(_beside_plain(groups), rank),
        *_beyond_control(groups, rank),
        *_chances(groups, rank),
        _cost(groups),
        _scatter(groups, x, y),
    ]


def _verdict(groups: Sequence[Group], rank: str) -> Text:
    """What every recipe reached, setting by setting, before anything else of any of them."""
    several = by_setting(groups)
    if len(several) == len(groups) > 1:
        return Text(name="verdict", title="Who cures the shortcut?", paragraphs=_of_settings(groups, rank))
    sentences = [(own[0].setting.sentence_prefix, *_of_a_setting(own, rank)) for own in several]
    if len(several) == 1:
        paragraphs = ["".join((prefix, " ".join((first, *more)))) for prefix, first, *more in sentences]
    else:
        paragraphs = [prefix + first for prefix, first, *_ in sentences]
        paragraphs += [prefix + " ".join(more) for prefix, _, *more in sentences if more]
        paragraphs.append(
            "Recipes are ranked and compared within a setting only: the same in all but the method and its options."
        )
    return Text(name="verdict", title="Who cures the shortcut?", paragraphs=tuple(paragraphs))


def _of_settings(groups: Sequence[Group], rank: str) -> tuple[str, ...]:
    """What settings with one recipe each reached: nothing in them can be ranked."""
    title = METRICS[rank].title
    defined = [(group, mean) for group in groups if (mean := group.mean(rank)).mean is not None]
    first = f"{counted(len(groups), 'setting')} with one recipe each, so there is nothing to rank."
    if not defined:
        return (f"{first} Their {title} is undefined.",)
    if len(defined) == 1:
        ((group, mean),) = defined
        return first, f"Only {group.name} with {group.setting.text} has a defined {title}: {_mean_text(mean)}."
    (low, least), (high, most) = (choose(defined, key=lambda one: one[1].mean or 0.0) for choose in (min, max))
    return (
        first,
        f"The lowest {title} is that of {low.name} with {low.setting.text}: {_mean_text(least)}. "
        f"The highest is that of {high.name} with {high.setting.text}: {_mean_text(most)}.",
    )


def _of_a_setting(groups: Sequence[Group], rank: str) -> list[str]:
    """Who is first, and who beats plain training."""
    best, title = groups[0], METRICS[rank].title
    best_mean = _mean_text(best.mean(rank))
    if len(groups) == 1:
        return [f"{best.name} has {title} {best_mean}, and there is no other recipe."]
    others = [f"{group.name} {_mean_text(group.mean(rank))}" for group in groups[1:]]
    first = f"{best.name} is first of {len(groups)} recipes by {title}: {best_mean}; then {listed(others)}."
    pairs = _beside_plain(groups)
    clear = [(group.name, interval) for group, plain in pairs if (interval := group.difference(plain, rank).interval)]
    if pairs and not clear:
        return [
            first,
            f"Differences in {title} may still be chance: train each method, and plain training, with at least two "
            "seeds.",
        ]
    better = [name for name, interval in clear if min(map(METRICS[rank].merit, interval)) > 0]
    over = (
        f"Of {counted(len(clear), 'method')} with two seeds or more, {len(better) or 'none'} "
        "beat plain training of the same architecture for the same number of steps by an interval that leaves out 0"
        f"{_uncorrected(len(clear))}{': ' if better else ''}{', '.join(better)}."
    )
    return [*([first, over] if pairs else [first]), *_what_penalties_add(groups, rank)]


def _what_penalties_add(groups: Sequence[Group], rank: str) -> Iterator[str]:
    """A sentence for each recipe that stands beside its method's control."""
    for group, control in _beside_control(groups):
        over = group.difference(control, rank)
        if over.mean is not None:
            span = f" [{over.interval[0]:+.1f}, {over.interval[1]:+.1f}]" if over.interval else ""
            yield (
                f"{group.name} against {control.name}, the same samples without its penalty: {over.mean:+.1f} points"
                f"{span} over {counted(over.n, 'seed')}."
            )


def _uncorrected(comparisons: int) -> str:
    """Of many intervals of 95 %, some leave out 0 by chance."""
    return f" (95 %, not corrected for {comparisons} comparisons)" if comparisons > 1 else ""


def _beside_plain(groups: Sequence[Group]) -> list[tuple[Group, Group]]:
    """The cures, each with plain training in the same setting where there is such."""
    return [(group, plain) for group in groups if (plain := group.plain_of(groups))]


def _beside_control(groups: Sequence[Group]) -> list[tuple[Group, Group]]:
    """The recipes whose method has a control, each with that in the same setting where it is there."""
    return [(group, control) for group in groups if (control := group.control_of(groups))]


def _mean_text(mean: SeedMean) -> str:
    if mean.mean is None:
        return "undefined"
    if mean.interval is None:
        seeds = "one seed" if mean.n == 1 else f"the same with {counted(mean.n, 'seed')}"
        return f"{mean.mean:.1f} % ({seeds})"
    return f"{mean.mean:.1f} % [{mean.interval[0]:.1f}, {mean.interval[1]:.1f}] over {counted(mean.n, 'seed')}"


def _bars(groups: Sequence[Group], rank: str) -> Bars:
    means = [group.mean(rank) for group in groups]
    spans = [mean.interval or (np.nan, np.nan) for mean in means]
    ranked = metric_of(rank, groups[0].content)
    return Bars(
        name="ranking",
        shares=_shares(groups),
        title=f"{ranked.title.capitalize()}, mean over seeds",
        note=f"{ranked.title}: {ranked.meaning}. The ends of a bar's interval: 95 %, Student's t over "
        f"seeds, within 0 and 100 %; none where there is one seed, or all have the same.{_letters(groups)}",
        labels=tuple(group.label for group in groups),
        values=np.array([np.nan if mean.mean is None else mean.mean for mean in means]),
        intervals=np.array(spans, dtype=np.float64).reshape(-1, 2),
        unit="%",
        high=100.0,
    )


def _shares(groups: Sequence[Group]) -> tuple[Share, ...]:
    """How many seeds each mean is over."""
    return tuple(Share(group.label, len(group.seeds), "seed" if len(group.seeds) == 1 else "seeds") for group in groups)


def _letters(groups: Sequence[Group]) -> str:
    """What the letters of settings stand for, where settings have letters; to follow another sentence."""
    settings = [own[0].setting for own in by_setting(groups)]
    return "".join(f" {setting.tag}: {setting.text}." for setting in settings if setting.tag != setting.text)


def _leaderboard(groups: Sequence[Group], rank: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        mean = group.mean(rank)
        span = Interval(*mean.interval) if mean.interval else None
        shares = (group.mean(name).mean for name in ("easy_accuracy", "hard_accuracy"))
        rows.append((group.label, len(group.seeds), mean.mean, span, *shares))
    return Table(
        name="leaderboard",
        shares=_shares(groups),
        title="Leaderboard",
        note="Means over seeds, in percent. Every training is the state after its last step: nothing was chosen by the "
        f"hard or the probe split.{_letters(groups)}",
        columns=tuple(
            Column(name=name) for name in ("recipe", "seeds", METRICS[rank].title, "95 % interval", "easy", "hard")
        ),
        rows=tuple(rows),
    )


def _cues(groups: Sequence[Group]) -> list[Table]:
    """What each goes by; nothing where no attribute of any images is known."""
    groups = [group for group in groups if group.content.values]
    if not groups:
        return []
    content = groups[0].content
    probe = (
        f"where every {content.label} has every {content.attribute} equally often"
        if content.attribute == "color"
        else f"which has as many images of each group of {content.label} and {content.attribute}"
    )
    return [
        Table(
            name="cues",
            shares=_shares(groups),
            title=f"{content.label.capitalize()} or {content.attribute}",
            note=f"On the probe split, {probe}; means over seeds, in percent. "
            "A dash in worst group: no group has 10 images.",
            columns=(Column(name="recipe"), *(Column(name=title) for title in ON_THE_PROBE.values())),
            rows=tuple((group.label, *(group.mean(name).mean for name in ON_THE_PROBE)) for group in groups),
        )
    ]


def _differences(pairs: Sequence[tuple[Group, Group]], rank: str) -> list[Table]:
    """The cures over plain training, where one has it beside it."""
    table = Table(
        name="over-plain",
        title=f"{METRICS[rank].title.capitalize()} over that of plain training",
        note=long_text("notes", "compare-over-plain"),
        columns=(
            Column(name="recipe"),
            Column(name="seeds"),
            Column(name="plain", unit="%"),
            Column(name="gain"),
            Column(name="95 % interval"),
            Column(name="p", decimals=4),
        ),
        rows=tuple((group.label, *_gained(group, plain, rank)) for group, plain in pairs),
    )
    return [table] if pairs else []


def _beyond_control(groups: Sequence[Group], rank: str) -> list[Table]:
    """What penalties add beyond the samples that they are trained on, where a control stands beside one."""
    pairs = _beside_control(groups)
    table = Table(
        name="over-control",
        title=f"{METRICS[rank].title.capitalize()} over that of the same samples without the penalty",
        note=long_text("notes", "compare-over-control"),
        columns=(
            Column(name="recipe"),
            Column(name="control"),
            Column(name="seeds"),
            Column(name="of control", unit="%"),
            Column(name="gain"),
            Column(name="95 % interval"),
            Column(name="p", decimals=4),
        ),
        rows=tuple((group.label, control.name, *_gained(group, control, rank)) for group, control in pairs),
    )
    return [table] if pairs else []


def _gained(group: Group, other: Group, rank: str) -> tuple[Cell, ...]:
    """By how much a recipe is ahead of another: seeds, what the other has, mean difference, its interval, p."""
    over = group.difference(other, rank)
    span = Interval(*over.interval, is_change=True) if over.interval else None
    return over.n, other.mean(rank).mean, over.mean, span, over.p


def _chances(groups: Sequence[Group], rank: str) -> Iterator[Matrix]:
    """For every two recipes of a setting how likely chance alone would set them so far apart, where seeds show it."""
    for number, own in enumerate(by_setting(groups)):
        ranks = {group.name: rank_number for rank_number, group in enumerate(own, start=1)}
        several = [group for group in own if len(group.seeds) > 1]
        values = _probabilities(several, rank)
        if not np.isnan(values).all():
            yield Matrix(
                name=f"pairs-{number + 1}" if number else "pairs",
                title=f"{own[0].setting.sentence_prefix}could chance alone set any two so far apart in "
                f"{METRICS[rank].title}?",
                note="p of a two-sided paired t-test over the seeds that both have, not corrected for the number of "
                "pairs. Numbers are ranks on the leaderboard.",
                values=values,
                row_labels=tuple(f"{ranks[group.name]} {group.name}" for group in several),
                column_labels=tuple(str(ranks[group.name]) for group in several),
                row_axis="recipe",
                column_axis="rank",
                decimals=3,
                low=0.0,
                high=1.0,
            )


def _probabilities(groups: Sequence[Group], rank: str) -> NDArray[np.float64]:
    """(n, n): p of each two, NaN where they have fewer than two seeds in common."""
    values = np.full((len(groups), len(groups)), np.nan)
    for row, column in permutations(range(len(groups)), 2):
        p = groups[row].difference(groups[column], rank).p
        values[row, column] = np.nan if p is None else p
    return values


def _cost(groups: Sequence[Group]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for group in groups:
        entry = METHODS[group.method]
        images_seen = mean_over_seeds([run.images_seen for run in group.seeds.values()]).mean
        steps = group.mean("steps").mean
        rows.append(
            (
                group.label,
                None if steps is None else round(steps),
                group.mean("seconds").mean,
                None if images_seen is None else round(images_seen),
                ", ".join(entry.reads) or "–",
                entry.caveats or "–",
            )
        )
    return Table(
        name="cost",
        title="What each costs, reads and keeps to",
        note=long_text("notes", "compare-cost"),
        columns=tuple(Column(name=name) for name in ("recipe", "steps", "seconds", "images seen", "reads", "caveats")),
        rows=tuple(rows),
    )


def _scatter(groups: Sequence[Group], x: str, y: str) -> Lines:
    series = []
    for group in groups:
        points = [(across, up) for across, up in _points(group, x, y) if across is not None and up is not None]
        coordinates = np.array(points, dtype=np.float64).reshape(-1, 2)
        series.append(Series(name=group.label, x=coordinates[:, 0], y=coordinates[:, 1]))
    return Lines(
        name="scatter",
        shares=_shares(groups),
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
