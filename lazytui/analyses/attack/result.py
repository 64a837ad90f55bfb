"""What `attack` finds: for each network and pool of sources the smallest budgets, and what the perturbations are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.attack.params import FEWEST, named_score
from lazytui.analyses.core.content_facts import content_sizes
from lazytui.attacks.source_pools import POOLS, Pool
from lazytui.data.content import Content, colored_digits
from lazytui.errors import UsageError
from lazytui.evaluation.robustness import Robustness
from lazytui.runs.results.result_contents import (
    ANY,
    Damaged,
    Name,
    Note,
    Number,
    check_metrics,
    flags,
    images,
    indices,
    numbers,
)
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Key, Part, read_fields, starting_with, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.attack.params import AttackParams


@dataclass(frozen=True)
class SelfCheck:
    """Something that holds of any sound attack. value: a share. holds: whether it did here."""

    pool: Name
    name: Name
    value: Number
    holds: bool
    meaning: Note


@dataclass(frozen=True, eq=False)
class Perturbations:
    """Of the S sources that are correct when clean (of a score: whose score is below); the first are kept as images.

    budgets, sure_budgets: (S,), the smallest that make the target the most probable class, and that make it more
    probable than .9; of a score those that raise it above its threshold, and None. Infinite where none was enough.
    adversarial, clean: (kept, h, w, 3); where no budget was enough, what the attack made of the largest. predictions:
    (kept,), of the adversarial images; None in results of older versions, where such images are as they were.
    mean_change, energy:
    (3, 2), of each channel on the stroke and beside it, see `attacks.perturbation_channels`: NaN beside it where no
    stroke is known; one_color: (1,), the share of the energy that one color laid evenly over the image explains.
    """

    budgets: Annotated[NDArray[np.float32], numbers("correct").unbounded]
    sure_budgets: Annotated[NDArray[np.float32] | None, numbers("correct").unbounded.optional]
    adversarial: Annotated[NDArray[np.uint8], images("kept"), Key("made")]
    clean: Annotated[NDArray[np.uint8], images("kept"), Key("own_images")]
    predictions: Annotated[NDArray[np.uint8] | None, indices("kept", below="/classes").optional]
    mean_change: Annotated[NDArray[np.float64], numbers(3, 2), Key("signed")]
    energy: Annotated[NDArray[np.float64], numbers(3, 2)]
    one_color: Annotated[NDArray[np.float64], numbers(1), Key("color")]


@dataclass(frozen=True, eq=False)
class PoolResult:
    """One network on one pool of N sources: the class predicted, (N,), and whether that is correct, (N,); of a score:
    whether it doesn't exceed its threshold when clean.

    labels: (N,), their classes; None in results of older versions: the one that was asked for. perturbations: None
    where too few sources are correct for any rate.
    """

    predicted: Annotated[NDArray[np.uint8], indices("sources", below="/classes"), Key("said")]
    correct: Annotated[NDArray[np.bool_], flags("sources"), Key("right")]
    labels: Annotated[NDArray[np.uint8] | None, indices("sources", below="/classes").optional, Key("digit")]
    perturbations: Annotated[Perturbations | None, Part()]

    def robustness(self, target: int | None, label: int | None = None) -> Robustness:
        """Of all sources, or of those of one class. target: the class; None where a score is raised."""
        chosen = np.full(len(self.correct), True)
        if label is not None and self.labels is not None:
            chosen = self.labels == label
        correct = self.correct[chosen]
        at_target = self._share_at_target(chosen, target)
        if self.perturbations is None or correct.sum() < FEWEST:
            return Robustness(correct, at_target, None, None)
        budgets, sure = self.perturbations.budgets, self.perturbations.sure_budgets
        attacked = chosen[self.correct]
        surely = None if sure is None else sure[attacked].astype(float)
        return Robustness(correct, at_target, budgets[attacked].astype(float), surely)

    def _share_at_target(self, chosen: NDArray[np.bool_], target: int | None) -> float | None:
        if target is None:
            return float(1 - self.correct[chosen].mean()) if chosen.any() else None
        others = chosen if self.labels is None else chosen & (self.labels != target)
        return float((self.predicted[others] == target).mean()) if others.any() else None


@dataclass(frozen=True, eq=False)
class NetworkResult:
    """checks: of the attack on this network, with the first pool that has enough sources."""

    name: str
    pools: Mapping[Pool, PoolResult]
    checks: tuple[SelfCheck, ...]


@dataclass(frozen=True, eq=False)
class AttackResult:
    """The networks side by side, asked about the very same sources. epsilon, target: as asked, for the rates; target is
    None where a score is raised.

    recorded_content: of the images; None where they are digits in colors.
    """

    networks: tuple[NetworkResult, ...]
    epsilon: float
    target: int | None
    recorded_content: Content | None = None

    @property
    def content(self) -> Content:
        return self.recorded_content or colored_digits("distinct")

    def pool_sizes(self, label: int) -> dict[int, int]:
        """Sources of each class in a pool, also where fewer were there than asked for. label: the class where none is
        recorded."""
        _, _, first_pool, _ = next(self.by_pool())
        return {label: len(first_pool.correct)} if first_pool.labels is None else class_sizes(first_pool.labels)

    def by_pool(self) -> Iterator[tuple[NetworkResult, Pool, PoolResult, Robustness]]:
        """Every pool of every network, and how robust it is there."""
        for network in self.networks:
            for pool, pool_result in network.pools.items():
                yield network, pool, pool_result, pool_result.robustness(self.target)

    def by_class(self) -> Iterator[tuple[NetworkResult, Pool, int, Robustness]]:
        """Every class of every pool and network where there are several classes, and how robust it is there."""
        for network, pool, pool_result, _ in self.by_pool():
            classes = () if pool_result.labels is None else class_sizes(pool_result.labels)
            if len(classes) > 1:
                for label in classes:
                    yield network, pool, label, pool_result.robustness(self.target, label)

    @property
    def metrics(self) -> dict[str, float | None]:
        """By pool, the first network's; another's begin with `against_`, numbered where there are several."""
        return {
            _metric(number, len(self.networks), pool, name): value
            for number, network in enumerate(self.networks)
            for pool, pool_result in network.pools.items()
            for name, value in pool_result.robustness(self.target).metrics(self.epsilon).items()
            if self.target is not None or name != "clean_accuracy"
        }


def class_sizes(labels: NDArray[np.uint8]) -> dict[int, int]:
    """How many there are of each class that is among them."""
    classes, sizes = np.unique(labels, return_counts=True)
    return dict(zip(classes.tolist(), sizes.tolist(), strict=True))


@dataclass(frozen=True)
class _Checks:
    checks: tuple[SelfCheck, ...]


@dataclass(frozen=True)
class _Facts:
    networks: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]
    of: dict[Name, _Checks]
    recorded_content: Content | None = None
    pools: Annotated[tuple[Pool, ...], Field(min_length=1, max_length=len(POOLS))] | None = None
    """Those that there are in images that can't be repainted: some may have no source."""


def write(result: AttackResult) -> Result:
    arrays = {
        f"{number}/{pool}/{name}": array
        for number, network in enumerate(result.networks)
        for pool, pool_result in network.pools.items()
        for name, array in write_fields(pool_result).arrays.items()
    }
    names = tuple(network.name for network in result.networks)
    facts = _Facts(
        names,
        {network.name: _Checks(network.checks) for network in result.networks},
        result.recorded_content,
        tuple(result.networks[0].pools) if result.recorded_content else None,
    )
    return Result(result.metrics, write_fields(facts).facts, arrays)


def _metric(number: int, networks: int, pool: str, name: str) -> str:
    prefix = "" if number == 0 else "against_" if networks == 2 else f"against_{number}_"
    return f"{prefix}{pool.replace('-', '_')}_{name}"


_METRICS = ("sources", "at_target", "success_rate", "robust_accuracy", "median_budget", "unfooled")


def read(params: AttackParams, saved: Result) -> AttackResult:
    """Raises Damaged where the result isn't what `attack` makes."""
    facts = read_fields(_Facts, saved)
    if set(facts.of) != set(facts.networks):
        raise Damaged("it lacks the self-check of a network")
    count, pools = len(facts.networks), facts.pools or params.pools
    for number in range(count):
        names = (_metric(number, count, pool, name) for pool in pools for name in _METRICS)
        check_metrics(dict.fromkeys(names, ANY), saved.metrics)
    networks = (
        NetworkResult(name, {pool: _pool(saved, number, pool) for pool in pools}, facts.of[name].checks)
        for number, name in enumerate(facts.networks)
    )
    content = facts.recorded_content
    target = _target(params, content or colored_digits("distinct"))
    result = AttackResult(tuple(networks), params.epsilon, target, content)
    first, *others = result.networks
    if any(
        not _same_sources(pool_result, other.pools[pool])
        for other in others
        for pool, pool_result in first.pools.items()
    ):
        raise Damaged("its networks were asked about different sources")
    return result


def _target(params: AttackParams, content: Content) -> int | None:
    try:
        if named_score(params, content):
            return None
        return params.target_label(content)
    except UsageError as error:
        raise Damaged("its images have no such class as was asked for") from error


def _same_sources(one: PoolResult, other: PoolResult) -> bool:
    if one.labels is None or other.labels is None:
        return len(one.correct) == len(other.correct) and one.labels is other.labels
    return np.array_equal(one.labels, other.labels)


def _pool(saved: Result, number: int, pool: Pool) -> PoolResult:
    own = starting_with(f"{number}/{pool}/", Result({}, {}, saved.arrays))
    pool_result = read_fields(PoolResult, own, content_sizes(saved))
    attacked = pool_result.perturbations
    if attacked and not len(attacked.clean) <= len(attacked.budgets) == int(pool_result.correct.sum()):
        raise Damaged(f"its {pool} sources and their budgets contradict each other")
    return pool_result
