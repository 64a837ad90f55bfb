"""What the result of `sae-selfcheck` holds: every dictionary that was tried, and each variant's best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lazytui.analyses.sae_selfcheck.params import PRICES
from lazytui.runs.result_contents import DEFINED, Contents, Damaged, Metric, Name, Number
from lazytui.runs.saved_result import Result

if TYPE_CHECKING:
    from lazytui.analyses.sae_selfcheck.params import SelfcheckParams


class Tried(TypedDict):
    variant: Name
    options: dict[Name, Number]
    mcc: Number
    unexplained: Number
    l0: Number
    dead_share: Number


class SelfcheckFacts(TypedDict):
    tried: Annotated[list[Tried], Field(min_length=1, max_length=10_000)]


def _metrics(params: SelfcheckParams, _facts: SelfcheckFacts) -> dict[str, Metric]:
    best = (f"{variant.replace('-', '_')}_mcc" for variant in params.variants)
    return dict.fromkeys((*best, "random_mcc", "random_mcc_largest"), DEFINED)


def _agrees(_params: SelfcheckParams, result: Result) -> None:
    """What has a price was tried at prices."""
    for tried in result.facts["tried"]:
        if tried["variant"] in PRICES and "lam" not in tried["options"]:
            raise Damaged(f"it lacks the price of {tried['variant']}")


CONTENTS: Contents[SelfcheckParams] = Contents(facts=SelfcheckFacts, metrics=_metrics, agrees=_agrees)
