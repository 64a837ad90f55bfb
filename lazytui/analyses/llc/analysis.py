"""LLC: how complex a solution a network has found, by the local learning coefficient around its weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.llc.figures import figures
from lazytui.analyses.llc.params import LlcParams
from lazytui.analyses.llc.result import MIDDLE, SETTINGS, LlcResult, LlcThroughTraining, read
from lazytui.analyses.networks.model_under_study import ModelUnderStudy, load_model_under_study
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.counted_nouns import counted
from lazytui.errors import UsageError
from lazytui.evaluation.seed_statistics import mean_over_seeds
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from lazytui.data.device_split import DeviceSplit
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


def resolve(params: LlcParams, workspace: Workspace) -> LlcParams:
    """Make sure that the data can be rebuilt, and that there are the weights that are asked for."""
    resolved = resolve_network(params, workspace)
    if params.through_training and not workspace.find(params.run).weights_by_step():
        raise UsageError(
            f"{params.run} kept no intermediate weights at which it could be estimated: train with --keep-checkpoints."
        )
    return resolved


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
    estimate = local_learning_coefficient(
        network.model, train, sampling, network.hardware, tick=tick, note=report.note, check=report.check
    )
    report.progress(params.steps, params.steps, "steps")
    excess, coefficient = estimate.excess[: params.chains], estimate.coefficient[: params.chains]
    grid = _grid(coefficient.mean(), estimate.coefficient[params.chains :])
    finite = grid[np.isfinite(grid)]
    return LlcResult(
        **_estimate(excess, coefficient, estimate.n_beta),
        llc_smallest_of_grid=float(finite.min()) if finite.size else None,
        llc_largest_of_grid=float(finite.max()) if finite.size else None,
        loss_at_weights=estimate.loss,
        slope_at_weights=estimate.gradient_norm,
        images=len(train),
        n_beta=estimate.n_beta,
        eps=eps,
        gamma=gamma,
        parameters=sum(parameter.numel() for parameter in network.model.parameters()),
        excess=excess,
        coefficient=coefficient,
        grid=grid,
        grid_excess=_grid(excess.mean(0), estimate.excess[params.chains :]),
        through_training=_through_training(params, network, train, report) if params.through_training else None,
    )


def _through_training(
    params: LlcParams, network: ModelUnderStudy, train: DeviceSplit, report: Report
) -> LlcThroughTraining:
    """The chains that were asked for, from the weights of each step that the training kept."""
    from lazytui.llc.local_learning_coefficient import SamplingSettings, local_learning_coefficient
    from lazytui.training.initial_model import load_trained

    training = report.workspace.find(params.run)
    kept = training.weights_by_step()
    sampling = SamplingSettings(
        eps=[params.eps] * params.chains,
        gamma=[params.gamma] * params.chains,
        steps=params.steps,
        batch=params.batch,
        seed=params.seed,
        slope=params.slope,
    )
    rows = []
    for number, (step, path) in enumerate(kept.items()):
        report.note(f"{counted(params.chains, 'chain')} from the weights of step {step:,}")
        report.progress(number, len(kept), "checkpoints")
        model = load_trained(path, network.trained, network.trained.content).to(network.hardware.device)
        estimate = local_learning_coefficient(
            model, train, sampling, network.hardware, note=report.note, check=report.check
        )
        rows.append(estimate.coefficient)
    report.progress(len(kept), len(kept), "checkpoints")
    history = recorded_result(training).history
    none = np.full(len(history["step"]), np.nan)
    return LlcThroughTraining(
        step=np.array(list(kept), np.int64),
        coefficient=np.array(rows),
        curve_step=history["step"],
        curve_easy=history.get("easy_accuracy", none),
        curve_hard=history.get("hard_accuracy", none),
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
