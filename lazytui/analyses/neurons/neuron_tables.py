"""Every neuron of a layer in a row: its information, its effect, its polysemanticity."""

from __future__ import annotations

import math

import numpy as np

from lazytui.analyses.neurons.result import NeuronsResult, count_costly
from lazytui.figures.kinds import Column, Table
from lazytui.files.long_texts import long_text
from lazytui.neurons.roles import ROLES


def information(result: NeuronsResult) -> Table:
    """Every neuron with its role and its information on color and digit, the largest excess on color first."""
    names = result.palette.names
    return Table(
        name="neurons",
        title=f"All neurons of {result.layer}: information",
        note="MI: mutual information of the activation with color and with digit, in bits, minus the mean under "
        f"shuffled labels; at most 3.32, by chance below {float(result.information_bound.max()):.4f}. diff: color MI - "
        "digit MI, the largest first, silent neurons last. ±: 95 % error of diff; a neuron beyond it is a traitor "
        "(color-selective) or a hero (digit-selective). Each is tested alone: up to 5 % of neurons without a "
        f"preference get a role, {math.ceil(0.05 * len(result.role))} of {len(result.role)}. CSI: color selectivity "
        "index / 3, 0 to 1, with the preferred color. sel: class selectivity (largest - rest) / (largest + rest) of "
        "the means by digit, with the preferred digit.",
        columns=(
            Column(name="neuron"),
            Column(name="role"),
            Column(name="color MI", decimals=3),
            Column(name="digit MI", decimals=3),
            Column(name="diff", decimals=3),
            Column(name="±", decimals=3),
            Column(name="CSI", decimals=2),
            Column(name="color"),
            Column(name="sel", decimals=2),
            Column(name="digit"),
        ),
        rows=tuple(
            (
                neuron,
                result.role_of(neuron),
                float(result.color_information[neuron]),
                float(result.digit_information[neuron]),
                float(result.excess[neuron]),
                np.nan if result.information_margin is None else float(result.information_margin[neuron]),
                float(result.color_selectivity[neuron]),
                names[int(result.color_response[neuron].argmax())],
                float(result.digit_selectivity[neuron]),
                int(result.digit_response[neuron].argmax()),
            )
            for neuron in by_excess(result)
        ),
        ordered_by="diff",
    )


def effects(result: NeuronsResult) -> Table:
    """Every neuron with what it does: what the network loses without it, and what it alone transfers."""
    easy, hard = (count_costly(split.without_mean, split.intact or 0.0) for split in (result.easy, result.hard))
    return Table(
        name="effects",
        title=f"All neurons of {result.layer}: effect",
        note="easy, hard: change of accuracy, in points, when the neuron is held at its mean (0: at zero), on "
        f"{result.samples.easy:,} and {result.samples.hard:,} images. color: rise of the logit of a color's digit when "
        "only this neuron sees the image in that color; digit: the same with another shape in the same color; means "
        f"over 90 pairs. Of {result.neurons} neurons {easy} cost more than a point each on easy images and {hard} "
        "on hard ones.",
        columns=(
            Column(name="neuron"),
            Column(name="role"),
            *(Column(name=f"{split}{sign}") for split in ("easy", "hard") for sign in ("", " 0")),
            Column(name="color", decimals=3),
            Column(name="digit", decimals=3),
        ),
        rows=tuple(
            (
                neuron,
                result.role_of(neuron),
                *(
                    100 * (float(without[neuron]) - (split.intact or 0.0))
                    for split in (result.easy, result.hard)
                    for without in (split.without_mean, split.without_zero)
                ),
                float(result.color_patch[neuron]),
                float(result.digit_patch[neuron]),
            )
            for neuron in by_excess(result)
        ),
    )


def polysemanticity(result: NeuronsResult) -> Table:
    """Every neuron with how many digits its strongest images show, and how strong it is at all."""
    largest = max(float(result.strength.max()), 1e-12)
    return Table(
        name="polysemanticity",
        title=f"All neurons of {result.layer}: polysemanticity",
        note=long_text("notes", "neurons-polysemanticity"),
        columns=(
            Column(name="neuron"),
            Column(name="role"),
            Column(name="entropy", decimals=2),
            Column(name="strength", decimals=3),
            Column(name="share", decimals=2),
            Column(name="polysemanticity", decimals=2),
            Column(name="given", decimals=3),
        ),
        rows=tuple(
            (
                neuron,
                result.role_of(neuron),
                float(result.entropy[neuron]),
                float(result.strength[neuron]),
                float(result.strength[neuron]) / largest,
                float(result.polysemanticity[neuron]),
                float(result.digit_given_color[neuron]),
            )
            for neuron in by_excess(result)
        ),
    )


def by_excess(result: NeuronsResult) -> list[int]:
    """All neurons, the largest excess on color first, silent ones last."""
    silent = result.role == ROLES.index("silent")
    return [int(neuron) for neuron in np.lexsort((-result.excess, silent))]
