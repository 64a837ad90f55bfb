"""What `gradcam` finds: maps of one network with what they are worth, or of two for the same images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import content_sizes
from lazytui.analyses.networks.network_pair_result import NetworkPair, join_saved, read_pair
from lazytui.analyses.train.params import TrainParams
from lazytui.data.content import Content
from lazytui.data.params import DatasetParams
from lazytui.data.splits import MOST_SHOWN
from lazytui.runs.results.result_contents import ANY, Count, Damaged, Name, counts, images, indices, numbers, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Key, Part, Prefixed, metrics_of, read_fields, write_fields
from lazytui.saliency.checks.reason_categories import NO_EVIDENCE, REASONS
from lazytui.saliency.map_names import MethodName

if TYPE_CHECKING:
    from lazytui.analyses.gradcam.params import GradcamParams

Side = Annotated[int, Field(strict=True, ge=1, le=4096)]
Metric = Annotated[float | None, ANY]
Floats = NDArray[np.float32]
Labels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """Some images of each evidence category, or of correct and incorrect answers without these.

    indices: of the images of the split. maps: raw and signed. targets: the classes explained.
    """

    indices: Annotated[NDArray[np.int64], indices("examples", below="/images"), Key("places")]
    images: Annotated[NDArray[np.uint8], images("examples")]
    maps: Annotated[Floats, numbers("examples", "/map height", "/map width")]
    logits: Annotated[Floats, numbers("examples", "/classes")]
    targets: Annotated[Labels, indices("examples", below="/classes")]


@dataclass(frozen=True, kw_only=True, eq=False)
class ShownImages:
    """The images that were asked for one by one. indices: in the split. maps: raw and signed. targets: the classes
    explained."""

    indices: Annotated[NDArray[np.int64], counts("shown")]
    images: Annotated[NDArray[np.uint8], images("shown")]
    labels: Annotated[Labels, indices("shown", below="/classes"), Key("digits")]
    attributes: Annotated[Labels, indices("shown", below="/values or none"), Key("colors")]
    maps: Annotated[Floats, numbers("shown", "/map height", "/map width")]
    probabilities: Annotated[Floats, shares("shown", "/classes").defined]
    targets: Annotated[Labels, indices("shown", below="/classes")]


@dataclass(frozen=True, kw_only=True, eq=False)
class CueConflict:
    """An original of each class with each value, class by class, value by value: the first of them."""

    images: Annotated[NDArray[np.uint8], images("/conflicts")]
    maps: Annotated[Floats, numbers("/conflicts", "/map height", "/map width")]
    logits: Annotated[Floats, numbers("/conflicts", "/classes")]
    targets: Annotated[Labels, indices("/conflicts", below="/classes")]


@dataclass(frozen=True, kw_only=True, eq=False)
class Faithfulness:
    """Mean probability of the explained class as pixels change, (29,) each, and its area; see
    `saliency.faithfulness`."""

    deletion_auc: Metric
    insertion_auc: Metric
    random_deletion_auc: Metric
    random_insertion_auc: Metric
    deletion: Annotated[NDArray[np.float64], numbers("points"), Key("curve_deletion")]
    insertion: Annotated[NDArray[np.float64], numbers("points"), Key("curve_insertion")]
    random_deletion: Annotated[NDArray[np.float64], numbers("points"), Key("curve_random_deletion")]
    random_insertion: Annotated[NDArray[np.float64], numbers("points"), Key("curve_random_insertion")]


@dataclass(frozen=True, kw_only=True, eq=False)
class Randomization:
    """Rank correlation of maps before and after parameters are randomized from the head down, (layers,), in the end,
    and between maps of different images."""

    randomization_correlation: Annotated[float | None, ANY.optional]
    randomization_null: Metric
    correlations: Annotated[NDArray[np.float64], numbers("layers"), Key("randomization")]


@dataclass(frozen=True, kw_only=True, eq=False)
class Recoloring:
    """What repainting the first images does: see `saliency.repainting`.

    drops: (checked, values), of the explained logit with each value, NaN for the image's own. reasons: (checked,),
    indices into REASONS.
    """

    recolored_drop: Metric
    redrawn_drop: Metric
    recolored_flips: Annotated[float | None, ANY.optional]
    redrawn_flips: Annotated[float | None, ANY.optional]
    flips_difference_low: Metric
    flips_difference_high: Metric
    right_for_wrong_reason_share: Metric
    wrong_because_of_color_share: Metric
    drops: Annotated[Floats, numbers("/checked", "/values"), Key("recolored_drops")]
    reasons: Annotated[Labels, indices("/checked", below=len(REASONS)), Key("causes")]


class MaskScores(NamedTuple):
    """How much of each map lies on its image's mask, (images,) each: see `NetworkMaps`."""

    energy: Floats
    shuffled: Floats
    perfect: Floats
    percentile: Floats
    evidence: Labels


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkMaps:
    """What was found of one network.

    energy_...: means, see the metric catalog. name: what the network is called; None in results of early versions.
    trained: the parameters of its training. layer: whose map it is; None where it is the image's own. map_size: height
    and width. images: how many were explained; checked: of these, the first so many were put to the test.
    energy, energy_shuffled, energy_perfect, mask_percentile: (images,), NaN where there is no positive evidence.
    evidence: (images,), indices into EVIDENCE_CATEGORIES. These are None where masks of the images aren't known.
    labels, attributes, predicted: (images,). cue_conflict, recoloring: None where nothing can be repainted. gallery:
    maps of a few images by each method, raw and signed; gallery_indices: which images of the cue conflict, or of the
    examples where there is none.
    """

    energy_in_mask: Metric
    energy_uniform: Metric
    energy_center_prior: Metric
    energy_shuffled_mean: Annotated[float | None, ANY, Key("energy_shuffled")]
    energy_perfect_mean: Annotated[float | None, ANY, Key("energy_perfect")]
    focus_score: Metric
    mask_auroc: Annotated[float | None, ANY.optional]
    concentration: Annotated[float | None, ANY.optional]
    no_positive_evidence: Annotated[float | None, ANY.optional]
    looking_at_digit: Metric
    correct_on_stroke: Metric
    correct_off_stroke: Metric
    incorrect_on_stroke: Metric
    incorrect_off_stroke: Metric
    faithfulness: Annotated[Faithfulness | None, Part()]
    randomization: Annotated[Randomization | None, Part()]
    recoloring: Annotated[Recoloring | None, Part()]
    name: Name | None = None
    trained: TrainParams
    layer: Name | None
    checked: Count
    map_size: tuple[Side, Side]
    images: Count
    gallery_layer: Name | None = None
    gallery_methods: Annotated[tuple[MethodName, ...], Field(min_length=1)] | None = None
    randomized: tuple[Name, ...] | None = None
    energy: Annotated[Floats | None, numbers("images").optional]
    energy_shuffled: Annotated[Floats | None, numbers("images").optional]
    energy_perfect: Annotated[Floats | None, numbers("images").optional]
    mask_percentile: Annotated[Floats | None, numbers("images").optional, Key("standing")]
    evidence: Annotated[Labels | None, indices("images", below=NO_EVIDENCE + 1).optional, Key("ways")]
    labels: Annotated[Labels, indices("images", below="classes"), Key("digits")]
    attributes: Annotated[Labels, indices("images", below="values or none"), Key("colors")]
    predicted: Annotated[Labels, indices("images", below="classes")]
    examples: Annotated[Examples, Part("example_")]
    shown: Annotated[ShownImages | None, Part("shown_")] = None
    cue_conflict: Annotated[CueConflict | None, Part("cue_conflict_")]
    gallery_indices: Annotated[NDArray[np.int64] | None, counts("gallery").optional, Key("gallery_places")]
    gallery: Annotated[Mapping[str, Floats], Prefixed("gallery_", numbers("gallery", "height of *", "width of *"))]

    @cached_property
    def metrics(self) -> dict[str, float | None]:
        """All of them by name, as tables have them."""
        return metrics_of(self)

    @property
    def content(self) -> Content:
        """What the images are."""
        return self.trained.content

    @property
    def cue_classes(self) -> Labels:
        """(images,): the class that each image's value is aligned with, NO_CLASS for none."""
        return np.asarray(self.content.aligned_classes[self.attributes])

    @property
    def scores(self) -> MaskScores | None:
        """Of each image what lies on its mask; None where masks aren't known."""
        arrays = (self.energy, self.energy_shuffled, self.energy_perfect, self.mask_percentile, self.evidence)
        if any(one is None for one in arrays):
            return None
        return MaskScores(*arrays)  # type: ignore[arg-type]

    @property
    def categories(self) -> Labels:
        """(images,): indices into EVIDENCE_CATEGORIES; without masks 0 for correct answers, 1 for incorrect ones."""
        return (self.predicted != self.labels).astype(np.uint8) if self.evidence is None else self.evidence


GradcamResult = NetworkPair[NetworkMaps]


def write(result: GradcamResult) -> Result:
    second = write_fields(result.second) if result.second else None
    return join_saved(write_fields(result.first), second, ("cue_conflict_images",))


def read(_params: GradcamParams, saved: Result) -> GradcamResult:
    """Raises Damaged where it isn't what `write` makes."""
    return read_pair(saved, _read_network)


def _read_network(saved: Result) -> NetworkMaps:
    sizes = content_sizes(saved, "trained")
    conflicts = min(sizes["classes"], MOST_SHOWN) * min(sizes["values"], MOST_SHOWN)
    maps = read_fields(NetworkMaps, saved, sizes | {"conflicts": conflicts})
    if maps.examples.maps.shape[1:] != maps.map_size:
        raise Damaged(f"its maps have the shape {maps.examples.maps.shape}")
    _check_masks(maps)
    _check_tests(maps)
    _check_gallery(maps)
    return maps


def can_be_repainted(data: DatasetParams) -> bool:
    """Whether images have values of an attribute, and any other value can be painted."""
    return data.plants and data.shows_values


def _check_masks(maps: NetworkMaps) -> None:
    """What needs masks of the images is all there, or none of it."""
    arrays = (maps.energy, maps.energy_shuffled, maps.energy_perfect, maps.mask_percentile, maps.evidence)
    if maps.scores is None and any(array is not None for array in arrays):
        raise Damaged("it lacks scores of its maps")


def _check_gallery(maps: NetworkMaps) -> None:
    if maps.gallery_methods is None:
        return
    if maps.gallery_indices is None or not set(maps.gallery_methods) <= set(maps.gallery):
        raise Damaged("it lacks maps of the gallery")
    shown = maps.cue_conflict or maps.examples
    if maps.gallery_indices.max(initial=0) >= len(shown.images):
        raise Damaged(f"its gallery shows the image {maps.gallery_indices.max()} of {len(shown.images)}")


def _check_tests(maps: NetworkMaps) -> None:
    """What was checked are the first of the images; by repainting only where they can be repainted."""
    if maps.checked > len(maps.labels):
        raise Damaged(f"its fact 'checked' is {maps.checked:,}, of {len(maps.labels):,} images")
    colored = maps.checked and can_be_repainted(maps.trained)
    tests = (maps.faithfulness, maps.randomization, maps.recoloring)
    if any(
        bool(is_missing) is (test is None)
        for test, is_missing in zip(tests, (maps.checked, maps.checked, colored), strict=True)
    ):
        raise Damaged("the tests of its maps aren't those that its facts say")
    if maps.recoloring and len(maps.recoloring.reasons) != maps.checked:
        raise Damaged(f"it has {len(maps.recoloring.reasons):,} reasons of {maps.checked:,} images")
    if maps.randomization and len(maps.randomization.correlations) != len(maps.randomized or ()):
        raise Damaged("it lacks the names of what was randomized")
