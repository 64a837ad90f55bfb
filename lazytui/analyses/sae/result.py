"""What `sae` finds: how good the autoencoder is, and what each of its features stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.exemplar_maps import ExemplarMaps
from lazytui.analyses.core.exemplar_result import Exemplars
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.analyses.sae.controls import Controls, SparseProbing
from lazytui.data.content import Content
from lazytui.runs.results.result_contents import ANY, COUNT, Count, Damaged, Name, counts, images, indices, numbers
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Key, Part, metrics_of, read_fields
from lazytui.sae.category_names import CATEGORIES

if TYPE_CHECKING:
    from lazytui.analyses.sae.params import SaeParams

OneOrMore = Annotated[int, Field(strict=True, ge=1, le=10**15)]
Metric = Annotated[float | None, ANY]
Each = Annotated[NDArray[np.float32], numbers("units")]
"""(n,) float32: a number for each feature."""
EachByClass = Annotated[NDArray[np.float32], numbers("units", "classes")]
EachByValue = Annotated[NDArray[np.float32], numbers("units", "values")]


@dataclass(frozen=True, kw_only=True, eq=False)
class SplitRecovery:
    """What the network makes of a split from the layer as it is (intact) and from x_hat (reconstructed); and how much
    x_hat keeps of what is lost with the mean activation instead (recovered)."""

    accuracy_intact: Metric
    accuracy_reconstructed: Metric
    accuracy_recovered: Metric
    cross_entropy_intact: Metric
    cross_entropy_reconstructed: Metric
    cross_entropy_recovered: Metric


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingCurves:
    """(points,) each: steps, share of variance unexplained, active features per sample, and share of dead ones."""

    step: Annotated[NDArray[np.int64], counts("points")]
    unexplained: Annotated[NDArray[np.float64], numbers("points")]
    l0: Annotated[NDArray[np.float64], numbers("points")]
    dead_share: Annotated[NDArray[np.float64], numbers("points")]

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[float]]) -> TrainingCurves:
        """Without any point where there are no columns: nothing was trained."""
        names = ("unexplained", "l0", "dead_share")
        curves = {name: np.array(columns.get(name, ()), np.float64) for name in names}
        return cls(step=np.array(columns.get("step", ()), np.int64), **curves)


@dataclass(frozen=True, kw_only=True, eq=False)
class FeatureGeometry:
    """shown: (s,), features by category and favorite, and cosine: (s, s), of their directions. The others: (3,), of
    the PAIRS of `sae.feature_geometry`, as its PairCosines."""

    shown: Annotated[NDArray[np.int64], indices("shown", below="/units")]
    cosine: Annotated[NDArray[np.float32], numbers("shown", "shown")]
    count: Annotated[NDArray[np.int64], counts(3)]
    mean: Annotated[NDArray[np.float64], numbers(3)]
    shuffled: Annotated[NDArray[np.float64], numbers(3)]
    low: Annotated[NDArray[np.float64], numbers(3)]
    high: Annotated[NDArray[np.float64], numbers(3)]
    p: Annotated[NDArray[np.float64], numbers(3)]


@dataclass(frozen=True, kw_only=True, eq=False)
class SaeResult(OfImages):
    """n features of the `dimensions` of a layer, learned from `samples` activations.

    attribute_features, ..., dead_features: how many features are of each category. held_out: activations that
    unexplained_variance and l0 were measured on. fingerprint: of the network. category: (n,), indices into CATEGORIES.
    density, probe_density: shares of the training samples and of the probe images that a feature is active on.
    strength: mean activation where it is active; largest: its maximum. length: of its direction, None in results of
    early versions, where each is 1. ..._selectivity: the largest mean by value or
    class over the mean of all, from 1 to how many there are; ..._bound: what shuffled labels reach; ..._response, heat:
    mean activation by value, by class, by class (row) and value. Without any value nothing is known of the attribute.
    histogram: (n, bins) of activations. effect: (n, classes), added to each logit per unit of activation;
    effect_by_gradient: to first order, where more than the head lies above; effect is None there in results of early
    versions. nearest, nearest_cosine: (n, 5) features with the nearest directions; neurons, neuron_correlation: (n, 5)
    neurons with the most similar activations. geometry: where features point; None in results of early versions.
    preferred: (starts, P, h, w, 3), inputs that maximize the P features that have exemplars; preferred_response: (P,)
    the mean activation of each there, stability: (P,), cosine between the starts. exemplar_maps: of the P features;
    their Grad-CAM is of cam_layer. None where there are none, and in results of early versions.
    controls, probing: None where none were asked for, and in results of early versions.
    """

    unexplained_variance: Metric
    l0: Annotated[float, ANY]
    dead_share: Metric
    easy: Annotated[SplitRecovery, Part("easy_")]
    hard: Annotated[SplitRecovery, Part("hard_")]
    attribute_features: Annotated[int, COUNT, Key("color_features")]
    label_features: Annotated[int, COUNT, Key("digit_features")]
    both_features: Annotated[int, COUNT]
    mixed_features: Annotated[int, COUNT]
    dead_features: Annotated[int, COUNT]
    layer: Name
    dimensions: Count
    features: OneOrMore
    samples: OneOrMore
    held_out: Count | None = None
    probe_images: Count
    palette_name: Annotated[PaletteName, Key("palette")]
    recorded_content: Content | None = None
    fingerprint: Name
    effect_by_gradient: bool = False
    cam_layer: Name | None = None
    category: Annotated[NDArray[np.int64], indices("units", below=len(CATEGORIES))]
    density: Each
    probe_density: Each
    strength: Each
    length: Annotated[NDArray[np.float32] | None, numbers("units").defined.optional] = None
    largest: Annotated[NDArray[np.float32], numbers("units").defined]
    attribute_selectivity: Annotated[Each, Key("color_selectivity")]
    label_selectivity: Annotated[Each, Key("digit_selectivity")]
    attribute_bound: Annotated[Each, Key("color_bound")]
    label_bound: Annotated[Each, Key("digit_bound")]
    attribute_response: Annotated[EachByValue, Key("color_response")]
    label_response: Annotated[EachByClass, Key("digit_response")]
    heat: Annotated[NDArray[np.float32], numbers("units", "classes", "values")]
    histogram: Annotated[NDArray[np.int32], counts("units", "bins")]
    effect: Annotated[NDArray[np.float32] | None, numbers("units", "classes").optional] = None
    nearest: Annotated[NDArray[np.int32], indices("units", "near", below="units")]
    nearest_cosine: Annotated[NDArray[np.float32], numbers("units", "near")]
    neurons: Annotated[NDArray[np.int32], counts("units", "near neurons")]
    neuron_correlation: Annotated[NDArray[np.float32], numbers("units", "near neurons")]
    exemplars: Annotated[Exemplars, Part()]
    history: Annotated[TrainingCurves, Part("history_")]
    geometry: Annotated[FeatureGeometry | None, Part("geometry_")] = None
    preferred: Annotated[NDArray[np.uint8] | None, images("starts", "pictured").optional] = None
    preferred_response: Annotated[NDArray[np.float32] | None, numbers("pictured").defined.optional] = None
    stability: Annotated[NDArray[np.float32] | None, numbers("pictured").optional] = None
    exemplar_maps: Annotated[ExemplarMaps | None, Part("exemplar_")] = None
    controls: Annotated[Controls | None, Part()] = None
    probing: Annotated[SparseProbing | None, Part("probing_")] = None

    @cached_property
    def metrics(self) -> dict[str, float | None]:
        """All of them by name, as tables have them."""
        return metrics_of(self)

    @property
    def is_painted(self) -> bool:
        """Whether the palette painted the images, each class in each color equally often."""
        return bool(self.value_colors)

    @cached_property
    def typical_effect(self) -> NDArray[np.float64] | None:
        """(n, classes): what each feature adds to each logit at its typical strength; NaN where that isn't known."""
        return None if self.effect is None else self.strength.astype(np.float64)[:, None] * self.effect

    @cached_property
    def masses(self) -> NDArray[np.float64]:
        """(n,): mean activation of each feature, over images that it is active on and others, times the length of its
        direction: how far it moves the layer's activations."""
        means = self.strength.astype(np.float64) * self.probe_density.astype(np.float64)
        return means if self.length is None else means * self.length

    @cached_property
    def by_mass(self) -> NDArray[np.int64]:
        """All features, the largest mass first."""
        return np.argsort(-self.masses, kind="stable")

    @property
    def all_dead(self) -> bool:
        return bool((self.category == CATEGORIES.index("dead")).all())

    def category_of(self, feature: int) -> str:
        """One of CATEGORIES, in the words of what the images are: `ground` in place of color."""
        return self.category_names[int(self.category[feature])]

    @cached_property
    def category_names(self) -> tuple[str, ...]:
        """CATEGORIES in the words of what the images are."""
        _, _, *others = CATEGORIES
        return (self.content.attribute or "attribute", self.content.label, *others)

    def is_of(self, feature: int, *categories: str) -> bool:
        """Whether its category is one of these of CATEGORIES."""
        return CATEGORIES[int(self.category[feature])] in categories

    def favorite_value(self, feature: int) -> str:
        """The value of the attribute that a feature is most active for; empty where there is none."""
        return self.content.values[int(self.attribute_response[feature].argmax())] if self.content.values else ""

    def favorite_label(self, feature: int) -> int:
        """The class that it is most active for."""
        return int(self.label_response[feature].argmax())


def read(_params: SaeParams, saved: Result) -> SaeResult:
    """Raises Damaged where the result isn't what `sae` makes."""
    result = read_fields(
        SaeResult,
        saved,
        content_sizes(saved),
        may_be_empty=frozenset({"pictured", "evidence", "history_points", "geometry_shown"}),
    )
    result.exemplars.check_order()
    if result.exemplar_maps:
        result.exemplar_maps.check_images(result.exemplars)
    if len(result.category) != result.features:
        raise Damaged(f"it has {len(result.category):,} of {result.features:,} features")
    if result.geometry and (result.geometry.low > result.geometry.high).any():
        raise Damaged("the band of its shuffled cosines ends before it begins")
    return result
