"""What `sae-selfcheck` finds: every dictionary that was tried, and each variant's best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from lazytui.analyses.sae_selfcheck.params import PRICES
from lazytui.runs.results.result_contents import ANY, DEFINED, Count, Damaged, Name, Number, check_metrics
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields, write_fields

if TYPE_CHECKING:
    from lazytui.analyses.sae_selfcheck.params import SelfcheckParams


@dataclass(frozen=True)
class Dictionary:
    """One autoencoder, of a variant with these options.

    mcc: mean |cosine| of true and learned directions, matched one to one. unexplained: share of the variance. l0:
    active features per sample. dead_share: of the features.
    """

    variant: Name
    options: dict[Name, Count | Number]
    mcc: Number
    unexplained: Number
    l0: Number
    dead_share: Number


@dataclass(frozen=True)
class SelfcheckResult:
    """random_mcc, random_mcc_largest: mean and largest MCC of random directions."""

    random_mcc: Annotated[float, ANY]
    random_mcc_largest: Annotated[float, ANY]
    tried: Annotated[tuple[Dictionary, ...], Field(min_length=1, max_length=10_000)]

    @property
    def best(self) -> dict[str, float]:
        """The best MCC of each variant, in the order in which they were tried."""
        best: dict[str, float] = {}
        for one in self.tried:
            best[one.variant] = max(one.mcc, best.get(one.variant, one.mcc))
        return best


def write(result: SelfcheckResult) -> Result:
    saved = write_fields(result)
    best = {_metric(variant): mcc for variant, mcc in result.best.items()}
    return Result({**best, **saved.metrics}, saved.facts)


def read(params: SelfcheckParams, saved: Result) -> SelfcheckResult:
    """Raises Damaged where the result isn't what `sae-selfcheck` makes."""
    check_metrics({_metric(variant): DEFINED for variant in params.variants}, saved.metrics)
    result = read_fields(SelfcheckResult, saved)
    if set(result.best) != set(params.variants):
        raise Damaged("it lacks a variant, or has one that wasn't asked for")
    for one in result.tried:
        if one.variant in PRICES and "lam" not in one.options:
            raise Damaged(f"it lacks the price of {one.variant}")
    return result


def _metric(variant: str) -> str:
    return f"{variant.replace('-', '_')}_mcc"
