"""What `certify` finds of each image: what is certified, what is attacked, and what lies between."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.certify.params import CERTIFICATES, USABLE_ATTACKS
from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.attacks.source_pools import Pool
from lazytui.data.content import Content
from lazytui.runs.results.result_contents import Damaged, Name, Number, images, indices, numbers
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.certify.params import CertifyParams

_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class CertifyResult(OfImages):
    """One entry an image, n in all, pool after pool. What is certified, and attacked, is the network's answer to the
    clean image, right or wrong.

    pictures: (n, h, w, 3), clean. pool: (n,), of `pools`. labels, predicted: (n,), the class, and the network's answer.
    clean: (n,), the answer's logit less the largest other one. epsilon, radius: of the rates, as asked.

    radii: (bounds, n), the largest budgets that are certified by each of `bounds`, ibp or crown. lower, upper: (bounds,
    n), bounds of the least margin of the answer within epsilon. budgets: (attacks, n), the smallest that changed the
    answer, infinite where none did; attacked: (attacks, n), the least margin that the attack found within epsilon.
    smoothed, smoothed_radii: (n,), the smoothed network's answer, as many as there are classes where it abstains, and
    its Euclidean radius; None where that wasn't asked for.
    """

    pools: tuple[Pool, ...]
    bounds: tuple[Name, ...]
    attacks: tuple[Name, ...]
    epsilon: Number
    radius: Number
    palette_name: PaletteName
    recorded_content: Content | None = None
    pictures: Annotated[NDArray[np.uint8], images("images")]
    pool: Annotated[NDArray[np.int64], indices("images", below="pools")]
    labels: Annotated[NDArray[np.int64], indices("images", below="classes")]
    predicted: Annotated[NDArray[np.int64], indices("images", below="classes")]
    clean: Annotated[NDArray[np.float64], numbers("images").defined]
    radii: Annotated[NDArray[np.float64], numbers("bounds", "images").defined]
    lower: Annotated[NDArray[np.float64], numbers("bounds", "images").defined]
    upper: Annotated[NDArray[np.float64], numbers("bounds", "images").defined]
    budgets: Annotated[NDArray[np.float64], numbers("attacks", "images").defined.unbounded]
    attacked: Annotated[NDArray[np.float64], numbers("attacks", "images").defined]
    smoothed: Annotated[NDArray[np.int64] | None, indices("images", below="classes and none").optional] = None
    smoothed_radii: Annotated[NDArray[np.float64] | None, numbers("images").defined.optional] = None

    @property
    def right(self) -> NDArray[np.bool_]:
        """(n,): the network's answer is right."""
        return np.asarray(self.predicted == self.labels)

    @property
    def smoothed_right(self) -> NDArray[np.bool_]:
        """(n,): the smoothed network's is; abstentions aren't."""
        assert self.smoothed is not None
        return np.asarray(self.smoothed == self.labels)

    @cached_property
    def best_radius(self) -> NDArray[np.float64]:
        """(n,): the largest that is certified; 0 without bounds."""
        return np.asarray(self.radii.max(0, initial=0))

    @cached_property
    def least_budget(self) -> NDArray[np.float64]:
        """(n,): the smallest that an attack found."""
        return np.asarray(self.budgets.min(0))

    @cached_property
    def contradictions(self) -> int:
        """Images where an attack succeeded within a certified budget, or found a margin beyond its bounds."""
        broken = (self.best_radius > 0) & (self.best_radius >= self.least_budget * (1 - _TOLERANCE))
        slack = _TOLERANCE + 1e-4 * np.maximum(1, np.abs(self.clean))
        for low, high in zip(self.lower, self.upper, strict=True):
            broken |= ((self.attacked < low - slack) | (self.attacked > high + slack)).any(0)
        return int(broken.sum())

    def of_pool(self, number: int) -> NDArray[np.bool_]:
        """(n,): the images of a pool."""
        return np.asarray(self.pool == number)

    @property
    def metrics(self) -> dict[str, float | None]:
        """Rates by pool, at epsilon and at the Euclidean radius, and the contradictions of all."""
        values: dict[str, float | None] = {
            "images": float(len(self.labels)),
            "contradictions": float(self.contradictions),
        }
        for number, pool in enumerate(self.pools):
            for name, value in self.rates(number).items():
                values[f"{pool.replace('-', '_')}_{name}"] = value
        return values

    def rates(self, number: int) -> dict[str, float]:
        """Of a pool: shares of all its images."""
        chosen, right = self.of_pool(number), self.right
        holds = {"clean_accuracy": right, "attacked_accuracy": right & ~within(self.least_budget, self.epsilon)}
        for name, radii in zip(self.bounds, self.radii, strict=True):
            holds[f"{name}_accuracy"] = right & reaches(radii, self.epsilon)
        if self.bounds:
            holds["certified_wrong"] = ~right & reaches(self.best_radius, self.epsilon)
        if self.smoothed is not None and self.smoothed_radii is not None:
            far = reaches(self.smoothed_radii, self.radius)
            abstains = self.smoothed == len(self.content.classes)
            holds["smoothed_accuracy"] = self.smoothed_right & far
            holds["smoothed_wrong"] = ~self.smoothed_right & ~abstains & far
            holds["abstained"] = abstains
        return {name: float(flags[chosen].mean()) for name, flags in holds.items()}


def reaches(radii: NDArray[np.float64], epsilon: float) -> NDArray[np.bool_]:
    """Whether these certify a budget, give or take rounding."""
    return np.asarray(radii >= epsilon * (1 - _TOLERANCE))


def within(budgets: NDArray[np.float64], epsilon: float) -> NDArray[np.bool_]:
    """Whether these are within a budget, give or take rounding."""
    return np.asarray(budgets <= epsilon * (1 + _TOLERANCE))


def write(result: CertifyResult) -> Result:
    saved = write_fields(result)
    return Result(result.metrics, saved.facts, saved.arrays)


def read(_params: CertifyParams, saved: Result) -> CertifyResult:
    """Raises Damaged where the result isn't what `write` makes."""
    sizes = content_sizes(saved)
    sizes["classes and none"] = sizes["classes"] + 1
    for side in ("pools", "bounds", "attacks"):
        named = saved.facts.get(side) if hasattr(saved.facts, "get") else None
        sizes[side] = len(named) if isinstance(named, list | tuple) else 0
    result = read_fields(CertifyResult, saved, sizes, frozenset({"bounds"}))
    if not (set(result.bounds) <= CERTIFICATES.keys() - {"smoothing"} and set(result.attacks) <= USABLE_ATTACKS.keys()):
        raise Damaged("it names an unknown certificate or attack")
    if (
        not result.attacks
        or len(np.unique(result.pool)) != len(result.pools)
        or len(set(result.pools)) != len(result.pools)
    ):
        raise Damaged("it has no attack, or a pool without images")
    if (result.smoothed is None) != (result.smoothed_radii is None):
        raise Damaged("its results of smoothing are incomplete")
    if (result.radii < 0).any() or (result.budgets < 0).any() or (result.clean < 0).any():
        raise Damaged("it has a negative radius, budget or margin of the network's own answer")
    if result.metrics != dict(saved.metrics):
        raise Damaged("its metrics aren't those of its images")
    return result
