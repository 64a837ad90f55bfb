"""How well label and attribute are read from each layer, beside an untrained network, and through the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.probes.result import ProbesResult
from lazytui.data.content import Content
from lazytui.figures.kinds import Column, Figure, Lines, Matrix, Reference, Series, Table, Text

if TYPE_CHECKING:
    from lazytui.analyses.probes.params import ProbesParams


_FIGURE_NAMES = ("digit", "color")
"""By cue: what figures of the label and of the attribute are called, whatever these are."""


def figures(_params: ProbesParams, result: ProbesResult) -> list[Figure]:
    return [_verdict(result), _matrix(result), *_through_training(result), _table(result)]


def _verdict(result: ProbesResult) -> Text:
    content, last, untrained = result.content, result.accuracy[-1], result.untrained[-1]
    accuracies = " and ".join(
        f"the {cue} of {share:.1%}" for cue, share in zip(reversed(result.cues), reversed(last.tolist()), strict=True)
    )
    shares = " and ".join(f"{share:.1%}" for share in reversed(untrained.tolist()))
    chances = " and ".join(dict.fromkeys(f"{100 * chance:.3g}%" for chance in reversed(result.chances)))
    sentence = (
        f"From {result.layers[-1]}, the last layer, a linear classifier reads {accuracies} of {result.tested:,} "
        f"images; with random weights {shares}, by chance {chances}."
    )
    if not content.values:
        sentence += " No attribute of these images is known."
    caution = "A network needn't use what can be read from a layer: ablation shows what it uses."
    return Text(name="verdict", title="What can be read from the layers", paragraphs=(f"{sentence} {caution}",))


def _matrix(result: ProbesResult) -> Matrix:
    return Matrix(
        name="probes",
        title="Accuracy of linear probes",
        note=f"Logistic regression on each layer's activations, maps by their means, fitted to {result.fitted:,} "
        f"images{_about_images(result.content)}, tested on "
        f"{result.tested:,} others. untrained: the same architecture with random weights. Chance: {_chances(result)}.",
        values=100 * np.concatenate([result.accuracy, result.untrained], axis=1),
        row_labels=result.layers,
        column_labels=(*result.cues, *(f"untrained {cue}" for cue in result.cues)),
        row_axis="layer",
        unit="%",
        decimals=1,
        low=0.0,
        high=100.0,
    )


def _about_images(content: Content) -> str:
    if content.attribute == "color":
        return f" that show every {content.label} in every color equally often"
    return f", as many of each {content.label} with each {content.attribute}" if content.values else ""


def _chances(result: ProbesResult) -> str:
    """`10 %`, `33.3 % of the class, 50 % of the ground`."""
    percents = [f"{100 * chance:.3g} %" for chance in result.chances]
    if len(set(percents)) == 1:
        return percents[0]
    return ", ".join(f"{percent} of the {cue}" for percent, cue in zip(percents, result.cues, strict=True))


def _through_training(result: ProbesResult) -> list[Lines]:
    """A chart for each cue, with a line for each layer."""
    checkpoints = result.through_training
    if checkpoints is None:
        return []
    steps = checkpoints.step.astype(np.float64)
    return [
        Lines(
            name=f"through-training-{_FIGURE_NAMES[column]}",
            title=f"{cue.capitalize()} by layer through the training",
            note="Accuracy of the same probes at every step whose weights the training kept.",
            series=tuple(
                Series(name=layer, x=steps, y=checkpoints.accuracy[:, row, column])
                for row, layer in enumerate(result.layers)
            ),
            x_label="step",
            y_label="accuracy",
            low=0.0,
            high=1.0,
            references=(Reference(name="chance", value=result.chances[column]),),
        )
        for column, cue in enumerate(result.cues)
    ]


def _table(result: ProbesResult) -> Table:
    return Table(
        name="layers",
        title="The layers",
        columns=(Column(name="layer"), Column(name="dimensions"), *(Column(name=cue, unit="%") for cue in result.cues)),
        rows=tuple(
            (name, int(dimensions), *(100 * float(share) for share in shares))
            for name, dimensions, shares in zip(result.layers, result.dimensions, result.accuracy, strict=True)
        ),
    )
