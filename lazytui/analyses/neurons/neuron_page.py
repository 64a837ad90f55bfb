"""A page a neuron: what it prefers, what it responds to, what it tells and what it says to each digit."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.core.exemplar_figures import evidence, heat
from lazytui.analyses.neurons.figures import color_names, role_of
from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Bars, Column, Figure, Lines, Matrix, Pixels, Series, Table
from lazytui.runs.saved_result import Result


def page(result: Result, neuron: int) -> list[Figure]:
    """Every figure of one neuron. Pictures are there for the layer's strongest 256."""
    place = np.flatnonzero(result.arrays["pictured"] == neuron)
    pictures = (
        [_preferred(result, neuron, int(place[0])), _evidence(result, neuron, int(place[0]))] if len(place) else []
    )
    told: list[Figure] = [
        *pictures,
        _colors(result, neuron),
        _heat(result, neuron),
        _says(result, neuron),
        _patched(result, neuron),
        _snippets(result, neuron),
    ]
    if "training_step" in result.arrays:
        told.append(_through_training(result, neuron))
    return told


def _named(result: Result, neuron: int) -> str:
    return f"Neuron {neuron} ({role_of(result, neuron)})"


def _preferred(result: Result, neuron: int, place: int) -> Pixels:
    images = result.arrays["preferred"][:, place].astype(np.uint8)
    return Pixels(
        name=f"neuron-{neuron}-preferred",
        title=f"{_named(result, neuron)}: what it prefers",
        note=f"From {len(images)} random starts; mean cosine between them {result.arrays['stability'][place]:.2f}.",
        images=images,
        columns=len(images),
        captions=tuple(f"start {start + 1}" for start in range(len(images))),
    )


def _evidence(result: Result, neuron: int, place: int) -> Pixels:
    title = f"{_named(result, neuron)}: images that it responds to"
    return evidence(result, place, f"neuron-{neuron}-evidence", title, "them")


def _colors(result: Result, neuron: int) -> Bars:
    ten = palette(result.facts["palette"])
    values = result.arrays["color_response"][neuron].astype(np.float64)
    patches = result.arrays["patch_response"][neuron]
    return Bars(
        name=f"neuron-{neuron}-colors",
        title=f"{_named(result, neuron)}: mean activation in each color",
        note="Over all digits alike. Beside each color: the activation on a flat patch of it.",
        labels=tuple(f"{name} ({patch:.3g})" for name, patch in zip(ten.names, patches, strict=True)),
        values=values,
        decimals=4,
        low=min(0.0, float(values.min())),
        colors=ten.colors,
    )


def _heat(result: Result, neuron: int) -> Matrix:
    title = f"{_named(result, neuron)}: mean activation by digit and color"
    return heat(result, neuron, f"neuron-{neuron}-heat", title)


def _says(result: Result, neuron: int) -> Table:
    """What it adds to each logit: by its weights, and by what is missed without it."""
    arrays = result.arrays
    weights = arrays["outgoing"][neuron] if "outgoing" in arrays else np.full(10, np.nan)
    return Table(
        name=f"neuron-{neuron}-says",
        title=f"{_named(result, neuron)}: what it says to each digit's logit",
        note="weight: what one unit of its pooled activation adds; a dash where more layers lie between. contribution: "
        "by how much the mean logit falls when it is set to zero, or to its mean, on easy and hard images together.",
        columns=(
            Column(name="digit"),
            Column(name="color of the digit"),
            Column(name="weight", decimals=3),
            Column(name="contribution, zero", decimals=3),
            Column(name="contribution, mean", decimals=3),
        ),
        rows=tuple(
            (
                digit,
                name,
                float(weights[digit]),
                float(arrays["contribution_zero"][neuron, digit]),
                float(arrays["contribution_mean"][neuron, digit]),
            )
            for digit, name in enumerate(color_names(result))
        ),
    )


def _patched(result: Result, neuron: int) -> Bars:
    names = color_names(result)
    return Bars(
        name=f"neuron-{neuron}-patched",
        title=f"{_named(result, neuron)}: a {names[1]} 1 in which it alone sees {names[0]}",
        note=f"Shift of each logit of the 1 in its own color when this neuron does what the same 1 in {names[0]} makes "
        "it do.",
        labels=tuple(f"{digit} ({name})" for digit, name in zip(DIGITS, names, strict=True)),
        values=result.arrays["red_one_shift"][neuron].astype(np.float64),
        decimals=3,
        low=min(0.0, float(result.arrays["red_one_shift"][neuron].min())),
        colors=palette(result.facts["palette"]).colors,
    )


def _snippets(result: Result, neuron: int) -> Pixels:
    values = result.arrays["snippet_values"][neuron].astype(np.float64)
    strength = max(float(result.arrays["strength"][neuron]), 1e-12)
    order = np.argsort(-values, kind="stable")
    return Pixels(
        name=f"neuron-{neuron}-snippets",
        title=f"{_named(result, neuron)}: simple things shown to it, strongest response first",
        note="Bare textures in each color, digits in the opposite of their own color, single strokes and loops. In "
        "percent of its strength on images.",
        images=result.arrays["snippet_images"][order].astype(np.uint8),
        columns=9,
        captions=tuple(f"{result.facts['snippets'][index]} {100 * values[index] / strength:.0f}%" for index in order),
    )


def _through_training(result: Result, neuron: int) -> Lines:
    steps = result.arrays["training_step"].astype(np.float64)
    named = {"color MI": "color_information", "digit MI": "digit_information"}
    return Lines(
        name=f"neuron-{neuron}-training",
        title=f"{_named(result, neuron)}: what it tells through training",
        note="Mutual information with color and with digit, less what shuffled labels show.",
        series=tuple(
            Series(name=word, x=steps, y=result.arrays[f"training_{name}"][:, neuron].astype(np.float64))
            for word, name in named.items()
        ),
        x_label="step",
        y_label="bits",
        low=0.0,
    )
