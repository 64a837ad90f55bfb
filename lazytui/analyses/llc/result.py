"""What `llc` finds: chains at the settings that were asked for, and one at each of the eight around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.runs.results.result_contents import ANY, Count, Damaged, Number, counts, numbers
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Part, read_fields

if TYPE_CHECKING:
    from lazytui.analyses.llc.params import LlcParams

SETTINGS = (3, 3)
"""Step sizes and springs of the grid."""

MIDDLE = (1, 1)
"""Where the settings that were asked for stand in it."""

Three = tuple[Number, Number, Number]


@dataclass(frozen=True, kw_only=True, eq=False)
class LlcThroughTraining:
    """step: (T,), at which the training kept weights. coefficient: (T, chains), of each chain there; not finite where
    it diverged. curve_step, curve_easy, curve_hard: (points,), the curves of the training itself, accuracies in [0, 1].
    """

    step: Annotated[NDArray[np.int64], counts("checkpoints")]
    coefficient: Annotated[NDArray[np.float64], numbers("checkpoints", "/chains").unbounded]
    curve_step: Annotated[NDArray[np.float64], numbers("points")]
    curve_easy: Annotated[NDArray[np.float64], numbers("points")]
    curve_hard: Annotated[NDArray[np.float64], numbers("points")]


@dataclass(frozen=True)
class LlcResult:
    """The local learning coefficient at the weights w*, of a training set of n images.

    llc, llc_low, llc_high, llc_deviation: mean over the chains, its 95 % interval, and the standard deviation between
    them; None where chains diverged, and the first also where it isn't positive. llc_effective_samples, llc_r_hat,
    llc_drift, llc_drift_p: how far the chains have converged (see `llc.chain_convergence`); None where they diverged.
    loss_at_weights, slope_at_weights: L(w*), and the length of its gradient. n_beta: n / ln n. eps, gamma: step sizes
    and springs of the grid. excess: (chains, steps), L(w) - L(w*). coefficient: (chains,). grid: (3, 3) by step size
    and spring, in the middle the mean of the chains, elsewhere one chain's; grid_excess: (3, 3, steps) of the same.
    What diverged isn't finite. through_training: None unless it was asked for.
    """

    llc: Annotated[float | None, ANY]
    llc_low: Annotated[float | None, ANY]
    llc_high: Annotated[float | None, ANY]
    llc_deviation: Annotated[float | None, ANY]
    llc_effective_samples: Annotated[float | None, ANY.omitted]
    llc_r_hat: Annotated[float | None, ANY.omitted]
    llc_drift: Annotated[float | None, ANY.omitted]
    llc_drift_p: Annotated[float | None, ANY.omitted]
    llc_smallest_of_grid: Annotated[float | None, ANY.optional]
    llc_largest_of_grid: Annotated[float | None, ANY.optional]
    loss_at_weights: Annotated[float, ANY]
    slope_at_weights: Annotated[float, ANY]
    images: Count
    n_beta: Number
    eps: Three
    gamma: Three
    parameters: Count
    excess: Annotated[NDArray[np.float32], numbers("chains", "steps").unbounded]
    coefficient: Annotated[NDArray[np.float64], numbers("chains").unbounded]
    grid: Annotated[NDArray[np.float64], numbers(*SETTINGS).unbounded]
    grid_excess: Annotated[NDArray[np.float32], numbers(*SETTINGS, "steps").unbounded]
    through_training: Annotated[LlcThroughTraining | None, Part("training_")] = None


def read(params: LlcParams, saved: Result) -> LlcResult:
    """Raises Damaged where the result isn't what `llc` makes."""
    sizes = {"chains": params.chains, "steps": params.steps}
    result = read_fields(LlcResult, saved, sizes, may_be_empty=frozenset({"training_points"}))
    if result.llc_low is not None and result.llc_high is not None and result.llc_low > result.llc_high:
        raise Damaged("its interval ends before it begins")
    return result
