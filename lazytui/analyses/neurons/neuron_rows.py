"""What drives each neuron of a layer, all on one page: a row of pictures and numbers for each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.analyses.neurons.neuron_tables import by_excess
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.data.palettes import Palette
from lazytui.figures.kinds import Pixels
from lazytui.files.long_texts import long_text

_EXEMPLARS = 2
_KINDS: tuple[Callable[[str], bool], ...] = (
    lambda name: name.endswith(" texture"),
    lambda name: name.startswith("anti-"),
    lambda name: name.endswith((" stroke", " loop")),
)
"""Simple stimuli by their names: textures, digits in the complement of their color, shapes without a color."""


def neuron_rows(result: NeuronsResult) -> Pixels:
    """The neurons that have pictures, the largest excess on color first, silent ones last."""
    exemplars = result.exemplars
    pictured = [(neuron, index) for neuron in by_excess(result) if (index := exemplars.index_of(neuron)) is not None]
    kinds = [np.flatnonzero([is_one(name) for name in result.stimulus_names]) for is_one in _KINDS]
    images, captions, headings = [], [], []
    for neuron, index in pictured:
        top = exemplars.top[index, :_EXEMPLARS]
        strongest = [int(kind[result.stimulus_response[neuron, kind].argmax()]) for kind in kinds if len(kind)]
        images += [result.visualizations[0, index], *exemplars.images[top], *result.stimuli[strongest]]
        captions += _captions(result, neuron, index, strongest)
        headings.append(_heading(result, neuron))
    return Pixels(
        name="drivers",
        title=f"What drives each neuron of {result.layer}",
        note=long_text("notes", "neurons-rows"),
        images=np.array(images, dtype=np.uint8).reshape(-1, 28, 28, 3),
        columns=max(len(captions) // max(len(pictured), 1), 1),
        captions=tuple(captions),
        row_labels=tuple(headings),
    )


def _captions(result: NeuronsResult, neuron: int, index: int, stimuli: list[int]) -> list[str]:
    """In units of the neuron's strength. index: among the neurons that have pictures."""
    exemplars, strength = result.exemplars, max(float(result.strength[neuron]), 1e-12)
    top = zip(exemplars.top[index, :_EXEMPLARS], exemplars.top_values[index], strict=False)
    return [
        f"preferred {result.visualization_response[index] / strength:.1f}x",
        *(f"{_looks(exemplars, image, result.palette)} {value / strength:.0%}".strip() for image, value in top),
        *(f"{result.stimulus_names[one]} {result.stimulus_response[neuron, one] / strength:.0%}" for one in stimuli),
    ]


def _heading(result: NeuronsResult, neuron: int) -> str:
    color, digit = int(result.color_response[neuron].argmax()), int(result.digit_response[neuron].argmax())
    return (
        f"{neuron} {result.role_of(neuron)}: MI color {result.color_information[neuron]:.2f}, digit "
        f"{result.digit_information[neuron]:.2f} bits; strongest {result.palette.names[color]}, {digit}"
    )


def _looks(exemplars: Exemplars, image: int, ten: Palette) -> str:
    """`red 7`; empty in results of early versions."""
    if exemplars.colors is None or exemplars.digits is None:
        return ""
    return f"{ten.color_name(int(exemplars.colors[image]))} {exemplars.digits[image]}"
