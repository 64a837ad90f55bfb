"""LLC: how complex a solution a network has found, by the local learning coefficient around its weights."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from lazytui.analyses.base import Analysis
from lazytui.analyses.llc_result import CONTENTS
from lazytui.analyses.subject import SubjectParams, load_subject, settle
from lazytui.figures.kinds import Figure, Lines, Matrix, Reference, Series, Text
from lazytui.figures.numbers import significant
from lazytui.runs.report import Report
from lazytui.runs.result import Result

_MIDDLE = 1
"""Where the settings that were asked for stand in the grid."""


class LlcParams(SubjectParams):
    """How the chains move."""

    eps: float = Field(5e-6, gt=0, le=1, description="Step size of the Langevin dynamics.")
    gamma: float = Field(300.0, ge=0, le=1e9, description="Strength of the spring that holds chains near the weights.")
    spread: float = Field(
        2.0, gt=1, le=100, description="Factor by which step size and spring are varied, both ways, for the grid."
    )
    chains: int = Field(2, ge=2, le=100, description="Chains of every setting; all settings run as one batch.")
    steps: int = Field(200, ge=10, le=100_000, description="Steps of a chain; the first half is burn-in.")
    batch: int = Field(16, ge=1, le=10_000, description="Training images in a step of a chain.")
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the noise and of the batches.")


def run(params: LlcParams, report: Report) -> Result:
    report.note("loading torch, the network and its training images")
    subject = load_subject(params, report.workspace)
    from lazytui.data.resident import Resident
    from lazytui.interpret.complexity.llc import Grid, local_learning_coefficient

    train = Resident(subject.data.train, subject.hardware.device)
    grid = Grid(
        eps=[params.eps / params.spread, params.eps, params.eps * params.spread],
        gamma=[params.gamma / params.spread, params.gamma, params.gamma * params.spread],
        chains=params.chains,
        steps=params.steps,
        batch=params.batch,
        seed=params.seed,
    )

    def tick(step: int) -> None:
        report.check()
        report.progress(step, params.steps, "steps")

    report.note(f"{9 * params.chains} chains from the same weights")
    found = local_learning_coefficient(subject.model, train, grid, subject.hardware, tick=tick, note=report.note)
    report.progress(params.steps, params.steps, "steps")
    asked = found.coefficient[_MIDDLE, _MIDDLE]
    means = found.coefficient.mean(2)
    finite = means[np.isfinite(means)]
    return Result(
        metrics={
            "llc": float(asked.mean()),
            "llc_deviation": float(asked.std(ddof=1)),
            "llc_smallest_of_grid": float(finite.min()) if finite.size else None,
            "llc_largest_of_grid": float(finite.max()) if finite.size else None,
            "loss_at_weights": found.loss,
        },
        facts={
            "images": len(train),
            "n_beta": found.n_beta,
            "eps": list(grid.eps),
            "gamma": list(grid.gamma),
            "parameters": sum(parameter.numel() for parameter in subject.model.parameters()),
        },
        arrays={"traces": found.traces, "coefficient": found.coefficient},
    )


def figures(params: LlcParams, result: Result) -> list[Figure]:
    return [
        _verdict(params, result),
        _grid(result, "grid", "LLC by step size and spring", result.arrays["coefficient"].astype(np.float64).mean(2)),
        _grid(
            result,
            "deviations",
            "Standard deviation between chains of a setting",
            result.arrays["coefficient"].astype(np.float64).std(2, ddof=1),
        ),
        _traces(params, result),
        _by_step_size(params, result),
    ]


def _verdict(params: LlcParams, result: Result) -> Text:
    found, told = result.metrics, result.facts
    if found["llc"] is None:
        estimate = "The chains diverged: their loss is no number any more. A smaller --eps is the usual cure."
    else:
        deviation = found["llc_deviation"] or 0.0
        estimate = (
            f"LLC {found['llc']:.2f}, with a standard deviation of {deviation:.2f} between "
            f"{params.chains} chains, at step size {significant(params.eps)} and spring {significant(params.gamma)}."
        )
        if deviation > abs(found["llc"]) / 2:
            estimate += " The chains disagree, so this is no estimate yet: try a smaller --eps, or more --steps."
    return Text(
        name="verdict",
        title="The local learning coefficient",
        paragraphs=(
            estimate,
            f"lambda = n beta (E[L(w)] - L(w*)), n beta = n / ln n = {told['n_beta']:,.1f} with n = {told['images']:,} "
            f"training images and L(w*) = {found['loss_at_weights']:.5f}; {told['parameters']:,} parameters. It counts "
            "effective parameters, halved: fewer than a half of all where directions of the weights don't matter.",
            "The number depends on its settings, as the grid shows. Compare it only with that of another network under "
            "the same settings and with the same number of images, and where the traces have become level.",
        ),
    )


def _grid(result: Result, name: str, title: str, values: np.ndarray) -> Matrix:
    return Matrix(
        name=name,
        title=title,
        note="Chains of all settings ran side by side from the same weights. A dash: a chain diverged.",
        values=values,
        row_labels=tuple(significant(eps) for eps in result.facts["eps"]),
        column_labels=tuple(significant(gamma) for gamma in result.facts["gamma"]),
        row_axis="step size",
        column_axis="spring",
        decimals=2,
    )


def _traces(params: LlcParams, result: Result) -> Lines:
    traces = result.arrays["traces"][_MIDDLE, _MIDDLE].astype(np.float64)
    x, smooth = _smoothed(traces)
    return Lines(
        name="traces",
        title=f"Loss along each chain, at step size {significant(params.eps)} and spring {significant(params.gamma)}",
        note=f"Estimated from batches of {params.batch} images, as the loss of all images at the weights plus what the "
        "chain does worse than they on the same batch; means over stretches of steps. The second half counts: it "
        "should be level.",
        series=tuple(Series(name=f"chain {number + 1}", x=x, y=chain) for number, chain in enumerate(smooth[:8])),
        x_label="step",
        y_label="loss",
        references=(Reference(name="at the weights", value=result.metrics["loss_at_weights"] or 0.0),),
    )


def _by_step_size(params: LlcParams, result: Result) -> Lines:
    traces = result.arrays["traces"][:, _MIDDLE].astype(np.float64).mean(1)
    x, smooth = _smoothed(traces)
    return Lines(
        name="traces-by-step-size",
        title=f"Mean loss of the chains for each step size, at spring {significant(params.gamma)}",
        note="Where smaller steps are still rising at the end, the chains are too short for them; where larger ones "
        "jump, they are too large.",
        series=tuple(
            Series(name=significant(eps), x=x, y=mean) for eps, mean in zip(result.facts["eps"], smooth, strict=True)
        ),
        x_label="step",
        y_label="loss",
        log_y=True,
        references=(Reference(name="at the weights", value=result.metrics["loss_at_weights"] or 0.0),),
    )


def _smoothed(traces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(lines, steps) -> the middles of at most 50 stretches of steps, and each line's means over them."""
    steps = traces.shape[1]
    edges = np.linspace(0, steps, min(50, steps) + 1).astype(int)[:-1]
    counts = np.diff([*edges, steps])
    return edges + counts / 2, np.add.reduceat(traces, edges, axis=1) / counts


ANALYSIS = Analysis(params=LlcParams, run=run, figures=figures, read=CONTENTS.read, settle=settle)
