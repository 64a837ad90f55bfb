"""What drives each neuron of a layer, all on one page: a row of pictures and numbers for each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.analyses.networks.image_choice import group_name
from lazytui.analyses.neurons.neuron_tables import by_excess
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.data.content import Content
from lazytui.figures.kinds import Pixels
from lazytui.files.long_texts import long_text

_EXEMPLARS = 2
_KINDS: tuple[Callable[[str], bool], ...] = (
    lambda name: name.endswith(" texture"),
    lambda name: name.startswith("anti-"),
    lambda name: name.endswith((" stroke", " loop")) and not name.startswith("anti-"),
)
"""Simple stimuli by their names: textures, classes in inverted colors, shapes without a value."""


def neuron_rows(result: NeuronsResult) -> Pixels:
    """The neurons that have pictures, the largest excess on the attribute first, silent ones last."""
    exemplars, content = result.exemplars, result.content
    responses, stimuli = result.stimulus_response, result.stimuli
    pictured = [(neuron, index) for neuron in by_excess(result) if (index := exemplars.index_of(neuron)) is not None]
    kinds = [np.flatnonzero([is_one(name) for name in result.stimulus_names]) for is_one in _KINDS]
    images, captions, headings = [], [], []
    for neuron, index in pictured:
        top = exemplars.top[index, :_EXEMPLARS]
        images += [result.visualizations[0, index], *exemplars.images[top]]
        strongest = []
        if responses is not None and stimuli is not None:
            strongest = [int(kind[responses[neuron, kind].argmax()]) for kind in kinds if len(kind)]
            images += list(stimuli[strongest])
        captions += _captions(result, neuron, index, strongest)
        headings.append(_heading(result, neuron))
    return Pixels(
        name="drivers",
        title=f"What drives each neuron of {result.layer}",
        note=_note(content, repaintable=stimuli is not None),
        images=np.array(images, dtype=np.uint8).reshape(-1, *exemplars.images.shape[1:]),
        columns=max(len(captions) // max(len(pictured), 1), 1),
        captions=tuple(captions),
        row_labels=tuple(headings),
    )


def _captions(result: NeuronsResult, neuron: int, index: int, stimuli: list[int]) -> list[str]:
    """In units of the neuron's strength. index: among the neurons that have pictures."""
    exemplars, strength = result.exemplars, max(float(result.strength[neuron]), 1e-12)
    responses = np.zeros((0, 0)) if result.stimulus_response is None else result.stimulus_response
    top = zip(exemplars.top[index, :_EXEMPLARS], exemplars.top_values[index], strict=False)
    return [
        f"preferred {result.visualization_response[index] / strength:.1f}x",
        *(f"{_looks(exemplars, image, result.content)} {value / strength:.0%}".strip() for image, value in top),
        *(f"{result.stimulus_names[one]} {responses[neuron, one] / strength:.0%}" for one in stimuli),
    ]


def _heading(result: NeuronsResult, neuron: int) -> str:
    content, favorite = result.content, result.content.classes[int(result.label_response[neuron].argmax())]
    information = f"{content.label} {result.label_information[neuron]:.2f} bits; strongest"
    if not content.values:
        return f"{neuron} {result.role_of(neuron)}: MI {information} {favorite}"
    value = content.values[int(result.attribute_response[neuron].argmax())]
    return (
        f"{neuron} {result.role_of(neuron)}: MI {content.attribute} {result.attribute_information[neuron]:.2f}, "
        f"{information} {value}, {favorite}"
    )


def _looks(exemplars: Exemplars, image: int, content: Content) -> str:
    """`red 7`; empty in results of early versions."""
    if exemplars.attributes is None or exemplars.labels is None:
        return ""
    return group_name(content, int(exemplars.labels[image]), int(exemplars.attributes[image]))


def _note(content: Content, *, repaintable: bool) -> str:
    if content.label == "digit" and content.attribute == "color":
        return long_text("notes", "neurons-rows")
    what = (f"{content.attribute}, {content.label}", f"the {content.attribute} and the {content.label}")
    if not content.values:
        what = (content.label, f"the {content.label}")
    stimuli = ""
    if repaintable:
        stimuli = (
            f", and the {content.attribute} on black, the {content.label} in inverted colors and the stroke or loop "
            "that it responds to most"
        )
    return long_text("notes", "neurons-rows-any").format(stimuli=stimuli, information=what[0], favorites=what[1])
