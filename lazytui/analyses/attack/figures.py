"""How small a change fools: by pool of sources, with what it looks like and what it is made of."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from lazytui.attacks import ATTACKS
from lazytui.attacks.perturbation_channels import CHANNELS
from lazytui.evaluation.robustness import Robustness, wilson_interval
from lazytui.figures.kinds import Cell, Column, Figure, Lines, Pixels, Series, Table, Text
from lazytui.runs.saved_result import Result

if TYPE_CHECKING:
    from lazytui.analyses.attack.params import AttackParams

_POINTS = 60
_STRENGTHENED = 4
"""By how much a perturbation is strengthened in its picture."""


def drawn(params: AttackParams, result: Result) -> list[Figure]:
    """The figures of an attack, in the order of reading."""
    return [
        _verdict(params, result),
        _pools(params, result),
        *_survival(params, result),
        *_pictures(params, result),
        _channels(params, result),
        _checks(result),
    ]


def _each(params: AttackParams, result: Result) -> Iterator[tuple[int, str, str, Robustness]]:
    """Number and name of every network, every pool, and what came of it."""
    for number, network in enumerate(result.facts["networks"]):
        for pool in params.pools:
            yield number, network, pool, Robustness.read(result.arrays, number, pool, params.target_class)


def _verdict(params: AttackParams, result: Result) -> Text:
    wanted = f"a {params.target_class}" if params.targeted else "anything else"
    told = [
        f"How much must a {params.source_class} change for {wanted} to be seen? Smallest budgets by {params.attack} "
        f"({_unit(params)}), for each image by itself.",
        *([f"Care: {care}"] if params.targeted and (care := ATTACKS[params.attack].towards_a_target) else []),
    ]
    for _, network, pool, found in _each(params, result):
        told.append(f"{network}, {pool} sources: {_in_words(params, found)}")
    return Text(name="verdict", title="What it takes to fool it", paragraphs=tuple(told))


def _in_words(params: AttackParams, found: Robustness) -> str:
    already = f"{found.at_target:.0%} are seen as a {params.target_class} as they are"
    of = f"{found.sources} of {len(found.correct)} are right as they are"
    if found.budgets is None:
        return f"{of}, too few for any rate; {already}."
    median = found.median
    half = (
        f"half of these are never fooled up to {params.budget:g}"
        if median is None or math.isinf(median)
        else f"half of these are fooled by {median:.3g}"
    )
    return f"{of}; {half}. {already[:1].upper()}{already[1:]}."


def _unit(params: AttackParams) -> str:
    return "largest change of any value" if ATTACKS[params.attack].norm == "linf" else "Euclidean distance"


def _pools(params: AttackParams, result: Result) -> Table:
    several = len(result.facts["networks"]) > 1
    rows: list[tuple[Cell, ...]] = []
    for _, network, pool, found in _each(params, result):
        success, median = found.success_rate(params.epsilon), found.median
        low, high = (100 * end for end in wilson_interval(success, found.sources)) if success is not None else (0, 0)
        rows.append(
            (
                *([network] if several else []),
                pool,
                f"{found.sources}/{len(found.correct)}",
                100 * found.at_target,
                "∞" if median is not None and math.isinf(median) else median,
                _percent(success),
                None if success is None else f"{low:.0f}-{high:.0f}",
                _percent(found.sure_success_rate(params.epsilon)),
                _percent(found.robust_accuracy(params.epsilon)),
            )
        )
    return Table(
        name="pools",
        title=f"By pool of sources, rates in percent at a budget of {params.epsilon:g}",
        note="right: how many of the N sources are right as they are, S; the rates are over S, and there are none "
        "below ten. at target: share of N that is seen as the target without any change, never counted as success. "
        "median: of the smallest budgets, ∞ where half of S or more is never fooled. fooled: share of S within the "
        "budget, with its 95 % interval over images like these (Wilson). sure: the same with P over .9. robust: share "
        "of N that is right and not fooled.",
        columns=(
            *([Column(name="network")] if several else []),
            Column(name="pool"),
            Column(name="right"),
            Column(name="at target", decimals=0),
            Column(name="median", decimals=3),
            Column(name="fooled", decimals=0),
            Column(name="95 %"),
            Column(name="sure", decimals=0),
            Column(name="robust", decimals=0),
        ),
        rows=tuple(rows),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _survival(params: AttackParams, result: Result) -> list[Lines]:
    epsilons = np.linspace(0, params.budget, _POINTS)
    series = [
        Series(name=f"{network}, {pool}", x=epsilons, y=found.survival_curve(epsilons))
        for _, network, pool, found in _each(params, result)
        if found.budgets is not None
    ]
    if not series:
        return []
    return [
        Lines(
            name="survival",
            title="Who isn't fooled yet",
            note="Share of the sources that are right as they are and that no perturbation within the budget was found "
            "for. An attack may miss: the truth is at this curve or below it.",
            series=tuple(series),
            x_label=f"budget ({_unit(params)})",
            y_label="share unfooled",
            low=0.0,
            high=1.0,
        )
    ]


def _pictures(params: AttackParams, result: Result) -> Iterator[Pixels]:
    """Sources, perturbations and what was made of them, a row each."""
    for number, network, pool, found in _each(params, result):
        if found.budgets is None:
            continue
        prefix = f"{number}/{pool}"
        before, after = (result.arrays[f"{prefix}/{name}"].astype(np.int16) for name in ("own_images", "made"))
        changed = np.clip(128 + _STRENGTHENED * (after - before), 0, 255)
        budgets = found.budgets[: len(before)]
        captions = [f"{b:.3g}" if np.isfinite(b) else "unfooled" for b in budgets]
        yield Pixels(
            name=f"images-{pool}" if number == 0 else f"images-{number}-{pool}",
            title=f"{network}: {pool} sources, what is added to them, and what comes of it",
            note=f"Perturbations are strengthened {_STRENGTHENED} times; gray is none. Below: the smallest budget that "
            "was enough; where none was, the image is as it was.",
            images=np.concatenate([before, changed, after]).astype(np.uint8),
            columns=len(before),
            row_labels=("source", "change", "result"),
            captions=(*[""] * (2 * len(before)), *captions),
        )


def _channels(params: AttackParams, result: Result) -> Table:
    several = len(result.facts["networks"]) > 1
    rows: list[tuple[Cell, ...]] = []
    for number, network, pool, found in _each(params, result):
        if found.budgets is None:
            continue
        signed, energy, color = (result.arrays[f"{number}/{pool}/{key}"] for key in ("signed", "energy", "color"))
        for place, channel in enumerate(CHANNELS):
            shares = [_defined(value) for value in (*energy[place], *signed[place], *color)]
            rows.append((*([network] if several else []), pool, channel, *shares))
    names = ("energy", "beside", "mean", "beside", "one color")
    return Table(
        name="channels",
        title="What the smallest Euclidean perturbations are made of",
        note="In percent. energy: the channel's share of the squared change, on the stroke and beside it. mean: its "
        "signed change, of the range. one color: share of the energy that one color laid evenly over the image "
        "explains, about 0.1 by chance. Measured on perturbations by DDN, whatever the attack: signs push every value "
        "as far as it may go, so that their size says little.",
        columns=(
            *([Column(name="network")] if several else []),
            Column(name="pool"),
            Column(name="channel"),
            *(Column(name=name) for name in names),
        ),
        rows=tuple(rows),
    )


def _defined(value: float) -> float | None:
    return None if math.isnan(value) else 100 * float(value)


def _checks(result: Result) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            network,
            check["pool"],
            check["name"],
            100 * check["value"],
            "ok" if check["holds"] else "✗ FAILS",
            check["meaning"],
        )
        for network, found in result.facts["of"].items()
        for check in found["checks"]
    ]
    return Table(
        name="self-check",
        title="Can the attack be believed?",
        note="What holds of any sound attack, measured with PGD on this network; where it fails, the figures above "
        "speak of the attack and not of the network.",
        columns=(
            Column(name="network"),
            Column(name="pool"),
            Column(name="check"),
            Column(name="points", unit="%"),
            Column(name="verdict"),
            Column(name="what it is"),
        ),
        rows=tuple(rows),
    )
