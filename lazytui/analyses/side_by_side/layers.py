"""The neurons of a layer, of several networks: roles, information, what ablating them costs, and filters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.neurons.result import NeuronsResult, count_costly
from lazytui.analyses.side_by_side.figures_of_each import Value, figures_of_each, percent, summary
from lazytui.analyses.side_by_side.result import SideBySideResult
from lazytui.figures.kinds import Figure, Lines, Reference, Series, Table


def layer_figures(result: SideBySideResult) -> list[Figure]:
    """First what differs, then each network's own pictures."""
    return [
        _summary(result),
        *([_information(result)] if result.content.values else []),
        _ablations(result),
        *figures_of_each(result, ("colors", "filters", "spectrum")),
    ]


def _found(result: SideBySideResult) -> list[NeuronsResult]:
    return [part.result for part in result.parts]


def _summary(result: SideBySideResult) -> Table:
    results, label, attribute = _found(result), result.content.label, result.content.attribute
    layers = ", ".join(f"{name} {one.layer}" for name, one in zip(result.names, results, strict=True))
    rows: dict[str, Sequence[Value]] = {
        "neurons": [one.neurons for one in results],
        "traitors": [one.attribute_selective for one in results],
        "heroes": [one.label_selective for one in results],
        "mixed": [one.mixed for one in results],
        "silent": [one.silent for one in results],
        "flat": [one.flat for one in results],
        **(
            {f"{attribute} MI, mean bits": [_mean_active(one, one.attribute_information) for one in results]}
            if attribute
            else {}
        ),
        f"{label} MI, mean bits": [_mean_active(one, one.label_information) for one in results],
        "participation ratio": [one.participation_ratio for one in results],
        "hard accuracy, %": [percent(one.hard.intact) for one in results],
        "hard, traitors first, %": [percent(one.hard.attribute_first_mean) for one in results],
        "hard, random order, %": [percent(one.hard.random_mean) for one in results],
        "cost over a point, easy": [count_costly(one.easy.without_mean, one.easy.intact or 0.0) for one in results],
    }
    return summary(
        result,
        "Neurons side by side",
        f"Layers: {layers}. Means are over the neurons that are ever active. hard, traitors first: hard accuracy, "
        "averaged over the stages as neurons are ablated, beside random order. cost over a point: neurons that cost "
        "more than a point of easy accuracy each.",
        rows,
    )


def _mean_active(one: NeuronsResult, measure: NDArray[np.float32]) -> float | None:
    return float(measure[one.active].mean()) if one.active.size else None


def _information(result: SideBySideResult) -> Lines:
    label, attribute = result.content.label, result.content.attribute
    return Lines(
        name="information",
        title=f"Each neuron: information on the {label} against the {attribute}",
        note="A point is a neuron, its color and mark the network. Mutual information in bits, minus that under "
        f"shuffled labels: to the right, neurons that describe the {attribute}; upward, those that describe the "
        f"{label}.",
        series=tuple(
            Series(
                name=name, x=one.attribute_information.astype(np.float64), y=one.label_information.astype(np.float64)
            )
            for name, one in zip(result.names, _found(result), strict=True)
        ),
        x_label=f"{attribute} MI, bits",
        y_label=f"{label} MI, bits",
        joined=False,
    )


def _ablations(result: SideBySideResult) -> Lines:
    series = []
    for name, one in zip(result.names, _found(result), strict=True):
        share = 100 * one.ablated / max(int(one.ablated[-1]), 1)
        series += [
            Series(name=f"{name}, traitors first", x=share, y=one.hard.attribute_first.astype(np.float64)),
            Series(name=f"{name}, random order", x=share, y=one.hard.random.astype(np.float64).mean(0)),
        ]
    return Lines(
        name="ablations",
        title="Hard accuracy as neurons are ablated",
        note="Of each network's active neurons; random order: mean of 20. The end of both orders is the same.",
        series=tuple(series),
        x_label="ablated neurons, %",
        y_label="accuracy",
        low=0.0,
        references=(Reference(name="chance", value=1 / len(result.content.classes)),),
    )
