"""LLC: how complex a solution a network has found, by the local learning coefficient around its weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.llc.figures import figures
from lazytui.analyses.llc.params import LlcParams
from lazytui.analyses.llc.result import MIDDLE, SETTINGS, LlcResult, read
from lazytui.analyses.networks.model_under_study import load_model_under_study, resolve
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.counted_nouns import counted
from lazytui.evaluation.seed_statistics import mean_over_seeds
from lazytui.runs.progress_report import Report
from lazytui.runs.typed_result import write_fields

if TYPE_CHECKING:
    from lazytui.llc.local_learning_coefficient import SamplingSettings

F = TypeVar("F", bound=np.floating[Any])

AROUND = [setting for setting in np.ndindex(SETTINGS) if setting != MIDDLE]

ESTIMATE = (
    "llc",
    "llc_low",
    "llc_high",
    "llc_deviation",
    "llc_effective_samples",
    "llc_r_hat",
    "llc_drift",
    "llc_drift_p",
)


def run(params: LlcParams, report: Report) -> LlcResult:
    report.note("loading torch, the network and its training images")
    network = load_model_under_study(params, report.workspace, report.note)
    from lazytui.data.device_split import DeviceSplit
    from lazytui.llc.local_learning_coefficient import local_learning_coefficient

    train = DeviceSplit(network.data.train, network.hardware.device)
    eps, gamma = (_around(value, params.spread) for value in (params.eps, params.gamma))
    sampling = _sampling(params, eps, gamma)

    def tick(step: int) -> None:
        report.check()
        report.progress(step, params.steps, "steps")

    report.note(f"{counted(len(sampling.eps), 'chain')} from the same weights")
    found = local_learning_coefficient(
        network.model, train, sampling, network.hardware, tick=tick, note=report.note, check=report.check
    )
    report.progress(params.steps, params.steps, "steps")
    excess, coefficient = found.excess[: params.chains], found.coefficient[: params.chains]
    grid = _grid(coefficient.mean(), found.coefficient[params.chains :])
    finite = grid[np.isfinite(grid)]
    return LlcResult(
        **_estimate(excess, coefficient, found.n_beta),
        llc_smallest_of_grid=float(finite.min()) if finite.size else None,
        llc_largest_of_grid=float(finite.max()) if finite.size else None,
        loss_at_weights=found.loss,
        slope_at_weights=found.gradient_norm,
        images=len(train),
        n_beta=found.n_beta,
        eps=eps,
        gamma=gamma,
        parameters=sum(parameter.numel() for parameter in network.model.parameters()),
        excess=excess,
        coefficient=coefficient,
        grid=grid,
        grid_excess=_grid(excess.mean(0), found.excess[params.chains :]),
    )


def _around(value: float, spread: float) -> tuple[float, float, float]:
    return value / spread, value, value * spread


def _sampling(params: LlcParams, eps: Sequence[float], gamma: Sequence[float]) -> SamplingSettings:
    """The chains of the settings that were asked for, then one for each around."""
    from lazytui.llc.local_learning_coefficient import SamplingSettings

    chains = [MIDDLE] * params.chains + AROUND
    return SamplingSettings(
        eps=[eps[row] for row, _ in chains],
        gamma=[gamma[column] for _, column in chains],
        steps=params.steps,
        batch=params.batch,
        seed=params.seed,
        slope=params.slope,
    )


def _grid(middle: NDArray[np.floating[Any]], around: NDArray[F]) -> NDArray[F]:
    """(8, ...) -> (3, 3, ...), with the mean of the chains in the middle."""
    grid = np.empty((*SETTINGS, *around.shape[1:]), around.dtype)
    grid[MIDDLE] = middle
    for setting, values in zip(AROUND, around, strict=True):
        grid[setting] = values
    return grid


def _estimate(excess: NDArray[np.float32], coefficient: NDArray[np.float64], n_beta: float) -> dict[str, float | None]:
    """The mean over chains with its interval and what speaks for their convergence; nothing where one diverged."""
    from lazytui.llc.chain_convergence import drifts, effective_samples, split_r_hat
    from lazytui.llc.local_learning_coefficient import drop_burn_in

    if not np.isfinite(coefficient).all():
        return dict.fromkeys(ESTIMATE)
    draws = n_beta * drop_burn_in(excess)
    mean, drift = mean_over_seeds(coefficient.tolist()), mean_over_seeds(drifts(draws).tolist())
    low, high = mean.interval or (None, None)
    value = mean.mean if mean.mean is not None and mean.mean > 0 else None
    deviation = float(coefficient.std(ddof=1))
    converged = effective_samples(draws), split_r_hat(draws), drift.mean, drift.p
    return dict(zip(ESTIMATE, (value, low, high, deviation, *converged), strict=True))


ANALYSIS = Analysis(
    params=LlcParams, run=run, figures=with_data_named(figures), write=write_fields, read=read, resolve=resolve
)
