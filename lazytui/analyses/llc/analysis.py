"""LLC: how complex a solution a network has found, by the local learning coefficient around its weights."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.llc.figures import drawn
from lazytui.analyses.llc.params import LlcParams
from lazytui.analyses.llc.result import CONTENTS, MIDDLE, SETTINGS
from lazytui.analyses.networks.model_under_study import load_subject, settle
from lazytui.evaluation.seed_statistics import over_seeds
from lazytui.runs.progress_report import Report
from lazytui.runs.saved_result import Result


def run(params: LlcParams, report: Report) -> Result:
    report.note("loading torch, the network and its training images")
    subject = load_subject(params, report.workspace, report.note)
    from lazytui.data.device_split import Resident
    from lazytui.llc.chain_convergence import drifts, effective_samples, split_r_hat
    from lazytui.llc.local_learning_coefficient import Sampling, kept, local_learning_coefficient

    train = Resident(subject.data.train, subject.hardware.device)
    eps, gamma = ([value / params.spread, value, value * params.spread] for value in (params.eps, params.gamma))
    around = [place for place in np.ndindex(SETTINGS) if place != MIDDLE]
    chains = [MIDDLE] * params.chains + around
    sampling = Sampling(
        eps=[eps[row] for row, _ in chains],
        gamma=[gamma[column] for _, column in chains],
        steps=params.steps,
        batch=params.batch,
        seed=params.seed,
        slope=params.slope,
    )

    def tick(step: int) -> None:
        report.check()
        report.progress(step, params.steps, "steps")

    report.note(f"{len(chains)} chains from the same weights")
    found = local_learning_coefficient(
        subject.model, train, sampling, subject.hardware, tick=tick, note=report.note, check=report.check
    )
    report.progress(params.steps, params.steps, "steps")
    excess, asked = found.excess[: params.chains], found.coefficient[: params.chains]
    grid = np.full(SETTINGS, asked.mean())
    grid_excess = np.broadcast_to(excess.mean(0), (*SETTINGS, params.steps)).copy()
    for place, value, along in zip(
        around, found.coefficient[params.chains :], found.excess[params.chains :], strict=True
    ):
        grid[place], grid_excess[place] = value, along
    measured: dict[str, float | None] = dict.fromkeys(("llc", "llc_low", "llc_high", "llc_deviation"))
    if np.isfinite(asked).all():
        draws = found.n_beta * kept(excess)
        mean = over_seeds(asked.tolist())
        low, high = mean.interval or (None, None)
        drift = over_seeds(drifts(draws).tolist())
        measured = {
            "llc": mean.mean if mean.mean is not None and mean.mean > 0 else None,
            "llc_low": low,
            "llc_high": high,
            "llc_deviation": float(asked.std(ddof=1)),
            "llc_effective_samples": effective_samples(draws),
            "llc_r_hat": split_r_hat(draws),
            "llc_drift": drift.mean,
            "llc_drift_p": drift.p,
        }
    finite = grid[np.isfinite(grid)]
    return Result(
        metrics=measured
        | {
            "llc_smallest_of_grid": float(finite.min()) if finite.size else None,
            "llc_largest_of_grid": float(finite.max()) if finite.size else None,
            "loss_at_weights": found.loss,
            "slope_at_weights": found.slope,
        },
        facts={
            "images": len(train),
            "n_beta": found.n_beta,
            "eps": eps,
            "gamma": gamma,
            "parameters": sum(parameter.numel() for parameter in subject.model.parameters()),
        },
        arrays={"excess": excess, "coefficient": asked, "grid": grid, "grid_excess": grid_excess},
    )


ANALYSIS = Analysis(params=LlcParams, run=run, figures=drawn, read=CONTENTS.read, settle=settle)
