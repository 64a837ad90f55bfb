"""A page a feature: exemplars, responses, activations, effect on the logits, related features and neurons."""

from __future__ import annotations

from typing import Literal

import numpy as np

from lazytui.analyses.core.exemplar_figures import exemplar_images, group_means, preferred_inputs, unit_maps
from lazytui.analyses.sae.result import SaeResult
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Bars, Column, Figure, Histogram, Matrix, Pixels, Table


def feature_page(result: SaeResult, feature: int) -> list[Figure]:
    """Every figure of one feature. Images are there for the 256 that do most."""
    index = result.exemplars.index_of(feature)
    figures = [
        *([] if index is None else _pictures(result, feature, index)),
        _profile(result, feature, "color"),
        _profile(result, feature, "digit"),
        _group_means(result, feature),
        _activations(result, feature),
        _effect(result, feature),
        _related(result, feature),
    ]
    return [figure for figure in figures if figure is not None]


def _named(result: SaeResult, feature: int) -> str:
    return f"Feature {feature} ({result.category_of(feature)})"


def _pictures(result: SaeResult, feature: int, index: int) -> list[Pixels]:
    prefix, named = f"feature-{feature}", _named(result, feature)
    found = [_exemplars(result, feature, index)]
    if result.exemplar_maps:
        layers, title = (result.layer, result.cam_layer), f"{named}: where it is active, and Grad-CAM"
        found.append(unit_maps(result.exemplar_maps, result.exemplars, index, layers, f"{prefix}-maps", title))
    if result.preferred is not None and result.preferred_response is not None and result.stability is not None:
        response, most = float(result.preferred_response[index]), float(result.exemplars.top_values[index].max())
        sentence = f"Its activation there {response:.3g}; on its strongest image {most:.3g}."
        images, stability = result.preferred[:, index], float(result.stability[index])
        title = f"{named}: feature visualization"
        found.append(preferred_inputs(images, stability, sentence, f"{prefix}-preferred", title))
    return found


def _exemplars(result: SaeResult, feature: int, index: int) -> Pixels:
    name, title = f"feature-{feature}-evidence", f"{_named(result, feature)}: dataset exemplars"
    return exemplar_images(result.exemplars, index, result.probe_images, name, title, "those it is active on")


def _profile(result: SaeResult, feature: int, cue: Literal["color", "digit"]) -> Bars:
    ten, of_color = result.palette, cue == "color"
    ratio, chance, response = (
        (result.color_selectivity, result.color_bound, result.color_response)
        if of_color
        else (result.digit_selectivity, result.digit_bound, result.digit_response)
    )
    return Bars(
        name=f"feature-{feature}-{cue}s",
        title=f"{_named(result, feature)}: mean activation for each {cue}",
        note=f"Largest over mean: {float(ratio[feature]):.2f} of at most 10; with shuffled labels up to "
        f"{float(chance[feature]):.2f}.",
        labels=ten.names if of_color else DIGITS,
        values=response[feature].astype(np.float64),
        decimals=4,
        colors=ten.colors if of_color else (),
    )


def _group_means(result: SaeResult, feature: int) -> Matrix:
    title = f"{_named(result, feature)}: mean activation by digit and color"
    return group_means(result.heat[feature], result.palette, f"feature-{feature}-heat", title)


def _activations(result: SaeResult, feature: int) -> Histogram:
    counts = result.histogram[feature].astype(np.int64)
    largest = max(float(result.largest[feature]), 1e-12)
    return Histogram(
        name=f"feature-{feature}-activations",
        title=f"{_named(result, feature)}: activations",
        note=f"Active on {100 * float(result.probe_density[feature]):.2f} % of the probe images, and on "
        f"{100 * float(result.density[feature]):.2f} % of the training samples.",
        edges=np.linspace(0, largest, len(counts) + 1),
        counts=counts,
        x_label="activation",
        unit="images",
    )


def _effect(result: SaeResult, feature: int) -> Bars | None:
    if result.typical_effect is None or not np.isfinite(values := result.typical_effect[feature]).all():
        return None
    ten = result.palette
    return Bars(
        name=f"feature-{feature}-effect",
        title=f"{_named(result, feature)}: effect on the logits at its typical strength",
        note="Beside each digit: its color in training.",
        labels=tuple(f"{digit} ({name})" for digit, name in zip(DIGITS, ten.names, strict=True)),
        values=values,
        decimals=3,
        low=min(0.0, float(values.min())),
        colors=ten.colors,
    )


def _related(result: SaeResult, feature: int) -> Table:
    """The features with the nearest directions, and the neurons whose activations go with its own."""
    near = [
        ("feature", int(other), result.category_of(int(other)), float(cosine))
        for other, cosine in zip(result.nearest[feature], result.nearest_cosine[feature], strict=True)
    ]
    neurons = [
        ("neuron", int(neuron), "", float(r))
        for neuron, r in zip(result.neurons[feature], result.neuron_correlation[feature], strict=True)
    ]
    return Table(
        name=f"feature-{feature}-related",
        title=f"{_named(result, feature)}: related features and neurons",
        note="Features: cosine of the directions. Neurons: correlation of the activations.",
        columns=(
            Column(name="what"),
            Column(name="number"),
            Column(name="category"),
            Column(name="similarity", decimals=3),
        ),
        rows=(*near, *neurons),
    )
