"""A page a feature: exemplars, responses, activations, effect on the logits, related features and neurons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import class_colors, classes_and_values
from lazytui.analyses.core.exemplar_figures import exemplar_images, group_means, preferred_inputs, unit_maps
from lazytui.analyses.sae.result import SaeResult
from lazytui.figures.kinds import Bars, Column, Figure, Histogram, Matrix, Pixels, Table


def feature_page(result: SaeResult, feature: int) -> list[Figure]:
    """Every figure of one feature. Images are there for the 256 that do most."""
    index = result.exemplars.index_of(feature)
    figures = [
        *([] if index is None else _pictures(result, feature, index)),
        _values(result, feature) if result.content.values else None,
        _classes(result, feature),
        _group_means(result, feature) if result.content.values else None,
        _activations(result, feature),
        _effect(result, feature),
        _related(result, feature),
    ]
    return [figure for figure in figures if figure is not None]


def _named(result: SaeResult, feature: int) -> str:
    return f"Feature {feature} ({result.category_of(feature)})"


def _pictures(result: SaeResult, feature: int, index: int) -> list[Pixels]:
    prefix, named = f"feature-{feature}", _named(result, feature)
    page = [_exemplars(result, feature, index)]
    if result.exemplar_maps:
        layers, title = (result.layer, result.cam_layer), f"{named}: where it is active, and Grad-CAM"
        page.append(unit_maps(result.exemplar_maps, result.exemplars, index, layers, f"{prefix}-maps", title))
    if result.preferred is not None and result.preferred_response is not None and result.stability is not None:
        response, most = float(result.preferred_response[index]), float(result.exemplars.top_values[index].max())
        sentence = f"Its activation there {response:.3g}; on its strongest image {most:.3g}."
        images, stability = result.preferred[:, index], float(result.stability[index])
        title = f"{named}: feature visualization"
        page.append(preferred_inputs(images, stability, sentence, f"{prefix}-preferred", title))
    return page


def _exemplars(result: SaeResult, feature: int, index: int) -> Pixels:
    name, title = f"feature-{feature}-evidence", f"{_named(result, feature)}: dataset exemplars"
    return exemplar_images(result.exemplars, index, result.probe_images, name, title, "those it is active on")


def _values(result: SaeResult, feature: int) -> Bars:
    return Bars(
        name=f"feature-{feature}-colors",
        title=f"{_named(result, feature)}: mean activation for each {result.content.attribute}",
        note=_selectivity(result.attribute_selectivity, result.attribute_bound, feature, len(result.content.values)),
        labels=result.content.values,
        values=result.attribute_response[feature].astype(np.float64),
        decimals=4,
        colors=result.value_colors,
    )


def _classes(result: SaeResult, feature: int) -> Bars:
    return Bars(
        name=f"feature-{feature}-digits",
        title=f"{_named(result, feature)}: mean activation for each {result.content.label}",
        note=_selectivity(result.label_selectivity, result.label_bound, feature, len(result.content.classes)),
        labels=result.content.classes,
        values=result.label_response[feature].astype(np.float64),
        decimals=4,
    )


def _selectivity(ratio: NDArray[np.float32], by_chance: NDArray[np.float32], feature: int, count: int) -> str:
    """count: how many values or classes there are."""
    return (
        f"Largest over mean: {float(ratio[feature]):.2f} of at most {count}; with shuffled labels up to "
        f"{float(by_chance[feature]):.2f}."
    )


def _group_means(result: SaeResult, feature: int) -> Matrix:
    name = f"feature-{feature}-heat"
    return group_means(result.heat[feature], result.content, result.value_colors, name, _named(result, feature))


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
    content = result.content
    return Bars(
        name=f"feature-{feature}-effect",
        title=f"{_named(result, feature)}: effect on the logits at its typical strength",
        note=f"Beside each {content.label}: its {content.attribute} in training." if content.values else "",
        labels=classes_and_values(content),
        values=values,
        decimals=3,
        low=min(0.0, float(values.min())),
        colors=class_colors(content, result.value_colors),
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
