"""Every neuron of a layer in a row: its information, its effect, its polysemanticity."""

from __future__ import annotations

import math

import numpy as np

from lazytui.analyses.core.content_words import class_cell, in_or_with
from lazytui.analyses.neurons.result import NeuronsResult, count_costly
from lazytui.data.content import Content
from lazytui.figures.kinds import Cell, Column, Table
from lazytui.files.long_texts import long_text
from lazytui.neurons.own_values import own_values
from lazytui.neurons.roles import ROLES


def information(result: NeuronsResult) -> Table:
    """Every neuron with its role and its information on attribute and label, the largest excess on the attribute
    first."""
    content = result.content
    label, attribute = content.label, content.attribute
    return Table(
        name="neurons",
        title=f"All neurons of {result.layer}: information",
        note=_about_information(result),
        columns=(
            Column(name="neuron"),
            Column(name="role"),
            *([Column(name=f"{attribute} MI", decimals=3)] if content.values else []),
            Column(name=f"{label} MI", decimals=3),
            *([Column(name="diff", decimals=3)] if content.values else []),
            Column(name="±", decimals=3),
            *([Column(name="CSI", decimals=2), Column(name=attribute)] if content.values else []),
            Column(name="sel", decimals=2),
            Column(name=label),
        ),
        rows=tuple(_information_row(result, neuron) for neuron in by_excess(result)),
        ordered_by="diff" if content.values else f"{label} MI",
    )


def _information_row(result: NeuronsResult, neuron: int) -> tuple[Cell, ...]:
    content, of_label = result.content, float(result.label_information[neuron])
    margin = np.nan if result.information_margin is None else float(result.information_margin[neuron])
    favorite = class_cell(content, int(result.label_response[neuron].argmax()))
    begin, end = (neuron, result.role_of(neuron)), (float(result.label_selectivity[neuron]), favorite)
    if not content.values:
        return (*begin, of_label, margin, *end)
    return (
        *begin,
        float(result.attribute_information[neuron]),
        of_label,
        float(result.excess[neuron]),
        margin,
        float(result.attribute_selectivity[neuron]),
        content.values[int(result.attribute_response[neuron].argmax())],
        *end,
    )


def _about_information(result: NeuronsResult) -> str:
    content = result.content
    label, attribute = content.label, content.attribute
    most, by_chance = math.log2(max(content.groups)), float(result.information_bound.max())
    tested = (
        "Each is tested alone: up to 5 % of neurons without a "
        f"preference get a role, {math.ceil(0.05 * len(result.role))} of {len(result.role)}."
    )
    selectivity = (
        "sel: class selectivity (largest - rest) / (largest + rest) of "
        f"the means by {label}, with the preferred {label}."
    )
    if not content.values:
        return (
            f"MI: mutual information of the activation with {label}, in bits, minus the mean under shuffled labels, "
            f"the largest first, silent neurons last; at most {most:.2f}, by chance below {by_chance:.4f}. ±: 95 % "
            f"error; a neuron beyond it is a hero ({label}-selective). {tested} {selectivity}"
        )
    return (
        f"MI: mutual information of the activation with {attribute} and with {label}, in bits, minus the mean under "
        f"shuffled labels; at most {most:.2f}, by chance below {by_chance:.4f}. diff: {attribute} MI - "
        f"{label} MI, the largest first, silent neurons last. ±: 95 % error of diff; a neuron beyond it is a traitor "
        f"({attribute}-selective) or a hero ({label}-selective). {tested} CSI: "
        f"{_about_index(content)}, with the preferred {attribute}. {selectivity}"
    )


def _about_index(content: Content) -> str:
    """The note on attribute selectivity."""
    values = len(content.values)
    if values <= 2:
        return f"{content.attribute} selectivity index, undefined of {values} values, where it is the same for all"
    most = "3" if values == 10 else f"{math.sqrt(values - 1):.2f}"
    return f"{content.attribute} selectivity index / {most}, 0 to 1"


def effects(result: NeuronsResult) -> Table:
    """Every neuron with what it does: what the network loses without it, and what it alone transfers."""
    easy, hard = (count_costly(split.without_mean, split.intact or 0.0) for split in (result.easy, result.hard))
    content, patches = result.content, (result.attribute_patch, result.label_patch)
    return Table(
        name="effects",
        title=f"All neurons of {result.layer}: effect",
        note="easy, hard: change of accuracy, in points, when the neuron is held at its mean (0: at zero), on "
        f"{result.samples.easy:,} and {result.samples.hard:,} images. {_about_patches(result)}"
        f"Of {result.neurons} neurons {easy} cost more than a point each on easy images and {hard} "
        "on hard ones.",
        columns=(
            Column(name="neuron"),
            Column(name="role"),
            *(Column(name=f"{split}{sign}") for split in ("easy", "hard") for sign in ("", " 0")),
            *(
                [Column(name=content.attribute, decimals=3), Column(name=content.label, decimals=3)]
                if result.repaintable
                else []
            ),
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
                *(float(patch[neuron]) for patch in patches if patch is not None),
            )
            for neuron in by_excess(result)
        ),
    )


def _about_patches(result: NeuronsResult) -> str:
    """What the columns of patching are; nothing where there are none."""
    content, classes = result.content, len(own_values(result.content))
    label, attribute = content.label, content.attribute
    if not result.repaintable:
        return ""
    other = "shape" if label == "digit" else label
    return (
        f"{attribute}: rise of the logit of a {attribute}'s {label} when "
        f"only this neuron sees the image {in_or_with(content)} that {attribute}; {label}: the same with another "
        f"{other} {in_or_with(content)} the same {attribute}; means over {classes * (classes - 1)} pairs. "
    )


def polysemanticity(result: NeuronsResult) -> Table:
    """Every neuron with how many classes its strongest images show, and how strong it is at all."""
    content = result.content
    note_on_conditional = (
        f" given: bits about the {content.label} once the {content.attribute} is known." if content.values else ""
    )
    largest = max(float(result.strength.max()), 1e-12)
    return Table(
        name="polysemanticity",
        title=f"All neurons of {result.layer}: polysemanticity",
        note=long_text("notes", "neurons-polysemanticity").format(label=content.label, labels=content.labels)
        + note_on_conditional,
        columns=(
            Column(name="neuron"),
            Column(name="role"),
            Column(name="entropy", decimals=2),
            Column(name="strength", decimals=3),
            Column(name="share", decimals=2),
            Column(name="polysemanticity", decimals=2),
            *([Column(name="given", decimals=3)] if content.values else []),
        ),
        rows=tuple(
            (
                neuron,
                result.role_of(neuron),
                float(result.entropy[neuron]),
                float(result.strength[neuron]),
                float(result.strength[neuron]) / largest,
                float(result.polysemanticity[neuron]),
                *([float(result.label_given_attribute[neuron])] if content.values else []),
            )
            for neuron in by_excess(result)
        ),
    )


def by_excess(result: NeuronsResult) -> list[int]:
    """All neurons, the largest excess on the attribute first, silent ones last; where no attribute is known, the most
    information on the label first."""
    silent = result.role == ROLES.index("silent")
    first = result.excess if result.content.values else result.label_information.astype(np.float64)
    return [int(neuron) for neuron in np.lexsort((-first, silent))]
