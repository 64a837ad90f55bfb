"""What the result of `llc` holds: the coefficient and the loss of every chain, on a grid of settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lazytui.runs.contents import ANY, DEFINED, Array, Contents, Count, Metric, Number, numbers

if TYPE_CHECKING:
    from lazytui.analyses.llc import LlcParams

Settings = Annotated[list[Number], Field(min_length=3, max_length=3)]


class LlcFacts(TypedDict):
    images: Count
    n_beta: Number
    eps: Settings
    gamma: Settings
    parameters: Count


def _metrics(_params: LlcParams, _facts: LlcFacts) -> dict[str, Metric]:
    return {"llc": ANY, "llc_deviation": ANY, "loss_at_weights": DEFINED}


def _arrays(params: LlcParams, facts: LlcFacts) -> dict[str, Array]:
    grid = len(facts["eps"]), len(facts["gamma"]), params.chains
    return {"coefficient": numbers(*grid).unbounded, "traces": numbers(*grid, "steps").unbounded}


CONTENTS: Contents[LlcParams] = Contents(facts=LlcFacts, metrics=_metrics, arrays=_arrays)
