"""Certified, clean and attacked accuracy over budgets; rates by pool; and one row an image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.certify.result import CertifyResult, reaches, within
from lazytui.analyses.networks.class_choice import class_cell
from lazytui.figures.kinds import Cell, Column, Figure, Interval, Lines, Pixels, Reference, Series, Share, Table, Text
from lazytui.files.long_texts import long_text

if TYPE_CHECKING:
    from lazytui.analyses.certify.params import CertifyParams

_POINTS = 80
_SHOWN = 6
_NAMES = {"ibp": "IBP", "crown": "CROWN"}


def figures(params: CertifyParams, result: CertifyResult) -> list[Figure]:
    return [
        _verdict(params, result),
        *(_accuracy(result, number) for number in range(len(result.pools))),
        *_smoothed(result),
        _pools(result),
        _images(result),
        *_margins(result),
        _pictures(result),
    ]


def _verdict(params: CertifyParams, result: CertifyResult) -> Text:
    first = " ".join(_between(result, number) for number in range(len(result.pools)))
    return Text(
        name="verdict",
        title="Certified and attacked",
        paragraphs=tuple(
            text for text in (first, *_wrong(result), _smoothing(params, result), _agreement(result)) if text
        ),
    )


def _between(result: CertifyResult, number: int) -> str:
    """Bounds of a pool's true robust accuracy."""
    rates, count = result.rates(number), int(result.of_pool(number).sum())
    start = f"{result.pools[number].capitalize()}, {count} images: {rates['clean_accuracy']:.0%} right"
    if not result.bounds:
        return f"{start}; within {result.epsilon:g} at most {rates['attacked_accuracy']:.0%} stay right (attacked)."
    best = max(rates[f"{name}_accuracy"] for name in result.bounds)
    most = rates["attacked_accuracy"]
    if best == most:
        return f"{start}; within {result.epsilon:g} exactly {best:.0%} stay right: certified and attacked agree."
    return f"{start}; within {result.epsilon:g} {best:.0%} (certified) to {most:.0%} (attacked) stay right."


def _wrong(result: CertifyResult) -> Iterator[str]:
    """A certificate holds for a prediction, right or wrong."""
    shares = [
        f"{result.rates(number)['certified_wrong']:.0%} of {pool}"
        for number, pool in enumerate(result.pools)
        if result.bounds and result.rates(number)["certified_wrong"] > 0
    ]
    if shares:
        yield f"Certified to stay wrong within {result.epsilon:g}: {', '.join(shares)}."


def _smoothing(params: CertifyParams, result: CertifyResult) -> str:
    if result.smoothed is None:
        return ""
    of = ", ".join(
        f"{rates['smoothed_accuracy']:.0%} of {pool} (abstains on {rates['abstained']:.0%})"
        for pool, rates in ((pool, result.rates(number)) for number, pool in enumerate(result.pools))
    )
    return (
        f"The smoothed network (noise {params.sigma:g}), which isn't the network itself, is certified right within a "
        f"Euclidean distance of {result.radius:g} on {of}. Networks that weren't trained with such noise often "
        "predict a single class for all of it."
    )


def _agreement(result: CertifyResult) -> str:
    if not result.bounds:
        return ""
    if result.contradictions:
        return (
            f"CONTRADICTION: on {result.contradictions} of {len(result.labels)} images an attack succeeded within the "
            "certified budget. Trust neither; please report it."
        )
    return f"No attack succeeded within a certified budget on any of {len(result.labels)} images."


def _accuracy(result: CertifyResult, number: int) -> Lines:
    """Of a pool, over budgets."""
    chosen, pool = result.of_pool(number), result.pools[number]
    right = result.right[chosen]
    ends = np.concatenate([result.radii[:, chosen].ravel(), result.least_budget[chosen]])
    epsilons = np.linspace(0, max(2 * result.epsilon, 1.05 * float(ends[np.isfinite(ends)].max(initial=0))), _POINTS)
    series = [_series("attacked", epsilons, [right & ~within(result.least_budget[chosen], e) for e in epsilons])]
    for name, radii in zip(result.bounds, result.radii, strict=True):
        kept = [right & reaches(radii[chosen], e) & ((radii[chosen] > 0) | (e == 0)) for e in epsilons]
        series.append(_series(f"certified by {_NAMES[name]}", epsilons, kept))
    return Lines(
        name=f"accuracy-{pool}",
        title=f"Certified and attacked accuracy against epsilon, {pool}",
        note="Share of all images of the pool that are classified correctly and stay so. Certified: no perturbation "
        "within the budget changes the prediction. Attacked: none that was found does. The true robust accuracy is "
        "between the two.",
        shares=(Share(pool, int(chosen.sum()), "images, right when clean", int(right.sum())),),
        series=tuple(series),
        references=(Reference(name="clean", value=float(right.mean())),),
        x_label="budget (largest change of any value)",
        y_label="accuracy",
        low=0.0,
        high=1.0,
    )


def _series(name: str, x: NDArray[np.float64], kept: list[NDArray[np.bool_]]) -> Series:
    return Series(name=name, x=x, y=np.array([flags.mean() for flags in kept]))


def _smoothed(result: CertifyResult) -> Iterator[Lines]:
    if result.smoothed is None or result.smoothed_radii is None:
        return
    radii = np.linspace(0, max(2 * result.radius, 1.05 * float(result.smoothed_radii.max())), _POINTS)
    curves = []
    for number, pool in enumerate(result.pools):
        chosen = result.of_pool(number)
        right, own = result.smoothed_right[chosen], result.smoothed_radii[chosen]
        curves.append(_series(pool, radii, [right & reaches(own, radius) for radius in radii]))
    yield Lines(
        name="smoothed",
        title="Certified accuracy of the smoothed network against radius",
        note=long_text("notes", "certify-smoothed"),
        shares=_shares(result),
        series=tuple(curves),
        x_label="radius (Euclidean distance)",
        y_label="accuracy",
        low=0.0,
        high=1.0,
    )


def _shares(result: CertifyResult) -> tuple[Share, ...]:
    return tuple(Share(pool, int(result.of_pool(number).sum())) for number, pool in enumerate(result.pools))


def _pools(result: CertifyResult) -> Table:
    bounds = [(f"{name}_accuracy", _NAMES[name]) for name in result.bounds]
    shown = [("clean_accuracy", "clean"), *bounds, ("attacked_accuracy", "attacked")]
    if result.bounds:
        shown.append(("certified_wrong", "wrong, certified"))
    if result.smoothed is not None:
        shown += [("smoothed_accuracy", "smoothed"), ("smoothed_wrong", "wrong, smoothed"), ("abstained", "abstained")]
    rows: list[tuple[Cell, ...]] = []
    for number, pool in enumerate(result.pools):
        chosen, rates = result.of_pool(number), result.rates(number)
        medians = [float(np.median(result.best_radius[chosen]))] if result.bounds else []
        budget = float(np.median(result.least_budget[chosen]))
        rows.append(
            (
                pool,
                int(chosen.sum()),
                *(100 * rates[name] for name, _ in shown),
                *medians,
                budget if np.isfinite(budget) else "∞",
            )
        )
    return Table(
        name="pools",
        title=f"Rates by pool within {result.epsilon:g}, %",
        note=long_text("notes", "certify-pools"),
        shares=_shares(result),
        columns=(
            Column(name="pool"),
            Column(name="images"),
            *(Column(name=title, decimals=0) for _, title in shown),
            *([Column(name="median certified", decimals=4)] if result.bounds else []),
            Column(name="median attacked", decimals=4),
        ),
        rows=tuple(rows),
    )


def _images(result: CertifyResult) -> Table:
    """One row an image: what is certified, where the true radius lies, what is attacked."""
    classes = (*result.content.classes, "abstains")
    rows: list[tuple[Cell, ...]] = []
    for index, pool in enumerate(result.pool.tolist()):
        low, high = float(result.best_radius[index]), float(result.least_budget[index])
        row: list[Cell] = [index + 1, result.pools[pool], class_cell(classes[result.labels[index]])]
        row.append(class_cell(classes[result.predicted[index]]))
        row += [float(radii[index]) for radii in result.radii]
        if result.bounds:
            row.append(Interval(low, high) if np.isfinite(high) else f"over {low:.4f}")
        row += [float(budgets[index]) if np.isfinite(budgets[index]) else "∞" for budgets in result.budgets]
        if result.smoothed is not None and result.smoothed_radii is not None:
            row += [class_cell(classes[result.smoothed[index]]), float(result.smoothed_radii[index])]
        rows.append(tuple(row))
    smoothed = () if result.smoothed is None else (Column(name="smoothed"), Column(name="radius", decimals=3))
    return Table(
        name="images",
        title="Each image: certified, true, attacked",
        note=long_text("notes", "certify-images"),
        columns=(
            Column(name="image"),
            Column(name="pool"),
            Column(name="class"),
            Column(name="answer"),
            *(Column(name=_NAMES[name], decimals=4) for name in result.bounds),
            *([Column(name="true", decimals=4)] if result.bounds else []),
            *(Column(name=name, decimals=4) for name in result.attacks),
            *smoothed,
        ),
        rows=tuple(rows),
    )


def _margins(result: CertifyResult) -> Iterator[Table]:
    if not result.bounds:
        return
    rows: list[tuple[Cell, ...]] = []
    for index, pool in enumerate(result.pool.tolist()):
        lower, upper = (values[:, index].tolist() for values in (result.lower, result.upper))
        attacked = result.attacked[:, index].tolist()
        rows.append((index + 1, result.pools[pool], *lower, *attacked, float(result.clean[index]), *upper))
    yield Table(
        name="margins",
        title=f"Each image: the least margin within {result.epsilon:g}",
        note="Margin: the logit of the clean prediction less the largest other logit, below 0 where the prediction has "
        "changed. The least margin is between the lower and the upper bound.",
        columns=(
            Column(name="image"),
            Column(name="pool"),
            *(Column(name=f"{_NAMES[name]}, lower", decimals=2) for name in result.bounds),
            *(Column(name=name, decimals=2) for name in result.attacks),
            Column(name="clean", decimals=2),
            *(Column(name=f"{_NAMES[name]}, upper", decimals=2) for name in result.bounds),
        ),
        rows=tuple(rows),
    )


def _pictures(result: CertifyResult) -> Pixels:
    """The first images of each pool, a row each."""
    of_each = [np.flatnonzero(result.of_pool(number))[:_SHOWN] for number in range(len(result.pools))]
    columns = max(map(len, of_each))
    whole = len({len(one) for one in of_each}) == 1
    shown = np.concatenate(of_each)
    return Pixels(
        name="pictures",
        title="Images, predictions and certified budgets" if result.bounds else "Images and predictions",
        note="Below each: the network's prediction, and the largest certified budget."
        if result.bounds
        else "Below each: the network's prediction.",
        images=result.pictures[shown],
        columns=columns,
        captions=tuple(_caption(result, index) for index in shown.tolist()),
        tones=tuple("good" if right else "bad" for right in result.right[shown]),
        row_labels=result.pools if whole else (),
    )


def _caption(result: CertifyResult, index: int) -> str:
    """`7 .012`"""
    radius = f" {result.best_radius[index]:.3f}".replace(" 0.", " .") if result.bounds else ""
    return f"{result.content.classes[result.predicted[index]]}{radius}"
