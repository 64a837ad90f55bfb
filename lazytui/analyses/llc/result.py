"""What the result of `llc` holds: chains at the settings that were asked for, and one at each of the eight around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lazytui.runs.result_contents import ANY, DEFINED, Array, Contents, Count, Metric, Number, numbers

if TYPE_CHECKING:
    from lazytui.analyses.llc.params import LlcParams

SETTINGS = (3, 3)
"""Step sizes and springs of the grid."""

MIDDLE = (1, 1)
"""Where the settings that were asked for stand in it."""

Three = Annotated[list[Number], Field(min_length=3, max_length=3)]


class LlcFacts(TypedDict):
    images: Count
    n_beta: Number
    eps: Three
    gamma: Three
    parameters: Count


_UNDEFINED_WHERE_CHAINS_DIVERGED = (
    "llc",
    "llc_low",
    "llc_high",
    "llc_deviation",
)


def _metrics(_params: LlcParams, _facts: LlcFacts) -> dict[str, Metric]:
    return dict.fromkeys(_UNDEFINED_WHERE_CHAINS_DIVERGED, ANY) | dict.fromkeys(
        ("loss_at_weights", "slope_at_weights"), DEFINED
    )


def _arrays(params: LlcParams, _facts: LlcFacts) -> dict[str, Array]:
    """excess: L(w) - L(w*) at every step. coefficient: of each chain. grid: by setting, of one chain or of the mean."""
    return {
        "excess": numbers(params.chains, params.steps).unbounded,
        "coefficient": numbers(params.chains).unbounded,
        "grid": numbers(*SETTINGS).unbounded,
        "grid_excess": numbers(*SETTINGS, params.steps).unbounded,
    }


CONTENTS: Contents[LlcParams] = Contents(facts=LlcFacts, metrics=_metrics, arrays=_arrays)
