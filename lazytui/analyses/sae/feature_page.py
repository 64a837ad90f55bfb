"""A page a feature: the images that show it, what it responds to, how often, what it says, and what it is near to."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.core.exemplar_figures import evidence, heat
from lazytui.analyses.sae.figures import category_of
from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Bars, Column, Figure, Histogram, Matrix, Pixels, Table
from lazytui.runs.saved_result import Result


def page(result: Result, feature: int) -> list[Figure]:
    """Every figure of one feature. Images are there for the 256 that do most."""
    place = np.flatnonzero(result.arrays["pictured"] == feature)
    told: list[Figure | None] = [
        _evidence(result, feature, int(place[0])) if len(place) else None,
        _profile(result, feature, "color"),
        _profile(result, feature, "digit"),
        _heat(result, feature),
        _activations(result, feature),
        _effect(result, feature),
        _related(result, feature),
    ]
    return [figure for figure in told if figure is not None]


def _named(result: Result, feature: int) -> str:
    return f"Feature {feature} ({category_of(result, feature)})"


def _evidence(result: Result, feature: int, place: int) -> Pixels:
    title = f"{_named(result, feature)}: images that it is active on"
    return evidence(result, place, f"feature-{feature}-evidence", title, "those it is active on")


def _profile(result: Result, feature: int, cue: str) -> Bars:
    ten = palette(result.facts["palette"])
    ratio = float(result.arrays[f"{cue}_selectivity"][feature])
    chance = float(result.arrays[f"{cue}_bound"][feature])
    return Bars(
        name=f"feature-{feature}-{cue}s",
        title=f"{_named(result, feature)}: mean activation for each {cue}",
        note=f"Largest over mean: {ratio:.2f} of at most 10; with shuffled labels up to {chance:.2f}.",
        labels=ten.names if cue == "color" else DIGITS,
        values=result.arrays[f"{cue}_response"][feature].astype(np.float64),
        decimals=4,
        colors=ten.colors if cue == "color" else (),
    )


def _heat(result: Result, feature: int) -> Matrix:
    title = f"{_named(result, feature)}: mean activation by digit and color"
    return heat(result, feature, f"feature-{feature}-heat", title)


def _activations(result: Result, feature: int) -> Histogram:
    counts = result.arrays["histogram"][feature].astype(np.int64)
    largest = max(float(result.arrays["largest"][feature]), 1e-12)
    return Histogram(
        name=f"feature-{feature}-activations",
        title=f"{_named(result, feature)}: how active it is, where it is",
        note=f"Active on {100 * float(result.arrays['probe_density'][feature]):.2f} % of the images shown, and on "
        f"{100 * float(result.arrays['density'][feature]):.2f} % of the samples it learned from.",
        edges=np.linspace(0, largest, len(counts) + 1),
        counts=counts,
        x_label="activation",
        unit="images",
    )


def _effect(result: Result, feature: int) -> Bars | None:
    if "effect" not in result.arrays:
        return None
    ten = palette(result.facts["palette"])
    values = float(result.arrays["strength"][feature]) * result.arrays["effect"][feature].astype(np.float64)
    return Bars(
        name=f"feature-{feature}-effect",
        title=f"{_named(result, feature)}: what it adds to each digit's logit at its typical strength",
        note="Beside each digit the color that it wore in training.",
        labels=tuple(f"{digit} ({name})" for digit, name in zip(DIGITS, ten.names, strict=True)),
        values=values,
        decimals=3,
        low=min(0.0, float(values.min())),
        colors=ten.colors,
    )


def _related(result: Result, feature: int) -> Table:
    """The features with the nearest directions, and the neurons whose activations go with its own."""
    arrays = result.arrays
    near = [
        ("feature", int(other), category_of(result, int(other)), float(cosine))
        for other, cosine in zip(arrays["nearest"][feature], arrays["nearest_cosine"][feature], strict=True)
    ]
    neurons = [
        ("neuron", int(neuron), "", float(r))
        for neuron, r in zip(arrays["neurons"][feature], arrays["neuron_correlation"][feature], strict=True)
    ]
    return Table(
        name=f"feature-{feature}-related",
        title=f"{_named(result, feature)}: what it is near to",
        note="Features: cosine of the directions. Neurons: correlation of the activations on the images shown.",
        columns=(
            Column(name="what"),
            Column(name="number"),
            Column(name="category"),
            Column(name="likeness", decimals=3),
        ),
        rows=(*near, *neurons),
    )
