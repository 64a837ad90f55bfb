"""A page a neuron: visualization, exemplars, responses, effect on the logits, patching, stimuli, training."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.core.exemplar_figures import (
    exemplar_images,
    group_means,
    maps_figure,
    preferred_inputs,
    unit_maps,
)
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Bars, Column, Figure, Lines, Matrix, Pixels, Series, Table


def neuron_page(result: NeuronsResult, neuron: int) -> list[Figure]:
    """Every figure of one neuron. Pictures are there for the layer's strongest 256."""
    index = result.exemplars.index_of(neuron)
    return [
        *([] if index is None else _pictures(result, neuron, index)),
        _colors(result, neuron),
        _group_means(result, neuron),
        _logit_effect(result, neuron),
        _patching(result, neuron),
        _stimuli(result, neuron),
        *_through_training(result, neuron),
    ]


def _named(result: NeuronsResult, neuron: int) -> str:
    return f"Neuron {neuron} ({result.role_of(neuron)})"


def _pictures(result: NeuronsResult, neuron: int, index: int) -> list[Pixels]:
    prefix, named = f"neuron-{neuron}", _named(result, neuron)
    images, stability = result.visualizations[:, index], float(result.stability[index])
    found = [
        preferred_inputs(images, stability, "", f"{prefix}-preferred", f"{named}: feature visualization"),
        _exemplars(result, neuron, index),
    ]
    if result.exemplar_maps:
        layers, title = (result.layer, result.cam_layer), f"{named}: where it is active, and Grad-CAM"
        found.append(unit_maps(result.exemplar_maps, result.exemplars, index, layers, f"{prefix}-maps", title))
    return [*found, *_on_the_image(result, neuron, index)]


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
    ten = result.palette
    values = result.color_response[neuron].astype(np.float64)
    patches = result.patch_response[neuron]
    return Bars(
        name=f"neuron-{neuron}-colors",
        title=f"{_named(result, neuron)}: mean activation in each color",
        note="Averaged over digits. Beside each color: the activation on a flat patch of it.",
        labels=tuple(f"{name} ({patch:.3g})" for name, patch in zip(ten.names, patches, strict=True)),
        values=values,
        decimals=4,
        low=min(0.0, float(values.min())),
        colors=ten.colors,
    )


def _group_means(result: NeuronsResult, neuron: int) -> Matrix:
    title = f"{_named(result, neuron)}: mean activation by digit and color"
    return group_means(result.heat[neuron], result.palette, f"neuron-{neuron}-heat", title)


def _logit_effect(result: NeuronsResult, neuron: int) -> Table:
    """What it adds to each logit: by its weights, and by what is lost without it."""
    weights = np.full(10, np.nan) if result.outgoing is None else result.outgoing[neuron]
    return Table(
        name=f"neuron-{neuron}-says",
        title=f"{_named(result, neuron)}: effect on the logits",
        note="color: that of the digit in training. weight: logit per unit of pooled activation; a dash where more "
        "layers lie between. zero, mean: its contribution, the fall of the mean logit when it is set to zero, or to "
        "its mean, on easy and hard images together.",
        columns=(
            Column(name="digit"),
            Column(name="color"),
            Column(name="weight", decimals=3),
            Column(name="zero", decimals=3),
            Column(name="mean", decimals=3),
        ),
        rows=tuple(
            (
                digit,
                name,
                float(weights[digit]),
                float(result.contribution_zero[neuron, digit]),
                float(result.contribution_mean[neuron, digit]),
            )
            for digit, name in enumerate(result.palette.names)
        ),
    )


def _patching(result: NeuronsResult, neuron: int) -> Bars:
    names = result.palette.names
    return Bars(
        name=f"neuron-{neuron}-patched",
        title=f"{_named(result, neuron)}: activation patching, {names[0]} 1 into {names[1]} 1",
        note=f"Shift of each logit of the {names[1]} 1 when this neuron takes its activation on the {names[0]} 1.",
        labels=tuple(f"{digit} ({name})" for digit, name in zip(DIGITS, names, strict=True)),
        values=result.red_one_shift[neuron].astype(np.float64),
        decimals=3,
        low=min(0.0, float(result.red_one_shift[neuron].min())),
        colors=result.palette.colors,
    )


def _stimuli(result: NeuronsResult, neuron: int) -> Pixels:
    values = result.stimulus_response[neuron].astype(np.float64)
    strength = max(float(result.strength[neuron]), 1e-12)
    order = np.argsort(-values, kind="stable")
    return Pixels(
        name=f"neuron-{neuron}-snippets",
        title=f"{_named(result, neuron)}: simple stimuli, strongest response first",
        note="Textures in each color, digits in the complement of their own color, strokes and loops. In percent of "
        "its strength on images.",
        images=result.stimuli[order],
        columns=9,
        captions=tuple(f"{result.stimulus_names[index]} {100 * values[index] / strength:.0f}%" for index in order),
    )


def _through_training(result: NeuronsResult, neuron: int) -> list[Lines]:
    found = result.through_training
    if found is None:
        return []
    lines = {"color MI": found.color_information, "digit MI": found.digit_information}
    return [
        Lines(
            name=f"neuron-{neuron}-training",
            title=f"{_named(result, neuron)}: information through training",
            note="Mutual information with color and with digit, minus that under shuffled labels.",
            series=tuple(
                Series(name=name, x=found.step.astype(np.float64), y=values[:, neuron].astype(np.float64))
                for name, values in lines.items()
            ),
            x_label="step",
            y_label="bits",
            low=0.0,
        )
    ]
