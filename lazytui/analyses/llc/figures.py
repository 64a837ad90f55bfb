"""The local learning coefficient with what it is worth: its interval, its chains, and nearby settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.llc.result import MIDDLE, LlcResult
from lazytui.evaluation.seed_statistics import mean_over_seeds
from lazytui.figures.kinds import Column, Figure, Lines, Matrix, Reference, Series, Table, Text
from lazytui.figures.number_format import significant_text

if TYPE_CHECKING:
    from lazytui.analyses.llc.params import LlcParams

LARGEST_SHARE = 0.2
"""Half of the interval, as a share of the estimate, above which it isn't reliable."""

DRIFT_SHARE = 0.2
"""How far the third and the last quarter of the steps may lie apart, as a share of the estimate."""

LARGEST_R_HAT = 1.2


def figures(params: LlcParams, result: LlcResult) -> list[Figure]:
    return [
        _verdict(params, result),
        _chains(params, result),
        _grid(result),
        _traces(params, result),
        _by_step_size(params, result),
        *_through_training(result),
    ]


def _through_training(result: LlcResult) -> list[Lines]:
    """The estimates on the way, and the training's own curves below them; nothing where nobody asked."""
    estimates = result.through_training
    if estimates is None:
        return []
    steps = estimates.step.astype(np.float64)
    means = [mean_over_seeds(row.tolist() if np.isfinite(row).all() else []) for row in estimates.coefficient]
    ends = [mean.interval or (np.nan, np.nan) for mean in means]
    series = {
        "LLC": [np.nan if mean.mean is None else mean.mean for mean in means],
        "low": [low for low, _high in ends],
        "high": [high for _low, high in ends],
    }
    curves = {"easy": estimates.curve_easy, "hard": estimates.curve_hard}
    return [
        Lines(
            name="through-training",
            title="LLC through the training",
            note="At each step at which the training kept weights: mean of the chains, and its 95 % interval. On the "
            "way weights aren't at a minimum; the slope there is treated as at the end.",
            series=tuple(Series(name=name, x=steps, y=np.array(y)) for name, y in series.items()),
            x_label="step",
            y_label="LLC",
        ),
        Lines(
            name="training-curves",
            title="Accuracy over the same steps",
            note="The training's own curves, on a sample of each split.",
            series=tuple(Series(name=name, x=estimates.curve_step, y=y) for name, y in curves.items()),
            x_label="step",
            y_label="accuracy",
            low=0.0,
            high=1.0,
        ),
    ]


def doubts(result: LlcResult) -> list[str]:
    """Why the estimate isn't reliable, a sentence each; none where it is."""
    low, high, drift, p = result.llc_low, result.llc_high, result.llc_drift, result.llc_drift_p
    if low is None or high is None:
        return ["The chains diverged: their loss isn't finite. A smaller --eps is the usual cure."]
    value, half = (low + high) / 2, (high - low) / 2
    if value <= 0:
        return [
            f"The estimate is {value:.2f}, but a coefficient is never negative: the chains found better weights, so "
            "these aren't at a minimum. A larger --gamma keeps the chains closer; --slope removed subtracts the slope "
            "of the loss."
        ]
    reasons = []
    if half > LARGEST_SHARE * value:
        reasons.append(
            f"The interval is ± {half / value:.0%} of the value, more than {LARGEST_SHARE:.0%}: use more "
            "--chains, more --steps or a larger --batch."
        )
    if drift is not None and p is not None and p < 0.05 and abs(drift) > DRIFT_SHARE * value:
        reasons.append(
            f"The chains still {'rise' if drift > 0 else 'fall'}, by {abs(drift):.2f} from the third quarter of the "
            "steps to the last: use more --steps or a larger --gamma."
        )
    if result.llc_r_hat is not None and result.llc_r_hat > LARGEST_R_HAT:
        reasons.append(
            f"The chains disagree (R-hat {result.llc_r_hat:.2f}, more than {LARGEST_R_HAT:g}): one may have moved to "
            "another solution; use more --steps or a larger --gamma."
        )
    return reasons


def _verdict(params: LlcParams, result: LlcResult) -> Text:
    reasons = doubts(result)
    paragraphs = []
    if result.llc is not None and result.llc_low is not None and result.llc_high is not None:
        paragraphs.append(
            f"LLC {result.llc:.2f}, 95 % interval {result.llc_low:.2f} to {result.llc_high:.2f}, at step size "
            f"{significant_text(params.eps)} and localization {significant_text(params.gamma)}."
        )
    if reasons:
        paragraphs.append(" ".join(["Not reliable.", *reasons]))
    paragraphs += [
        f"lambda = n beta (E[L(w)] - L(w*)), n beta = n / ln n = {result.n_beta:,.1f} with n = {result.images:,} "
        f"training images and L(w*) = {result.loss_at_weights:.5f}; {result.parameters:,} parameters. It counts "
        "effective parameters, halved: fewer than half of all where some directions of the weights don't matter.",
        _about_gamma(params, result),
        _about_slope(params, result),
        "The estimate depends on its settings, as the grid shows. Compare it only with estimates of other networks at "
        "the same settings and with the same number of images.",
    ]
    return Text(name="verdict", title="Local learning coefficient", paragraphs=tuple(paragraphs))


def _about_gamma(params: LlcParams, result: LlcResult) -> str:
    """A direction of curvature h adds half of h / (h + gamma / n beta)."""
    if params.gamma == 0:
        return "Without localization, only the number of steps limits which directions count."
    flat = significant_text(params.gamma / result.n_beta)
    return (
        f"A direction of the weights counts by its curvature: one of {flat}, the localization over n beta, counts half "
        "as much as a much steeper one, and much flatter ones hardly count."
    )


def _about_slope(params: LlcParams, result: LlcResult) -> str:
    length = significant_text(result.slope_at_weights)
    steep = f"The gradient of the loss at the weights has length {length} (0 at a minimum)"
    if params.slope == "kept":
        return f"{steep}. It was kept, so the chains may run downhill."
    return (
        f"{steep}. It is subtracted: the loss is L(w) - <grad L(w*), w - w*>, with the same curvature everywhere. "
        "Otherwise the estimate would measure how much is left to learn."
    )


def _chains(params: LlcParams, result: LlcResult) -> Table:
    values = (
        result.llc,
        result.llc_low,
        result.llc_high,
        result.llc_deviation,
        result.llc_effective_samples,
        result.llc_r_hat,
        result.llc_drift,
    )
    return Table(
        name="chains",
        title="Agreement of the chains",
        note="low, high: 95 % interval of the mean over chains (Student's t, one degree of freedom fewer than chains). "
        "deviation: between chains. effective: number of independent draws with the same information. R-hat: 1 where "
        f"all halves of chains agree, over {LARGEST_R_HAT:g} where they don't. drift: last quarter of the steps minus "
        "the third. All from the second half of the steps.",
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
        rows=((params.chains, *values),),
    )


def _grid(result: LlcResult) -> Matrix:
    return Matrix(
        name="grid",
        title="LLC by step size and localization",
        note="Center: mean of the chains. Around it: one chain each, as uncertain as a single chain. All ran side by "
        "side from the same weights. A dash: the chain diverged.",
        values=result.grid,
        row_labels=tuple(map(significant_text, result.eps)),
        column_labels=tuple(map(significant_text, result.gamma)),
        row_axis="step size",
        column_axis="localization",
        decimals=2,
    )


def _traces(params: LlcParams, result: LlcResult) -> Lines:
    x, smooth = _smoothed(result.n_beta * result.excess.astype(np.float64))
    return Lines(
        name="traces",
        title=f"LLC along each chain, step size {significant_text(params.eps)}, "
        f"localization {significant_text(params.gamma)}",
        note=f"n beta (L(w) - L(w*)) on batches of {params.batch} images, both losses on the same batch; averaged over "
        "stretches of steps. The second half counts: it should be level.",
        series=tuple(Series(name=f"chain {number + 1}", x=x, y=chain) for number, chain in enumerate(smooth[:8])),
        x_label="step",
        y_label="LLC",
        references=_reference(result),
    )


def _by_step_size(params: LlcParams, result: LlcResult) -> Lines:
    x, smooth = _smoothed(result.n_beta * result.grid_excess[:, MIDDLE[1]].astype(np.float64))
    return Lines(
        name="traces-by-step-size",
        title=f"LLC along chains by step size, localization {significant_text(params.gamma)}",
        note="Where smaller steps still rise at the end, the chains are too short for them; where larger steps lie "
        "above, they are too large. The middle step size: mean of the chains; the others: one chain.",
        series=tuple(
            Series(name=significant_text(eps), x=x, y=mean) for eps, mean in zip(result.eps, smooth, strict=True)
        ),
        x_label="step",
        y_label="LLC",
        references=_reference(result),
    )


def _reference(result: LlcResult) -> tuple[Reference, ...]:
    return () if result.llc is None else (Reference(name="estimate", value=result.llc),)


def _smoothed(traces: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lines, steps) -> the middles of at most 50 stretches of steps, and each line's means over them."""
    steps = traces.shape[1]
    edges = np.linspace(0, steps, min(50, steps) + 1).astype(int)[:-1]
    counts = np.diff([*edges, steps])
    return edges + counts / 2, np.add.reduceat(traces, edges, axis=1) / counts
