"""When a layer locks on to the attribute: roles and information of its neurons through training."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.neurons.layer_pictures import most_selective
from lazytui.analyses.neurons.params import PLURALS
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.figures.kinds import Figure, Lines, Series

_LINES = 6


def through_training(result: NeuronsResult) -> list[Figure]:
    """Roles and information at the checkpoints that the training kept; none where it kept none."""
    checkpoints = result.through_training
    if checkpoints is None:
        return []
    steps, roles = checkpoints.step.astype(np.float64), checkpoints.role
    counts = {
        name: (roles == index).sum(1).astype(np.float64) for index, name in enumerate(PLURALS) if (roles == index).any()
    }
    content = result.content
    label, attribute = content.label, content.attribute
    cues = {attribute: checkpoints.attribute_information} if content.values else {}
    middle = {
        f"{cue}, {word}": np.quantile(values.astype(np.float64), share, axis=1)
        for cue, values in {**cues, label: checkpoints.label_information}.items()
        for word, share in (("median neuron", 0.5), ("best neuron", 1.0))
    }
    with_each = " and ".join(f"with {cue}" for cue in (*cues, label))
    independent = f"; {label} and {attribute} are independent in these images" if result.repaintable else ""
    on_both = f"Information on {attribute} minus that on {label}" if cues else f"Minus the information on {label}"
    return [
        Lines(
            name="training-roles",
            title="Roles through training",
            note=f"{len(steps)} checkpoints, measured on the same images as the end.",
            series=tuple(Series(name=name, x=steps, y=count) for name, count in counts.items()),
            x_label="step",
            y_label="neurons",
            low=0.0,
        ),
        Lines(
            name="training-information",
            title=f"Information on {' and '.join([*cues, label])} through training",
            note=f"Mutual information of a neuron's activation {with_each}, minus that under shuffled "
            f"labels{independent}.",
            series=tuple(Series(name=name, x=steps, y=values) for name, values in middle.items()),
            x_label="step",
            y_label="bits",
            low=0.0,
        ),
        Lines(
            name="training-neurons",
            title="Single neurons through training",
            note=f"{on_both}, of the neurons that end with the largest and the smallest difference.",
            series=tuple(
                Series(name=f"{neuron} {result.role_of(neuron)}", x=steps, y=checkpoints.excess[:, neuron])
                for neuron in most_selective(result, _LINES)
            ),
            x_label="step",
            y_label="bits",
        ),
    ]
