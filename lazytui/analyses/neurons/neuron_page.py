"""A page a neuron: visualization, exemplars, responses, effect on the logits, patching, stimuli, training."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.core.content_words import (
    class_cell,
    class_colors,
    classes_and_values,
    in_or_with,
    own_value_names,
)
from lazytui.analyses.core.exemplar_figures import (
    exemplar_images,
    group_means,
    maps_figure,
    preferred_inputs,
    unit_maps,
)
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.figures.kinds import Bars, Column, Figure, Lines, Matrix, Pixels, Series, Table


def neuron_page(result: NeuronsResult, neuron: int) -> list[Figure]:
    """Every figure of one neuron. Pictures are there for the layer's strongest 256."""
    index = result.exemplars.index_of(neuron)
    return [
        *([] if index is None else _pictures(result, neuron, index)),
        *([_colors(result, neuron), _group_means(result, neuron)] if result.content.values else []),
        _logit_effect(result, neuron),
        *_patching(result, neuron),
        *_stimuli(result, neuron),
        *_through_training(result, neuron),
    ]


def _named(result: NeuronsResult, neuron: int) -> str:
    return f"Neuron {neuron} ({result.role_of(neuron)})"


def _pictures(result: NeuronsResult, neuron: int, index: int) -> list[Pixels]:
    prefix, named = f"neuron-{neuron}", _named(result, neuron)
    images, stability = result.visualizations[:, index], float(result.stability[index])
    page = [
        preferred_inputs(images, stability, "", f"{prefix}-preferred", f"{named}: feature visualization"),
        _exemplars(result, neuron, index),
    ]
    if result.exemplar_maps:
        layers, title = (result.layer, result.cam_layer), f"{named}: where it is active, and Grad-CAM"
        page.append(unit_maps(result.exemplar_maps, result.exemplars, index, layers, f"{prefix}-maps", title))
    return [*page, *_on_the_image(result, neuron, index)]


def _on_the_image(result: NeuronsResult, neuron: int, index: int) -> list[Pixels]:
    """The same of the image that was asked for, if one was."""
    image, maps, grad_cam = result.mapped_image, result.mapped, result.mapped_grad_cam
    if image is None or maps is None or grad_cam is None:
        return []
    return [
        maps_figure(
            image[None],
            (f"at most {maps[neuron].max():.3g}",),
            (maps[neuron][None], grad_cam[index][None]),
            (result.layer, result.cam_layer),
            f"neuron-{neuron}-image",
            f"{_named(result, neuron)}: {result.mapped_name}, where it is active, and Grad-CAM",
        )
    ]


def _exemplars(result: NeuronsResult, neuron: int, index: int) -> Pixels:
    name, title = f"neuron-{neuron}-evidence", f"{_named(result, neuron)}: dataset exemplars"
    return exemplar_images(result.exemplars, index, result.probe_images, name, title, "them")


def _colors(result: NeuronsResult, neuron: int) -> Bars:
    content, labels, beside = result.content, result.content.values, ""
    values = result.attribute_response[neuron].astype(np.float64)
    if result.patch_response is not None:
        patches = result.patch_response[neuron]
        labels = tuple(f"{name} ({patch:.3g})" for name, patch in zip(content.values, patches, strict=True))
        beside = " Beside each color: the activation on a flat patch of it."
    return Bars(
        name=f"neuron-{neuron}-colors",
        title=f"{_named(result, neuron)}: mean activation {in_or_with(content)} each {content.attribute}",
        note=f"Averaged over {content.labels}.{beside}",
        labels=labels,
        values=values,
        decimals=4,
        low=min(0.0, float(values.min())),
        colors=result.value_colors,
    )


def _group_means(result: NeuronsResult, neuron: int) -> Matrix:
    name = f"neuron-{neuron}-heat"
    return group_means(result.heat[neuron], result.content, result.value_colors, name, _named(result, neuron))


def _logit_effect(result: NeuronsResult, neuron: int) -> Table:
    """What it adds to each logit: by its weights, and by what is lost without it."""
    content, own = result.content, own_value_names(result.content)
    weights = np.full(len(content.classes), np.nan) if result.outgoing is None else result.outgoing[neuron]
    of_attribute = f"{content.attribute}: that of the {content.label} in training. " if content.values else ""
    return Table(
        name=f"neuron-{neuron}-says",
        title=f"{_named(result, neuron)}: effect on the logits",
        note=f"{of_attribute}weight: logit per unit of pooled activation; a dash where more "
        "layers lie between. zero, mean: its contribution, the fall of the mean logit when it is set to zero, or to "
        "its mean, on easy and hard images together.",
        columns=(
            Column(name=content.label),
            *([Column(name=content.attribute)] if content.values else []),
            Column(name="weight", decimals=3),
            Column(name="zero", decimals=3),
            Column(name="mean", decimals=3),
        ),
        rows=tuple(
            (
                class_cell(content, label),
                *([own[label]] if content.values else []),
                float(weights[label]),
                float(result.contribution_zero[neuron, label]),
                float(result.contribution_mean[neuron, label]),
            )
            for label in range(len(content.classes))
        ),
    )


def _patching(result: NeuronsResult, neuron: int) -> list[Bars]:
    """Nothing where no image could be repainted."""
    if result.red_one_shift is None:
        return []
    content, (own_one, red_one) = result.content, result.red_one_names
    return [
        Bars(
            name=f"neuron-{neuron}-patched",
            title=f"{_named(result, neuron)}: activation patching, {red_one} into {own_one}",
            note=f"Shift of each logit of the {own_one} when this neuron takes its activation on the {red_one}.",
            labels=classes_and_values(content),
            values=result.red_one_shift[neuron].astype(np.float64),
            decimals=3,
            low=min(0.0, float(result.red_one_shift[neuron].min())),
            colors=class_colors(content, result.value_colors),
        )
    ]


def _stimuli(result: NeuronsResult, neuron: int) -> list[Pixels]:
    """Nothing where no value could be painted."""
    if result.stimuli is None or result.stimulus_response is None:
        return []
    content = result.content
    values = result.stimulus_response[neuron].astype(np.float64)
    strength = max(float(result.strength[neuron]), 1e-12)
    order = np.argsort(-values, kind="stable")
    shown = "Textures in each color, digits in the complement of their own color"
    if content.label != "digit" or content.attribute != "color":
        shown = f"Each {content.attribute} on black, each {content.label} with its own {content.attribute} inverted"
    return [
        Pixels(
            name=f"neuron-{neuron}-snippets",
            title=f"{_named(result, neuron)}: simple stimuli, strongest response first",
            note=f"{shown}, strokes and loops. In percent of its strength on images.",
            images=result.stimuli[order],
            columns=9,
            captions=tuple(f"{result.stimulus_names[index]} {100 * values[index] / strength:.0f}%" for index in order),
        )
    ]


def _through_training(result: NeuronsResult, neuron: int) -> list[Lines]:
    checkpoints = result.through_training
    if checkpoints is None:
        return []
    content = result.content
    lines = {f"{content.attribute} MI": checkpoints.attribute_information} if content.values else {}
    lines[f"{content.label} MI"] = checkpoints.label_information
    of_attribute = f"with {content.attribute} and " if content.values else ""
    return [
        Lines(
            name=f"neuron-{neuron}-training",
            title=f"{_named(result, neuron)}: information through training",
            note=f"Mutual information {of_attribute}with {content.label}, minus that under shuffled labels.",
            series=tuple(
                Series(name=name, x=checkpoints.step.astype(np.float64), y=values[:, neuron].astype(np.float64))
                for name, values in lines.items()
            ),
            x_label="step",
            y_label="bits",
            low=0.0,
        )
    ]
