"""What `neurons` finds: measures of every neuron of a layer, what ablating them does, and pictures of some."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.exemplar_maps import ExemplarMaps
from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.analyses.core.fact_readers import EasyAndHard, PaletteName
from lazytui.analyses.networks.image_choice import group_name
from lazytui.data.content import Content
from lazytui.neurons.own_values import own_values
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
EachByClass = Annotated[NDArray[np.float32], numbers("units", "classes")]
EachByValue = Annotated[NDArray[np.float32], numbers("units", "values")]


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
    attribute_information: Annotated[NDArray[np.float32], numbers("checkpoints", "/units"), Key("color_information")]
    label_information: Annotated[NDArray[np.float32], numbers("checkpoints", "/units"), Key("digit_information")]
    information_bound: Annotated[NDArray[np.float32], numbers("checkpoints", "/units")]
    attribute_selectivity: Annotated[NDArray[np.float32], numbers("checkpoints", "/units"), Key("color_selectivity")]
    strength: Annotated[NDArray[np.float32], numbers("checkpoints", "/units")]

    @property
    def excess(self) -> NDArray[np.float64]:
        return self.attribute_information.astype(np.float64) - self.label_information


@dataclass(frozen=True, kw_only=True, eq=False)
class NeuronsResult(OfImages):
    """The C neurons of a layer; P of them, the strongest, have pictures.

    attribute_selective, ..., flat: how many neurons have each role, see `neurons.roles`. shape: of the layer's
    activations. role, attribute_response, ..., polysemanticity: see `neurons.measures.Measures`; easy_...: the same on
    the easy split. information_margin: None in results of early versions. patch_response: (C, values), to a flat patch
    of each color; None where no palette painted the images. contribution_...: (C, classes), by how much the mean logits
    fall without a neuron. attribute_patch, label_patch: (C,), by how much the logit of a value's class rises when a
    neuron alone sees the image with that value, or another class with the same value. red_one_...: shifts of the logits
    of the second class with its own value (the 1) when each neuron (C, classes), or all of them (classes,), take their
    activations on the same image with the first one's (the red 1); both images. None where nothing can be repainted, as
    stimuli, stimulus_response: simple images, and (C, stimuli). outgoing: (C, classes), weights to the logits; None
    where more layers lie between. ablated: (stages,), how many neurons. visualizations: (starts, P, h, w, 3),
    stability: (P,), cosine between the starts; visualization_response: (P,). clustered: (P,), an order with similar
    neurons side by side; correlation, shared_information: (P, P). spectrum: (P,) variances. class_logits: (starts,
    classes), each class's own logit of its image; None in results of early versions. original_labels: which classes the
    originals show, where they aren't the first ones. class_textures, class_texture_logits: what the class images begin
    at, and its logits; None for noise. feature_maps: (2, C, h, w), of the two red-one images; None where the layer has
    none. filters: the first layer's. mapped_name, mapped_image, mapped: an image that was asked for, and its feature
    maps, (C, h, w); or None. target_name, target_images, target_values: what else images were optimized for, those, (n,
    h, w, 3), and what it comes to on each, (n,); or None. mapped_grad_cam: (P, H, W), Grad-CAM of the P neurons on it;
    or None. exemplar_maps: of the P neurons; their Grad-CAM is of cam_layer. None where no layer has a map, and in
    results of early versions.
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
    recorded_content: Content | None = None
    stimulus_names: Annotated[tuple[Name, ...], Key("snippets")]
    cam_layer: Name | None = None
    role: Annotated[NDArray[np.int64], indices("units", below=len(ROLES))]
    attribute_information: Annotated[Each, Key("color_information")]
    label_information: Annotated[Each, Key("digit_information")]
    label_given_attribute: Annotated[Each, Key("digit_given_color")]
    information_bound: Each
    information_margin: Annotated[NDArray[np.float32] | None, numbers("units").optional] = None
    attribute_selectivity: Annotated[Each, Key("color_selectivity")]
    label_selectivity: Annotated[Each, Key("digit_selectivity")]
    easy_attribute_information: Annotated[Each, Key("easy_color_information")]
    easy_label_information: Annotated[Each, Key("easy_digit_information")]
    entropy: Each
    strength: Each
    polysemanticity: Each
    attribute_patch: Annotated[NDArray[np.float32] | None, numbers("units").optional, Key("color_patch")] = None
    label_patch: Annotated[NDArray[np.float32] | None, numbers("units").optional, Key("digit_patch")] = None
    attribute_response: Annotated[EachByValue, Key("color_response")]
    label_response: Annotated[EachByClass, Key("digit_response")]
    patch_response: Annotated[NDArray[np.float32] | None, numbers("units", "values").optional] = None
    contribution_mean: EachByClass
    contribution_zero: EachByClass
    red_one_shift: Annotated[NDArray[np.float32] | None, numbers("units", "classes").optional] = None
    heat: Annotated[NDArray[np.float32], numbers("units", "classes", "values")]
    outgoing: Annotated[NDArray[np.float32] | None, numbers("units", "classes").optional] = None
    red_one_shift_all: Annotated[NDArray[np.float32] | None, numbers("classes").optional] = None
    red_one_images: Annotated[NDArray[np.uint8] | None, images(2).optional] = None
    stimuli: Annotated[NDArray[np.uint8] | None, images("stimuli").optional, Key("snippet_images")] = None
    stimulus_response: Annotated[
        NDArray[np.float32] | None, numbers("units", "stimuli").optional, Key("snippet_values")
    ] = None
    ablated: Annotated[NDArray[np.int64], counts("stages")]
    exemplars: Annotated[Exemplars, Part()]
    visualizations: Annotated[NDArray[np.uint8], images("starts", "pictured"), Key("preferred")]
    visualization_response: Annotated[NDArray[np.float32], numbers("pictured"), Key("preferred_response")]
    stability: Annotated[NDArray[np.float32], numbers("pictured")]
    clustered: Annotated[NDArray[np.int64], indices("pictured", below="pictured")]
    correlation: Annotated[NDArray[np.float32], numbers("pictured", "pictured")]
    shared_information: Annotated[NDArray[np.float32], numbers("pictured", "pictured")]
    spectrum: Annotated[NDArray[np.float32], numbers("components")]
    class_images: Annotated[NDArray[np.uint8], images("starts of classes", "classes")]
    class_logits: Annotated[NDArray[np.float32] | None, numbers("starts of classes", "classes").optional] = None
    class_textures: Annotated[NDArray[np.uint8] | None, images("classes").optional] = None
    class_texture_logits: Annotated[NDArray[np.float32] | None, numbers("classes").optional] = None
    originals: Annotated[NDArray[np.uint8], images("originals")]
    original_labels: Annotated[NDArray[np.int64] | None, indices("originals", below="classes").optional] = None
    inverted: Annotated[NDArray[np.uint8], images("originals")]
    feature_maps: Annotated[NDArray[np.float32] | None, numbers(2, "units", "map height", "map width").optional] = None
    filters: Annotated[
        NDArray[np.uint8] | None, Array("u", ("filters", "filter height", "filter width", 3), low=0, high=255).optional
    ] = None
    target_name: Name | None = None
    target_images: Annotated[NDArray[np.uint8] | None, images("starts of the target").optional] = None
    target_values: Annotated[NDArray[np.float32] | None, numbers("starts of the target").optional] = None
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

    @property
    def repaintable(self) -> bool:
        """Whether images could be had with other values."""
        return self.red_one_images is not None

    @property
    def red_one_names(self) -> tuple[str, str]:
        """What the images of red_one_images are called, where there are any: `green 1` and `red 1`."""
        (_, red), (one, green) = list(own_values(self.content).items())[:2]
        return group_name(self.content, one, green), group_name(self.content, one, red)

    @property
    def original_classes(self) -> tuple[str, ...]:
        """What the originals show."""
        labels = range(len(self.originals)) if self.original_labels is None else self.original_labels.tolist()
        return tuple(self.content.classes[label] for label in labels)

    @cached_property
    def excess(self) -> NDArray[np.float64]:
        """(C,) bits: how much more information a neuron has on the attribute than on the label."""
        return self.attribute_information.astype(np.float64) - self.label_information

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
    if len({part is None for part in (result.target_name, result.target_images, result.target_values)}) > 1:
        raise Damaged("it has images optimized for a target without its name or values, or the reverse")
    stimuli = 0 if result.stimuli is None else len(result.stimuli)
    if len(result.stimulus_names) != stimuli:
        raise Damaged(f"it has {len(result.stimulus_names)} names of {stimuli} stimuli")
    _check_repainted(result)
    return result


def _check_repainted(result: NeuronsResult) -> None:
    """What repainting shows is all there, or none of it; of colored digits it is there."""
    patches = (result.attribute_patch, result.label_patch, result.red_one_shift, result.red_one_shift_all)
    there = {part is not None for part in (*patches, result.red_one_images)}
    if len(there) > 1 or (there == {False} and result.recorded_content is None):
        raise Damaged("it lacks arrays of patched neurons")
    if (result.stimulus_response is None) is not (result.stimuli is None):
        raise Damaged("it has stimuli without responses, or the reverse")
    if result.repaintable and len(own_values(result.content)) < 2:
        raise Damaged("it has patched neurons, and fewer than two classes with a value")
    if len(result.originals) > len(result.content.classes):
        raise Damaged(f"it has originals of {len(result.originals)} of {len(result.content.classes)} classes")
