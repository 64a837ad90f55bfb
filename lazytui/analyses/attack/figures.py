"""Minimal perturbations: by pool of sources, with what they look like and what they are made of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.attack.params import goal_in_words
from lazytui.analyses.networks.class_choice import class_cell
from lazytui.attacks import ATTACKS
from lazytui.attacks.perturbation_channels import CHANNELS
from lazytui.attacks.source_pools import scarcity
from lazytui.evaluation.robustness import Robustness, wilson_interval
from lazytui.figures.kinds import Cell, Column, Figure, Interval, Lines, PartOf, Pixels, Series, Share, Table, Text
from lazytui.files.long_texts import long_text

if TYPE_CHECKING:
    from lazytui.analyses.attack.params import AttackParams
    from lazytui.analyses.attack.result import AttackResult, Perturbations, PoolResult

_POINTS = 60
_STRENGTHENED = 4
"""By how much a perturbation is strengthened in its picture."""
_SHOWN = 6
_SOURCES_A_ROW = 4


def figures(params: AttackParams, result: AttackResult) -> list[Figure]:
    """In the order of reading."""
    return [
        _verdict(params, result),
        _pools(params, result),
        *_classes(params, result),
        *_survival(params, result),
        *_pictures(result),
        _channels(result),
        _checks(result),
    ]


def _verdict(params: AttackParams, result: AttackResult) -> Text:
    goal = f"to {params.target_class}" if params.targeted else "to any other class"
    if score := goal_in_words(params, result.content):
        goal = f"to {score}"
    scarce = scarcity(result.pool_sizes(params.source_label(result.content)), params.sources, result.content.classes)
    paragraphs = [
        f"Minimal perturbation of {params.source_name}, {goal}: the smallest budget of {params.attack} "
        f"({_unit(params)}) for each image.",
        *([f"Note: {care}"] if params.targeted and (care := ATTACKS[params.attack].targeted_caveat) else []),
        *([scarce] if scarce else []),
    ]
    for network, pool, _, robustness in result.by_pool():
        paragraphs.append(f"{network.name}, {pool} sources: {_summary(params, robustness)}")
    shown = "every class" if params.source_class == "all" else params.source_class
    return Text(name="verdict", title=f"Minimal perturbation, {shown} {goal}", paragraphs=tuple(paragraphs))


def _summary(params: AttackParams, robustness: Robustness) -> str:
    words = _words(params)
    already = f"{robustness.at_target or 0:.0%} {words.already}"
    of = f"{robustness.sources} of {len(robustness.correct)} are {words.attacked}"
    median = robustness.median
    if median is None:
        return f"{of}, too few for any rate; {already}."
    half = (
        f"for half of these or more no budget up to {params.budget:g} is enough"
        if math.isinf(median)
        else f"half of these are fooled by {median:.3g}"
    )
    return f"{of}; {half}. {already[:1].upper()}{already[1:]}."


@dataclass(frozen=True)
class _Words:
    """Of the sources that are attacked, and of those that are at the goal as they are: in columns and in sentences."""

    attacked_column: str
    attacked: str
    already_column: str
    already: str


def _words(params: AttackParams) -> _Words:
    if params.score is not None:
        return _Words("below", "not above the threshold when clean", "above", "are above it when clean")
    classified = f"are already classified as {params.target_class}"
    return _Words("correct", "correct when clean", "at target", classified)


def _unit(params: AttackParams) -> str:
    return "largest change of any value" if ATTACKS[params.attack].norm == "linf" else "Euclidean distance"


def _pools(params: AttackParams, result: AttackResult) -> Table:
    several = len(result.networks) > 1
    rows: list[tuple[Cell, ...]] = []
    for network, pool, _, robustness in result.by_pool():
        rows.append((*([network.name] if several else []), pool, *_rates(params, robustness)))
    return Table(
        name="pools",
        title=f"Rates by pool of sources at budget {params.epsilon:g}, %",
        note=long_text("notes", "attack-pools-of-a-score") if params.score else long_text("notes", "attack-pools"),
        shares=_shares(params, result),
        columns=(
            *([Column(name="network")] if several else []),
            Column(name="pool"),
            *_rate_columns(params),
        ),
        rows=tuple(rows),
    )


def _rate_columns(params: AttackParams) -> tuple[Column, ...]:
    words, sure = _words(params), () if params.score else (Column(name="sure", decimals=0),)
    return (
        Column(name=words.attacked_column),
        Column(name=words.already_column, decimals=0),
        Column(name="median", decimals=3),
        Column(name="fooled", decimals=0),
        Column(name="95 %", decimals=0),
        *sure,
        Column(name="robust", decimals=0),
    )


def _rates(params: AttackParams, robustness: Robustness) -> tuple[Cell, ...]:
    """The entries of these columns."""
    success, median = robustness.success_rate(params.epsilon), robustness.median
    low, high = (100 * end for end in wilson_interval(success, robustness.sources)) if success is not None else (0, 0)
    return (
        PartOf(robustness.sources, len(robustness.correct)),
        _percent(robustness.at_target),
        "∞" if median is not None and math.isinf(median) else median,
        _percent(success),
        None if success is None else Interval(low, high),
        *([] if params.score else [_percent(robustness.sure_success_rate(params.epsilon))]),
        _percent(robustness.robust_accuracy(params.epsilon)),
    )


def _classes(params: AttackParams, result: AttackResult) -> list[Table]:
    """The same rates by class of the sources, where there are several."""
    several, rows, classes = len(result.networks) > 1, list(result.by_class()), result.content.classes
    if not rows:
        return []
    return [
        Table(
            name="classes",
            title=f"Rates by source class at budget {params.epsilon:g}, %",
            note="Each pool's sources by their class. A class needs ten that are "
            f"{_words(params).attacked} to have rates.",
            shares=tuple(
                Share(
                    f"{network.name}, {pool}, {classes[label]}" if several else f"{pool}, {classes[label]}",
                    len(robustness.correct),
                    f"sources, {_words(params).attacked}",
                    robustness.sources,
                )
                for network, pool, label, robustness in rows
            ),
            columns=(
                *([Column(name="network")] if several else []),
                Column(name="pool"),
                Column(name="class"),
                *_rate_columns(params),
            ),
            rows=tuple(
                (*([network.name] if several else []), pool, class_cell(classes[label]), *_rates(params, robustness))
                for network, pool, label, robustness in rows
            ),
        )
    ]


def _shares(params: AttackParams, result: AttackResult) -> tuple[Share, ...]:
    """How many sources each pool has, and how many are attacked."""
    several, what = len(result.networks) > 1, f"sources, {_words(params).attacked}"
    return tuple(
        Share(f"{network.name}, {pool}" if several else pool, len(pool_result.correct), what, robustness.sources)
        for network, pool, pool_result, robustness in result.by_pool()
    )


def _percent(share: float | None) -> float | None:
    return None if share is None or math.isnan(share) else 100 * float(share)


def _survival(params: AttackParams, result: AttackResult) -> list[Lines]:
    epsilons = np.linspace(0, params.budget, _POINTS)
    series = [
        Series(name=f"{network.name}, {pool}", x=epsilons, y=robustness.survival_curve(epsilons))
        for network, pool, _, robustness in result.by_pool()
        if robustness.budgets is not None
    ]
    if not series:
        return []
    return [
        Lines(
            name="survival",
            title="Not above the threshold against epsilon" if params.score else "Robust accuracy against epsilon",
            note=f"Of the sources that are {_words(params).attacked}, the share for which no perturbation within the "
            "budget was found. An attack may miss some: the true curve is here or below.",
            shares=_shares(params, result),
            series=tuple(series),
            x_label=f"budget ({_unit(params)})",
            y_label="share not fooled",
            low=0.0,
            high=1.0,
        )
    ]


def _pictures(result: AttackResult) -> Iterator[Pixels]:
    """The first sources of each pool, a column each, and then all that were kept, several a row."""
    for network, pool, pool_result, _ in result.by_pool():
        if pool_result.perturbations is None:
            continue
        number, kept = result.networks.index(network), len(pool_result.perturbations.clean)
        suffix = pool if number == 0 else f"{number}-{pool}"
        title = f"{network.name}, {pool} sources: clean, perturbation, adversarial"
        pictures, shown = _Pictures(pool_result, pool_result.perturbations, result.content.classes), min(kept, _SHOWN)
        yield Pixels(
            name=f"images-{suffix}",
            title=title,
            note=pictures.note,
            images=pictures.images[:, :shown].reshape(-1, *pictures.images.shape[2:]),
            columns=shown,
            row_labels=_ROWS,
            captions=tuple(caption for row in pictures.captions for caption in row[:shown]),
        )
        if kept > _SHOWN:
            yield Pixels(
                name=f"gallery-{suffix}",
                title=f"{title}; all {kept} that were kept",
                note=pictures.note,
                images=pictures.images.swapaxes(0, 1).reshape(-1, *pictures.images.shape[2:]),
                columns=len(_ROWS) * _SOURCES_A_ROW,
                column_labels=_ROWS * _SOURCES_A_ROW,
                captions=tuple(caption for source in zip(*pictures.captions, strict=True) for caption in source),
            )


_ROWS = ("clean", "change", "result")


class _Pictures:
    """images: (3, kept, h, w, 3) uint8, of the rows above; captions: the same, (3, kept)."""

    def __init__(self, pool: PoolResult, perturbations: Perturbations, names: Sequence[str]) -> None:
        """names: of the classes."""
        before, after = perturbations.clean.astype(np.int16), perturbations.adversarial.astype(np.int16)
        change = np.clip(128 + _STRENGTHENED * (after - before), 0, 255)
        self.images = np.stack([before, change, after]).astype(np.uint8)
        nothing, labels = [""] * len(before), () if pool.labels is None else pool.labels[pool.correct]
        classes = [names[label] for label in labels[: len(before)]] if len(np.unique(labels)) > 1 else nothing
        self.captions = (classes, nothing, [_outcome(perturbations, index, names) for index in range(len(before))])
        self.note = f"Perturbations x {_STRENGTHENED}; gray is no change. Below: " + (
            "the smallest budget that is enough; where none is, the image is unchanged."
            if perturbations.predictions is None
            else "what the network says of the result, at the smallest budget that is enough; failed: "
            "none was, and the result is what the attack made of the largest."
        )


def _outcome(perturbations: Perturbations, index: int, names: Sequence[str]) -> str:
    """`3 at 0.043`, `owl 0.043` or `7, failed`; of older results without the prediction."""
    budget, prediction = (
        perturbations.budgets[index],
        "" if perturbations.predictions is None else names[perturbations.predictions[index]],
    )
    if not np.isfinite(budget):
        return f"{prediction}, failed" if prediction else "not fooled"
    at = " at " if len(prediction) == 1 else " "  # a name of a class leaves no room for it
    return f"{prediction}{at}{budget:.3g}" if prediction else f"{budget:.3g}"


def _channels(result: AttackResult) -> Table:
    several = len(result.networks) > 1
    attacked = [(network.name, pool, one.perturbations) for network, pool, one, _ in result.by_pool()]
    measured = [
        (network, pool, perturbations) for network, pool, perturbations in attacked if perturbations is not None
    ]
    has_stroke = all(_knows_stroke(perturbations) for _, _, perturbations in measured)
    regions, names = (slice(None), _BY_REGION) if has_stroke else (slice(1), _OF_THE_WHOLE)
    rows: list[tuple[Cell, ...]] = []
    for network, pool, perturbations in measured:
        for index, channel in enumerate(CHANNELS):
            shares = map(
                _percent,
                (
                    *perturbations.energy[index, regions],
                    *perturbations.mean_change[index, regions],
                    *perturbations.one_color,
                ),
            )
            rows.append((*([network] if several else []), pool, channel, *shares))
    return Table(
        name="channels",
        title="Minimal Euclidean perturbations by channel, %",
        note=long_text("notes", "attack-channels")
        if has_stroke
        else long_text("notes", "attack-channels-of-whole-images"),
        columns=(
            *([Column(name="network")] if several else []),
            Column(name="pool"),
            Column(name="channel"),
            *(Column(name=name) for name in names),
        ),
        rows=tuple(rows),
    )


_BY_REGION = ("energy", "energy beside", "mean", "mean beside", "one color")
_OF_THE_WHOLE = ("energy", "mean", "one color")


def _knows_stroke(perturbations: Perturbations) -> bool:
    """Also where nothing was perturbed, and nothing is known of anything."""
    return not np.isnan(perturbations.energy[:, 1]).any() or bool(np.isnan(perturbations.energy[:, 0]).any())


def _checks(result: AttackResult) -> Table:
    return Table(
        name="self-check",
        title="Sanity checks of the attack",
        note="Properties of any sound attack, measured with PGD on this network. Where one fails, the figures above "
        "describe the attack and not the network.",
        columns=(
            Column(name="network"),
            Column(name="pool"),
            Column(name="check"),
            Column(name="points", unit="%"),
            Column(name="verdict"),
            Column(name="what it is"),
        ),
        rows=tuple(
            (
                network.name,
                check.pool,
                check.name,
                100 * check.value,
                "ok" if check.holds else "✗ FAILS",
                check.meaning,
            )
            for network in result.networks
            for check in network.checks
        ),
    )
