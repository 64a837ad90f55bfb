"""The local learning coefficient with what it is worth: its interval, its chains, and nearby settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.llc.result import MIDDLE
from lazytui.figures.kinds import Cell, Column, Figure, Lines, Matrix, Reference, Series, Table, Text
from lazytui.figures.number_format import significant
from lazytui.runs.saved_result import Result

if TYPE_CHECKING:
    from lazytui.analyses.llc.params import LlcParams

LARGEST_SHARE = 0.2
"""Half of the interval, as a share of the estimate, above which it isn't to be trusted."""

DRIFT_SHARE = 0.2
"""How far the two halves of what is kept may lie apart, as a share of the estimate."""

LARGEST_R_HAT = 1.2


def drawn(params: LlcParams, result: Result) -> list[Figure]:
    return [
        _verdict(params, result),
        _chains(params, result),
        _grid(result),
        _traces(params, result),
        _by_step_size(params, result),
    ]


def doubts(result: Result) -> list[str]:
    """Why the estimate isn't to be trusted, a sentence each; none where it is."""
    found = result.metrics
    low, high, drift, p, r_hat = (
        found.get(name) for name in ("llc_low", "llc_high", "llc_drift", "llc_drift_p", "llc_r_hat")
    )
    if low is None or high is None:
        return ["The chains diverged: their loss is no number any more. A smaller --eps is the usual cure."]
    value, half = (low + high) / 2, (high - low) / 2
    if value <= 0:
        return [
            f"The estimate is {value:.2f}, and a coefficient is never negative: the chains found better weights than "
            "these, which aren't at a minimum. A larger --gamma holds the chains nearer, and --slope removed takes "
            "off what is left to learn."
        ]
    told = []
    if half > LARGEST_SHARE * value:
        told.append(
            f"The interval is {half / value:.0%} of the value to either side, more than {LARGEST_SHARE:.0%}: take more "
            "--chains, --steps, or a larger --batch."
        )
    if drift is not None and p is not None and p < 0.05 and abs(drift) > DRIFT_SHARE * value:
        told.append(
            f"The chains still {'rise' if drift > 0 else 'fall'}, by {abs(drift):.2f} from the third quarter of their "
            "steps to the last: take more --steps, or a larger --gamma."
        )
    if r_hat is not None and r_hat > LARGEST_R_HAT:
        told.append(
            f"The chains disagree (R-hat {r_hat:.2f}, more than {LARGEST_R_HAT:g}): one may have left for another "
            "solution; take more --steps, or a larger --gamma."
        )
    return told


def _verdict(params: LlcParams, result: Result) -> Text:
    found, told = result.metrics, result.facts
    reasons = doubts(result)
    paragraphs = []
    if found["llc"] is not None and found["llc_low"] is not None and found["llc_high"] is not None:
        paragraphs.append(
            f"LLC {found['llc']:.2f}, 95 % interval {found['llc_low']:.2f} to {found['llc_high']:.2f}, at step size "
            f"{significant(params.eps)} and spring {significant(params.gamma)}."
        )
    if reasons:
        paragraphs.append(" ".join(["Not to be trusted.", *reasons]))
    paragraphs += [
        f"lambda = n beta (E[L(w)] - L(w*)), n beta = n / ln n = {told['n_beta']:,.1f} with n = {told['images']:,} "
        f"training images and L(w*) = {found['loss_at_weights']:.5f}; {told['parameters']:,} parameters. It counts "
        "effective parameters, halved: fewer than a half of all where directions of the weights don't matter.",
        _about_the_spring(params, result),
        _about_the_slope(params, result),
        "The number depends on its settings, as the grid shows. Compare it only with that of another network under "
        "the same settings and with the same number of images.",
    ]
    return Text(name="verdict", title="The local learning coefficient", paragraphs=tuple(paragraphs))


def _about_the_spring(params: LlcParams, result: Result) -> str:
    """A direction of curvature h adds half of h / (h + gamma / n beta)."""
    if params.gamma == 0:
        return "No spring holds the chains, so only how far they get in their steps bounds which directions count."
    flat = significant(params.gamma / result.facts["n_beta"])
    return (
        f"A direction of the weights counts by its curvature: one of {flat}, the spring over n beta, half as much as a "
        "much steeper one, and much flatter ones hardly at all."
    )


def _about_the_slope(params: LlcParams, result: Result) -> str:
    length = result.metrics["slope_at_weights"] or 0.0
    steep = f"The gradient of the loss at the weights has length {significant(length)}, where a minimum has 0"
    if params.slope == "kept":
        return f"{steep}; it was left in the loss, so the chains may run downhill."
    return (
        f"{steep}. It is taken off the loss, which is then L(w) - <grad L(w*), w - w*>, with the same curvature "
        "everywhere; otherwise the estimate would tell how much is left to learn."
    )


def _chains(params: LlcParams, result: Result) -> Table:
    found = result.metrics
    rows: list[tuple[Cell, ...]] = [
        (
            params.chains,
            found["llc"],
            found["llc_low"],
            found["llc_high"],
            found["llc_deviation"],
            found.get("llc_effective_samples"),
            found.get("llc_r_hat"),
            found.get("llc_drift"),
        )
    ]
    return Table(
        name="chains",
        title="What the chains agree on",
        note="low, high: 95 % interval of the mean over chains, by Student's t with a degree of freedom less than "
        "chains. deviation: between chains. effective: independent draws that would tell as much. R-hat: 1 where all "
        f"halves of chains tell the same, over {LARGEST_R_HAT:g} where they don't. drift: by how much the last quarter "
        "of the steps lies above the third. All of the second half of the steps.",
        columns=(
            Column(name="chains", decimals=0),
            Column(name="LLC", decimals=2),
            Column(name="low", decimals=2),
            Column(name="high", decimals=2),
            Column(name="deviation", decimals=2),
            Column(name="effective", decimals=0),
            Column(name="R-hat", decimals=2),
            Column(name="drift", decimals=2),
        ),
        rows=tuple(rows),
    )


def _grid(result: Result) -> Matrix:
    return Matrix(
        name="grid",
        title="LLC by step size and spring",
        note="In the middle the mean of the chains; around it one chain each, as uncertain as a single chain is. All "
        "ran side by side from the same weights. A dash: a chain diverged.",
        values=result.arrays["grid"].astype(np.float64),
        row_labels=tuple(significant(eps) for eps in result.facts["eps"]),
        column_labels=tuple(significant(gamma) for gamma in result.facts["gamma"]),
        row_axis="step size",
        column_axis="spring",
        decimals=2,
    )


def _traces(params: LlcParams, result: Result) -> Lines:
    x, smooth = _smoothed(result.facts["n_beta"] * result.arrays["excess"].astype(np.float64))
    return Lines(
        name="traces",
        title=f"What each chain says, at step size {significant(params.eps)} and spring {significant(params.gamma)}",
        note=f"n beta (L(w) - L(w*)), estimated from batches of {params.batch} images less what the same batch says at "
        "the weights; means over stretches of steps. The second half counts: it should be level.",
        series=tuple(Series(name=f"chain {number + 1}", x=x, y=chain) for number, chain in enumerate(smooth[:8])),
        x_label="step",
        y_label="LLC",
        references=_reference(result),
    )


def _by_step_size(params: LlcParams, result: Result) -> Lines:
    traces = result.facts["n_beta"] * result.arrays["grid_excess"][:, MIDDLE[1]].astype(np.float64)
    x, smooth = _smoothed(traces)
    return Lines(
        name="traces-by-step-size",
        title=f"What chains say for each step size, at spring {significant(params.gamma)}",
        note="Where smaller steps are still rising at the end, the chains are too short for them; where larger ones "
        "lie above, they are too large. In the middle the mean of the chains; one chain of the others.",
        series=tuple(
            Series(name=significant(eps), x=x, y=mean) for eps, mean in zip(result.facts["eps"], smooth, strict=True)
        ),
        x_label="step",
        y_label="LLC",
        references=_reference(result),
    )


def _reference(result: Result) -> tuple[Reference, ...]:
    estimate = result.metrics["llc"]
    return () if estimate is None else (Reference(name="estimate", value=estimate),)


def _smoothed(traces: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lines, steps) -> the middles of at most 50 stretches of steps, and each line's means over them."""
    steps = traces.shape[1]
    edges = np.linspace(0, steps, min(50, steps) + 1).astype(int)[:-1]
    counts = np.diff([*edges, steps])
    return edges + counts / 2, np.add.reduceat(traces, edges, axis=1) / counts
