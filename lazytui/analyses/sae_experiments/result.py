"""What `sae-experiments` finds: of each network what editing features does, and what two have to do with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.data.content import Content
from lazytui.runs.results.result_contents import ANY, Count, Damaged, Name, Number, counts, images, indices, numbers
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Key, Part, read_fields, starting_with, write_fields
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.edits.dose_response import FACTORS

if TYPE_CHECKING:
    from lazytui.analyses.sae_experiments.params import SaeExperimentsParams

Metric = Annotated[float | None, ANY]
One = Annotated[NDArray[np.float64], numbers(1)]
Draws = Annotated[NDArray[np.float64], numbers("draws")]
ByValue = Annotated[NDArray[np.float64], numbers("/values")]
"""(values,): by value of the attribute, NaN where one has no feature."""
Swap = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class SplitEdits:
    """Accuracies on one split, in [0, 1].

    intact, without_color, color_alone: with all features, without those that stand for a value, without all others; the
    same as arrays of one. random, directions: mean and 95 % prediction interval of random controls, see
    `sae.experiments`; None where there are none. random_draws, direction_draws: of each draw; random_mass,
    random_sizes: activation mass and size of the random sets. mass: (2,), of the color features and of all. pool:
    (2,), features that random ones are drawn from, and color features among these.
    """

    intact: Metric
    without_color: Metric
    color_alone: Metric
    random: Metric
    random_low: Metric
    random_high: Metric
    directions: Metric
    directions_low: Metric
    directions_high: Metric
    accuracy_intact: Annotated[NDArray[np.float64], numbers(1), Key("intact")]
    accuracy_without: Annotated[NDArray[np.float64], numbers(1), Key("without")]
    accuracy_without_others: Annotated[NDArray[np.float64], numbers(1), Key("without_others")]
    random_draws: Annotated[NDArray[np.float64], numbers("draws"), Key("random")]
    direction_draws: Annotated[NDArray[np.float64], numbers("draws"), Key("directions")]
    random_sizes: Annotated[NDArray[np.int64], counts("draws")]
    random_mass: Draws
    mass: Annotated[NDArray[np.float64], numbers(2)]
    pool: Annotated[NDArray[np.int64], counts(2)]


@dataclass(frozen=True, kw_only=True, eq=False)
class SaliencyMaps:
    """Grad-CAM of hard images before and after the color features are ablated: maps, (shown, h, w), the class
    predicted, (shown,), and the share of the evidence on the stroke of more images, NaN where there is none."""

    images: Annotated[NDArray[np.uint8], images("shown")]
    labels: Annotated[NDArray[np.uint8], indices("shown", below="/classes"), Key("digits")]
    before: Annotated[NDArray[np.float32], numbers("shown", "height", "width")]
    after: Annotated[NDArray[np.float32], numbers("shown", "height", "width")]
    predicted_before: Annotated[NDArray[np.uint8], indices("shown", below="/classes"), Key("before_said")]
    predicted_after: Annotated[NDArray[np.uint8], indices("shown", below="/classes"), Key("after_said")]
    energy_before: Annotated[NDArray[np.float64], numbers("explained"), Key("before_energy")]
    energy_after: Annotated[NDArray[np.float64], numbers("explained"), Key("after_energy")]


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkEdits:
    """One network's experiments. layer: of so many features, attribute_features of which stand for a color.

    removal_score, ..._random, ..._directions: how much of the gap to a linear probe on balanced data (balanced_head,
    its accuracy) ablating color features closes, and the controls. swap_..._mean: over the pairs of colors. single,
    single_accuracy: features ablated one by one, and the easy and hard accuracy then, (single, 2). dose: (31, 3), easy
    and hard accuracy and color-follow rate by factor. swap_...: (values, values), by own value (row) and added one, the
    share of images classified as the added value's class. saliency: None where the network has no maps.
    """

    easy: Annotated[SplitEdits, Part("easy_")]
    hard: Annotated[SplitEdits, Part("hard_")]
    balanced: Annotated[SplitEdits, Part("balanced_")]
    balanced_head: Metric
    removal_score: Metric
    removal_score_random: Metric
    removal_score_directions: Metric
    swap_before_mean: Annotated[float | None, ANY, Key("swap_before")]
    swap_after_mean: Annotated[float | None, ANY, Key("swap_after")]
    swap_random_mean: Annotated[float | None, ANY, Key("swap_random")]
    name: Name
    layer: Name
    features: Count | None = None
    attribute_features: Annotated[Count, Key("color_features")]
    single: Annotated[NDArray[np.int64], counts("single")]
    single_accuracy: Annotated[NDArray[np.float64], numbers("single", 2)]
    dose: Annotated[NDArray[np.float64], numbers(len(FACTORS), 3)]
    head_accuracy: Annotated[NDArray[np.float64], numbers(1), Key("balanced_head")]
    swap_before: Annotated[Swap, numbers("values", "values")]
    swap_after: Annotated[Swap, numbers("values", "values")]
    swap_random: Annotated[Swap, numbers("values", "values")]
    saliency: Annotated[SaliencyMaps | None, Part("gaze_")] = None

    @property
    def splits(self) -> dict[str, SplitEdits]:
        return {"easy": self.easy, "hard": self.hard, "balanced": self.balanced}


@dataclass(frozen=True, kw_only=True, eq=False)
class SeedStability:
    """Whether two autoencoders of one layer find the same features; see `sae.seed_stability`.

    matched_cosine: None in results of early versions. partners: (s, 4), a feature of the first, its category, the
    nearest of the second, its category; cosines: (s,).
    """

    same_category: Metric
    same_category_by_chance: Metric
    mean_cosine: Annotated[float | None, ANY, Key("partner_cosine")]
    matched_cosine: Annotated[float | None, ANY.optional] = None
    partners: Annotated[NDArray[np.int64], counts("partners", 4)]
    cosines: Annotated[NDArray[np.float64], numbers("partners"), Key("partner_cosine")]


@dataclass(frozen=True, kw_only=True, eq=False)
class TransferShares:
    """Shares of balanced images classified as each color's digit; see `sae.feature_transfer`."""

    before: ByValue
    source: ByValue
    target: ByValue
    random: ByValue


@dataclass(frozen=True, eq=False)
class FeatureTransfer:
    """The first network's color features added in the second. explained: R^2 of the map between the layers; None, as
    the shares, where a layer has positions."""

    explained: float | None
    shares: TransferShares | None


@dataclass(frozen=True, kw_only=True, eq=False)
class SaeExperimentsResult(OfImages):
    """Of two networks one of stability and transfer, by whether they have the layer in common."""

    networks: tuple[NetworkEdits, ...]
    palette_name: str
    recorded_content: Content | None = None
    samples: Mapping[str, int] | None
    stability: SeedStability | None = None
    transfer: FeatureTransfer | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Shared:
    networks: Annotated[tuple[dict[str, Any], ...], Field(min_length=1, max_length=2)]
    palette_name: Annotated[PaletteName, Key("palette")]
    recorded_content: Content | None = None
    samples: dict[Name, Count] | None = None
    bridge: Number | None = None
    stability: Annotated[SeedStability | None, Part()] = None
    shares: Annotated[TransferShares | None, Part("inject_")] = None


def write(result: SaeExperimentsResult) -> Result:
    """The second network's metrics begin with `against_`; arrays begin with the network's number."""
    metrics: dict[str, float | None] = {}
    arrays: dict[str, NDArray[np.generic]] = {}
    facts = []
    for number, network in enumerate(result.networks):
        saved = write_fields(network)
        facts.append(dict(saved.facts))
        metrics |= {f"{'against_' * number}{name}": value for name, value in saved.metrics.items()}
        arrays |= {f"{number}/{name}": array for name, array in saved.arrays.items()}
    shared = write_fields(
        _Shared(
            networks=tuple(facts),
            palette_name=result.palette_name,
            recorded_content=result.recorded_content,
            samples=None if result.samples is None else dict(result.samples),
            stability=result.stability,
            shares=result.transfer.shares if result.transfer else None,
        )
    )
    bridge = {} if result.transfer is None else {"bridge": result.transfer.explained}
    return Result({**metrics, **shared.metrics}, {**shared.facts, **bridge}, {**arrays, **shared.arrays})


def read(_params: SaeExperimentsParams, saved: Result) -> SaeExperimentsResult:
    """Raises Damaged where the result isn't what `sae-experiments` makes."""
    shared = read_fields(_Shared, saved, content_sizes(saved), may_be_empty=frozenset({"partners"}))
    sizes = content_sizes(saved)
    networks = tuple(_network(saved, number, facts, sizes) for number, facts in enumerate(shared.networks))
    if (shared.stability or shared.shares) and len(networks) < 2:
        raise Damaged("it lacks the second network")
    if shared.stability and (shared.stability.partners[:, [1, 3]] >= len(CATEGORIES)).any():
        raise Damaged("its array 'partners' has categories that don't exist")
    if shared.shares and "bridge" not in saved.facts:
        raise Damaged("it lacks the fact 'bridge'")
    transfer = FeatureTransfer(shared.bridge, shared.shares) if "bridge" in saved.facts else None
    return SaeExperimentsResult(
        networks=networks,
        palette_name=shared.palette_name,
        recorded_content=shared.recorded_content,
        samples=shared.samples,
        stability=shared.stability,
        transfer=transfer,
    )


def _network(saved: Result, number: int, facts: Mapping[str, Any], sizes: Mapping[str, int]) -> NetworkEdits:
    metrics, arrays = starting_with("against_" * number, saved).metrics, starting_with(f"{number}/", saved).arrays
    own = Result(metrics, facts, arrays)
    return read_fields(NetworkEdits, own, sizes, may_be_empty=frozenset({"single"}))
