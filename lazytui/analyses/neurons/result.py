"""What `neurons` finds: measures of every neuron of a layer, what ablating them does, and pictures of some."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_facts import content_sizes
from lazytui.analyses.core.exemplar_maps import ExemplarMaps
from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.analyses.core.fact_readers import EasyAndHard, PaletteName
from lazytui.data.palettes import Palette, palette
from lazytui.neurons.roles import ROLES
from lazytui.runs.results.result_contents import (
    ANY,
    COUNT,
    Array,
    Count,
    Damaged,
    Name,
    counts,
    images,
    indices,
    numbers,
)
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Key, Part, metrics_of, read_fields

if TYPE_CHECKING:
    from lazytui.analyses.neurons.params import NeuronsParams

Metric = Annotated[float | None, ANY]
Each = Annotated[NDArray[np.float32], numbers("units")]
"""(C,) float32: a number for each neuron."""
EachByTen = Annotated[NDArray[np.float32], numbers("units", 10)]


def count_costly(without: NDArray[np.float32], intact: float) -> int:
    """How many neurons cost more than a point of accuracy each. without: (C,), accuracy without each, in [0, 1]."""
    return int((without < intact - 0.01).sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class SplitAblation:
    """Accuracies on one split, in [0, 1].

    intact, ..._mean: with all neurons; and averaged over the stages of the ordered ablations. without_mean,
    without_zero: (C,), without each neuron alone, by what stands in for it. attribute_first, label_first: (stages,), as
    more and more neurons are ablated, the attribute-selective or the label-selective ones first; random: (20, stages).
    costly_neurons: of `count_costly`, for without_mean; None in results of early versions.
    """

    intact: Metric
    attribute_first_mean: Annotated[float | None, ANY, Key("without_traitors")]
    label_first_mean: Annotated[float | None, ANY, Key("without_heroes")]
    random_mean: Annotated[float | None, ANY, Key("without_random")]
    without_mean: Annotated[NDArray[np.float32], numbers("/units")]
    without_zero: Annotated[NDArray[np.float32], numbers("/units")]
    attribute_first: Annotated[NDArray[np.float32], numbers("/stages"), Key("traitors_first")]
    label_first: Annotated[NDArray[np.float32], numbers("/stages"), Key("heroes_first")]
    random: Annotated[NDArray[np.float32], numbers("orders", "/stages")]
    costly_neurons: Annotated[int | None, COUNT.omitted] = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ThroughTraining:
    """Measures of each neuron, (T, C), at the steps of which the training kept weights, (T,)."""

    step: Annotated[NDArray[np.int64], counts("checkpoints")]
    role: Annotated[NDArray[np.int64], indices("checkpoints", "/units", below=len(ROLES))]
    color_information: Annotated[NDArray[np.float32], numbers("checkpoints", "/units")]
    digit_information: Annotated[NDArray[np.float32], numbers("checkpoints", "/units")]
    information_bound: Annotated[NDArray[np.float32], numbers("checkpoints", "/units")]
    color_selectivity: Annotated[NDArray[np.float32], numbers("checkpoints", "/units")]
    strength: Annotated[NDArray[np.float32], numbers("checkpoints", "/units")]

    @property
    def excess(self) -> NDArray[np.float64]:
        return self.color_information.astype(np.float64) - self.digit_information


@dataclass(frozen=True, kw_only=True, eq=False)
class NeuronsResult:
    """The C neurons of a layer; P of them, the strongest, have pictures.

    attribute_selective, ..., flat: how many neurons have each role, see `neurons.roles`. shape: of the layer's
    activations. role, color_response, ..., polysemanticity: see `neurons.measures.Measures`; easy_...: the same on the
    easy split. information_margin: None in results of early versions. patch_response: (C, 10), to a flat patch of each
    color. contribution_...: (C, 10), by how much the mean logits fall without a neuron. color_patch, digit_patch: (C,),
    by how much the logit of a color's digit rises when a neuron alone sees the image in that color, or another shape in
    the same color. red_one_...: shifts of the logits of the 1 in its own color when each neuron (C, 10), or all of them
    (10,), take their activations on the red 1; both images. outgoing: (C, 10), weights to the logits; None where more
    layers lie between. stimuli, stimulus_response: simple images, and (C, stimuli). ablated: (stages,), how many
    neurons. visualizations: (starts, P, 28, 28, 3), stability: (P,), cosine between the starts; visualization_response:
    (P,). clustered: (P,), an order with similar neurons side by side; correlation, shared_information: (P, P).
    spectrum: (P,) variances. class_logits: (starts, 10), each class's own logit of its image; None in results of early
    versions. class_textures, class_texture_logits: what the class images begin at, and its logits; None for noise.
    feature_maps: (2, C, h, w), of the two red-one images; None where the layer has none. filters: the first layer's.
    mapped_name, mapped_image, mapped: an image that was asked for, and its feature maps, (C, h, w); or None.
    mapped_grad_cam: (P, H, W), Grad-CAM of the P neurons on it; or None.
    exemplar_maps: of the P neurons; their Grad-CAM is of cam_layer. None where no layer has a map, and in results of
    early versions.
    """

    neurons: Annotated[int, COUNT]
    attribute_selective: Annotated[int, COUNT, Key("traitors")]
    label_selective: Annotated[int, COUNT, Key("heroes")]
    mixed: Annotated[int, COUNT]
    silent: Annotated[int, COUNT]
    flat: Annotated[int, COUNT]
    easy: Annotated[SplitAblation, Part("easy_")]
    hard: Annotated[SplitAblation, Part("hard_")]
    participation_ratio: Annotated[float, ANY]
    components_for_90_percent: Annotated[float, ANY]
    layer: Name
    shape: tuple[Count, ...]
    palette_name: Annotated[PaletteName, Key("palette")]
    probe_images: Count
    samples: EasyAndHard
    stimulus_names: Annotated[tuple[Name, ...], Key("snippets")]
    cam_layer: Name | None = None
    role: Annotated[NDArray[np.int64], indices("units", below=len(ROLES))]
    color_information: Each
    digit_information: Each
    digit_given_color: Each
    information_bound: Each
    information_margin: Annotated[NDArray[np.float32] | None, numbers("units").optional] = None
    color_selectivity: Each
    digit_selectivity: Each
    easy_color_information: Each
    easy_digit_information: Each
    entropy: Each
    strength: Each
    polysemanticity: Each
    color_patch: Each
    digit_patch: Each
    color_response: EachByTen
    digit_response: EachByTen
    patch_response: EachByTen
    contribution_mean: EachByTen
    contribution_zero: EachByTen
    red_one_shift: EachByTen
    heat: Annotated[NDArray[np.float32], numbers("units", 10, 10)]
    outgoing: Annotated[NDArray[np.float32] | None, numbers("units", 10).optional] = None
    red_one_shift_all: Annotated[NDArray[np.float32], numbers(10)]
    red_one_images: Annotated[NDArray[np.uint8], images(2)]
    stimuli: Annotated[NDArray[np.uint8], images("stimuli"), Key("snippet_images")]
    stimulus_response: Annotated[NDArray[np.float32], numbers("units", "stimuli"), Key("snippet_values")]
    ablated: Annotated[NDArray[np.int64], counts("stages")]
    exemplars: Annotated[Exemplars, Part()]
    visualizations: Annotated[NDArray[np.uint8], images("starts", "pictured"), Key("preferred")]
    visualization_response: Annotated[NDArray[np.float32], numbers("pictured"), Key("preferred_response")]
    stability: Annotated[NDArray[np.float32], numbers("pictured")]
    clustered: Annotated[NDArray[np.int64], indices("pictured", below="pictured")]
    correlation: Annotated[NDArray[np.float32], numbers("pictured", "pictured")]
    shared_information: Annotated[NDArray[np.float32], numbers("pictured", "pictured")]
    spectrum: Annotated[NDArray[np.float32], numbers("components")]
    class_images: Annotated[NDArray[np.uint8], images("starts of classes", 10)]
    class_logits: Annotated[NDArray[np.float32] | None, numbers("starts of classes", 10).optional] = None
    class_textures: Annotated[NDArray[np.uint8] | None, images(10).optional] = None
    class_texture_logits: Annotated[NDArray[np.float32] | None, numbers(10).optional] = None
    originals: Annotated[NDArray[np.uint8], images(10)]
    inverted: Annotated[NDArray[np.uint8], images(10)]
    feature_maps: Annotated[NDArray[np.float32] | None, numbers(2, "units", "map height", "map width").optional] = None
    filters: Annotated[
        NDArray[np.uint8] | None, Array("u", ("filters", "filter height", "filter width", 3), low=0, high=255).optional
    ] = None
    mapped_name: Name | None = None
    mapped_image: Annotated[NDArray[np.uint8] | None, images().optional] = None
    mapped: Annotated[NDArray[np.float32] | None, numbers("units", "map height", "map width").optional] = None
    mapped_grad_cam: Annotated[
        NDArray[np.float32] | None, numbers("pictured", "cam height", "cam width").defined.optional
    ] = None
    through_training: Annotated[ThroughTraining | None, Part("training_")] = None
    exemplar_maps: Annotated[ExemplarMaps | None, Part("exemplar_")] = None

    @cached_property
    def metrics(self) -> dict[str, float | None]:
        """All of them by name, as tables have them."""
        return metrics_of(self)

    @cached_property
    def palette(self) -> Palette:
        return palette(self.palette_name)

    @cached_property
    def excess(self) -> NDArray[np.float64]:
        """(C,) bits: how much more a neuron tells of the color than of the digit."""
        return self.color_information.astype(np.float64) - self.digit_information

    @property
    def active(self) -> NDArray[np.int64]:
        """The neurons that are neither silent nor flat."""
        return np.flatnonzero(~np.isin(self.role, [ROLES.index("silent"), ROLES.index("flat")]))

    def role_of(self, neuron: int) -> str:
        return ROLES[int(self.role[neuron])]

    def by_split(self, split: str) -> tuple[SplitAblation, int]:
        """The ablations on a split, easy or hard, and on how many images."""
        return (self.easy, self.samples.easy) if split == "easy" else (self.hard, self.samples.hard)


def read(_params: NeuronsParams, saved: Result) -> NeuronsResult:
    """Raises Damaged where the result isn't what `neurons` makes."""
    result = read_fields(NeuronsResult, saved, content_sizes(saved))
    result.exemplars.check_order()
    if result.exemplar_maps:
        result.exemplar_maps.check_images(result.exemplars)
    if (result.class_textures is None) is not (result.class_texture_logits is None):
        raise Damaged("it has textures that class images begin at without their logits, or the reverse")
    if len({part is None for part in (result.mapped_name, result.mapped_image, result.mapped)}) > 1:
        raise Damaged("it has an image without feature maps, or the reverse")
    if len(result.stimulus_names) != len(result.stimuli):
        raise Damaged(f"it has {len(result.stimulus_names)} names of {len(result.stimuli)} stimuli")
    return result
