"""What each layer tells of digit and color, beside an untrained network, and through the training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.probes.result import CUES, ProbesResult
from lazytui.figures.kinds import Column, Figure, Lines, Matrix, Reference, Series, Table, Text

if TYPE_CHECKING:
    from lazytui.analyses.probes.params import ProbesParams


def figures(_params: ProbesParams, result: ProbesResult) -> list[Figure]:
    return [_verdict(result), _matrix(result), *_through_training(result), _table(result)]


def _verdict(result: ProbesResult) -> Text:
    digit, color = result.accuracy[-1]
    untrained_digit, untrained_color = result.untrained[-1]
    sentence = (
        f"{result.layers[-1]}, the last layer, tells the color of {color:.1%} and the digit of "
        f"{digit:.1%} of {result.tested:,} images to a linear classifier; with random weights {untrained_color:.1%} "
        f"and {untrained_digit:.1%}, by chance 10%."
    )
    caution = "What a layer tells isn't what the network uses: ablation shows that."
    return Text(name="verdict", title="What the layers tell", paragraphs=(f"{sentence} {caution}",))


def _matrix(result: ProbesResult) -> Matrix:
    return Matrix(
        name="probes",
        title="Accuracy of linear probes",
        note=f"Logistic regression on each layer's activations, maps by their means, fitted to {result.fitted:,} "
        "images that show every digit in every color equally often, tested on "
        f"{result.tested:,} others. untrained: the same architecture with random weights. Chance: 10 %.",
        values=100 * np.concatenate([result.accuracy, result.untrained], axis=1),
        row_labels=result.layers,
        column_labels=(*CUES, *(f"untrained {cue}" for cue in CUES)),
        row_axis="layer",
        unit="%",
        decimals=1,
        low=0.0,
        high=100.0,
    )


def _through_training(result: ProbesResult) -> list[Lines]:
    """A chart for each cue, with a line for each layer."""
    found = result.through_training
    if found is None:
        return []
    steps = found.step.astype(np.float64)
    return [
        Lines(
            name=f"through-training-{cue}",
            title=f"{cue.capitalize()} by layer through the training",
            note="Accuracy of the same probes at every step whose weights the training kept.",
            series=tuple(
                Series(name=layer, x=steps, y=found.accuracy[:, row, column]) for row, layer in enumerate(result.layers)
            ),
            x_label="step",
            y_label="accuracy",
            low=0.0,
            high=1.0,
            references=(Reference(name="chance", value=0.1),),
        )
        for column, cue in enumerate(CUES)
    ]


def _table(result: ProbesResult) -> Table:
    return Table(
        name="layers",
        title="The layers",
        columns=(Column(name="layer"), Column(name="dimensions"), *(Column(name=cue, unit="%") for cue in CUES)),
        rows=tuple(
            (name, int(dimensions), *(100 * float(share) for share in shares))
            for name, dimensions, shares in zip(result.layers, result.dimensions, result.accuracy, strict=True)
        ),
    )
