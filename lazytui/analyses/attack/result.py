"""What the result of `attack` holds: by network and pool of sources, the smallest budgets and what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lazytui.runs.result_contents import (
    ANY,
    Array,
    Contents,
    Damaged,
    Metric,
    Name,
    Note,
    Number,
    flags,
    images,
    indices,
    numbers,
)
from lazytui.runs.saved_result import Result

if TYPE_CHECKING:
    from lazytui.analyses.attack.params import AttackParams


class SelfCheck(TypedDict):
    pool: Name
    name: Name
    value: Number
    holds: bool
    meaning: Note


class NetworkFacts(TypedDict):
    checks: list[SelfCheck]


class AttackFacts(TypedDict):
    networks: Annotated[list[Name], Field(min_length=1, max_length=1000)]
    of: dict[Name, NetworkFacts]


_METRICS = ("sources", "at_target", "success_rate", "robust_accuracy", "median_budget", "unfooled")


def _metrics(params: AttackParams, facts: AttackFacts) -> dict[str, Metric]:
    """By pool, the first network's; another's after `against_`, numbered where there are several."""
    several = len(facts["networks"]) > 2
    prefixes = ["", *(f"against_{n}_" if several else "against_" for n in range(1, len(facts["networks"])))]
    pools = [pool.replace("-", "_") for pool in params.pools]
    return {f"{prefix}{pool}_{name}": ANY for prefix in prefixes for pool in pools for name in _METRICS}


def _arrays(params: AttackParams, facts: AttackFacts) -> dict[str, Array]:
    arrays: dict[str, Array] = {}
    for pool in params.pools:
        for number in range(len(facts["networks"])):
            own = f"{number}/{pool}"
            fooled = numbers(f"{own} sources that are right").unbounded
            shown = images(f"{own} sources that are shown")
            budgets = f"{own}/budgets"  # there where enough sources are right for a rate
            arrays |= {
                f"{own}/said": indices(f"{pool} sources", below=10),
                f"{own}/right": flags(f"{pool} sources"),
                budgets: fooled.optional,
                f"{own}/sure_budgets": fooled.along_with(budgets),
                f"{own}/own_images": shown.along_with(budgets),
                f"{own}/made": shown.along_with(budgets),
                f"{own}/signed": numbers(3, 2).along_with(budgets),
                f"{own}/energy": numbers(3, 2).along_with(budgets),
                f"{own}/color": numbers(1).along_with(budgets),
            }
    return arrays


def _agrees(_params: AttackParams, result: Result) -> None:
    """Every source that is right has a budget, and those that are shown are of these."""
    for name, right in result.arrays.items():
        own = name.removesuffix("/right")
        if own == name or f"{own}/budgets" not in result.arrays:
            continue
        sources, budgets = int(right.astype(bool).sum()), len(result.arrays[f"{own}/budgets"])
        if budgets != sources or len(result.arrays[f"{own}/made"]) > sources:
            raise Damaged(f"its array '{own}/budgets' has {budgets:,} values for {sources:,} sources")


CONTENTS: Contents[AttackParams] = Contents(facts=AttackFacts, metrics=_metrics, arrays=_arrays, agrees=_agrees)
