"""What `gradcam` finds: maps of one network with what they are worth, or of two for the same images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import content_sizes
from lazytui.analyses.networks.network_pair_result import NetworkPair, join_saved, read_pair
from lazytui.analyses.train.params import TrainParams
from lazytui.data.palettes import NO_COLOR
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
    """Some images of each evidence category. indices: of the images of the split. maps: raw and signed. targets: the
    classes explained."""

    indices: Annotated[NDArray[np.int64], indices("examples", below="/images"), Key("places")]
    images: Annotated[NDArray[np.uint8], images("examples")]
    maps: Annotated[Floats, numbers("examples", "/map height", "/map width")]
    logits: Annotated[Floats, numbers("examples", 10)]
    targets: Annotated[Labels, indices("examples", below=NO_COLOR + 1)]


@dataclass(frozen=True, kw_only=True, eq=False)
class ShownImages:
    """The images that were asked for one by one. indices: in the split. maps: raw and signed. targets: the classes
    explained."""

    indices: Annotated[NDArray[np.int64], counts("shown")]
    images: Annotated[NDArray[np.uint8], images("shown")]
    digits: Annotated[Labels, indices("shown", below=10)]
    colors: Annotated[Labels, indices("shown", below=NO_COLOR + 1)]
    maps: Annotated[Floats, numbers("shown", "/map height", "/map width")]
    probabilities: Annotated[Floats, shares("shown", 10).defined]
    targets: Annotated[Labels, indices("shown", below=10)]


@dataclass(frozen=True, kw_only=True, eq=False)
class CueConflict:
    """A shape of each digit in each color, digit by digit, color by color."""

    images: Annotated[NDArray[np.uint8], images(100)]
    maps: Annotated[Floats, numbers(100, "/map height", "/map width")]
    logits: Annotated[Floats, numbers(100, 10)]
    targets: Annotated[Labels, indices(100, below=NO_COLOR + 1)]


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

    drops: (checked, 10), of the explained logit in each color, NaN in the image's own. reasons: (checked,), indices
    into REASONS.
    """

    recolored_drop: Metric
    redrawn_drop: Metric
    recolored_flips: Annotated[float | None, ANY.optional]
    redrawn_flips: Annotated[float | None, ANY.optional]
    flips_difference_low: Metric
    flips_difference_high: Metric
    right_for_wrong_reason_share: Metric
    wrong_because_of_color_share: Metric
    drops: Annotated[Floats, numbers("/checked", 10), Key("recolored_drops")]
    reasons: Annotated[Labels, indices("/checked", below=len(REASONS)), Key("causes")]


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkMaps:
    """What was found of one network.

    energy_...: means, see the metric catalog. name: what the network is called; None in results of early versions.
    trained: the parameters of its training. layer: whose map it is; None where it is the image's own. map_size: height
    and width. images: how many were explained; checked: of these, the first so many were put to the test.
    energy, energy_shuffled, energy_perfect, mask_percentile: (images,), NaN where there is no positive evidence.
    evidence: (images,), indices into EVIDENCE_CATEGORIES. digits, colors, predicted: (images,). gallery: maps of a few
    images of the cue conflict by each method, raw and signed; gallery_indices: which images.
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
    energy: Annotated[Floats, numbers("images")]
    energy_shuffled: Annotated[Floats, numbers("images")]
    energy_perfect: Annotated[Floats, numbers("images")]
    mask_percentile: Annotated[Floats, numbers("images"), Key("standing")]
    evidence: Annotated[Labels, indices("images", below=NO_EVIDENCE + 1), Key("ways")]
    digits: Annotated[Labels, indices("images", below=10)]
    colors: Annotated[Labels, indices("images", below=NO_COLOR + 1)]
    predicted: Annotated[Labels, indices("images", below=10)]
    examples: Annotated[Examples, Part("example_")]
    shown: Annotated[ShownImages | None, Part("shown_")] = None
    cue_conflict: Annotated[CueConflict, Part("cue_conflict_")]
    gallery_indices: Annotated[NDArray[np.int64] | None, indices("gallery", below=100).optional, Key("gallery_places")]
    gallery: Annotated[Mapping[str, Floats], Prefixed("gallery_", numbers("gallery", "height of *", "width of *"))]

    @cached_property
    def metrics(self) -> dict[str, float | None]:
        """All of them by name, as tables have them."""
        return metrics_of(self)


GradcamResult = NetworkPair[NetworkMaps]


def write(result: GradcamResult) -> Result:
    second = write_fields(result.second) if result.second else None
    return join_saved(write_fields(result.first), second, ("cue_conflict_images",))


def read(_params: GradcamParams, saved: Result) -> GradcamResult:
    """Raises Damaged where it isn't what `write` makes."""
    return read_pair(saved, _read_network)


def _read_network(saved: Result) -> NetworkMaps:
    found = read_fields(NetworkMaps, saved, content_sizes(saved))
    if found.cue_conflict.maps.shape[1:] != found.map_size:
        raise Damaged(f"its maps have the shape {found.cue_conflict.maps.shape}")
    _check_tests(found)
    if found.gallery_methods is not None and (
        found.gallery_indices is None or not set(found.gallery_methods) <= set(found.gallery)
    ):
        raise Damaged("it lacks maps of the gallery")
    return found


def _check_tests(found: NetworkMaps) -> None:
    """What was checked are the first of the images; by repainting only where they have color."""
    if found.checked > len(found.evidence):
        raise Damaged(f"its fact 'checked' is {found.checked:,}, of {len(found.evidence):,} images")
    colored = found.checked and found.trained.placement != "none"
    tests = (found.faithfulness, found.randomization, found.recoloring)
    if any(
        bool(is_missing) is (test is None)
        for test, is_missing in zip(tests, (found.checked, found.checked, colored), strict=True)
    ):
        raise Damaged("the tests of its maps aren't those that its facts say")
    if found.recoloring and len(found.recoloring.reasons) != found.checked:
        raise Damaged(f"it has {len(found.recoloring.reasons):,} reasons of {found.checked:,} images")
    if found.randomization and len(found.randomization.correlations) != len(found.randomized or ()):
        raise Damaged("it lacks the names of what was randomized")
