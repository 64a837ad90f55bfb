"""The headlines of an autoencoder beside its controls: in a sentence, and as a table that says what is a claim."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.sae.result import SaeResult
from lazytui.counted_nouns import counted
from lazytui.figures.kinds import Cell, Column, Share, Table
from lazytui.files.long_texts import long_text

_FEWEST_SEEDS = 3
"""Seeds of which a gap can be a claim."""
_DEVIATIONS = 2.0


def controls_in_words(result: SaeResult) -> str:
    """What the controls are beside the headlines, in a sentence."""
    assert result.controls is not None
    each = result.controls.frozen_decoder, result.controls.frozen_encoder
    explained = " and ".join(f"{100 * (1 - (one.unexplained_variance or 0.0)):.1f} %" for one in each)
    content = result.content
    features = " and ".join(
        f"{(one.attribute_features if content.values else one.label_features) or 0:.0f}" for one in each
    )
    name = content.attribute if content.values else content.label
    return (
        f"Beside controls: with a random decoder, and with a random encoder, {explained} of the variance are "
        f"explained, by {features} {name} features; what they reach as well is no finding."
    )


def control_table(result: SaeResult) -> Table:
    """Each headline beside the controls, and whether the gap to the nearer one is a claim."""
    assert result.controls is not None
    controls, content = result.controls, result.content
    names = (
        "variance unexplained, %",
        "dead, %",
        "easy accuracy with x_hat, %",
        "hard accuracy with x_hat, %",
        f"{content.attribute or 'attribute'} features",
        f"{content.label} features",
        "features of both",
    )
    in_percent = np.array([100] * 4 + [1] * 3)
    own, decoder, encoder = (
        in_percent * by_seed
        for by_seed in (controls.own_by_seed, controls.frozen_decoder_by_seed, controls.frozen_encoder_by_seed)
    )
    rows: list[tuple[Cell, ...]] = []
    for index, name in enumerate(names):
        each = [by_seed[:, index] for by_seed in (own, decoder, encoder)]
        rows.append((name, *(float(values.mean()) for values in each), *_gap(each)))
    return Table(
        name="controls",
        title=f"Beside controls, mean of {len(decoder)} {'seed' if len(decoder) == 1 else 'seeds'}",
        note=long_text("notes", "sae-controls"),
        columns=(
            Column(name="headline"),
            Column(name="trained", decimals=2),
            Column(name="decoder frozen", decimals=2),
            Column(name="encoder frozen", decimals=2),
            Column(name="gap", decimals=2),
            Column(name="2 sd", decimals=2),
            Column(name="verdict"),
        ),
        rows=tuple(rows),
    )


def probing_table(result: SaeResult) -> Table:
    """How well k features alone predict the class and the attribute's value."""
    assert result.probing is not None
    probing, content = result.probing, result.content
    accuracies = [(content.label, probing.label, probing.label_raw)]
    if content.values:
        accuracies.append((content.attribute, probing.attribute, probing.attribute_raw))
    return Table(
        name="probing",
        title="k-sparse probing: area under the ROC curve",
        note=long_text("notes", "sae-probing"),
        shares=(Share("each", result.probe_images),),
        columns=(
            Column(name="predicted"),
            Column(name="k"),
            *(Column(name=name, decimals=3) for name in ("features", "decoder frozen", "encoder frozen")),
            Column(name="k dimensions", decimals=3),
            Column(name="all dimensions", decimals=3),
        ),
        rows=tuple(
            (name, int(k), *(_defined(value) for value in column), raw)
            for name, areas, raw in accuracies
            for k, column in zip(probing.k.tolist(), areas.T.tolist(), strict=True)
        ),
    )


def _defined(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _gap(each: Sequence[NDArray[np.float64]]) -> tuple[Cell, ...]:
    """Of the trained one to the nearer control, twice the standard deviation of the seeds, and what that means."""
    own, *controls = each
    nearest = min(controls, key=lambda control: abs(own.mean() - control.mean()))
    gap = float(own.mean() - nearest.mean())
    if not np.isfinite(gap):
        return None, None, "unknown"
    if len(own) < _FEWEST_SEEDS:
        return gap, None, f"no claim under {counted(_FEWEST_SEEDS, 'seed')}"
    deviation = float(np.sqrt(own.var(ddof=1) + nearest.var(ddof=1)))
    return gap, _DEVIATIONS * deviation, "a gap" if abs(gap) > _DEVIATIONS * deviation else "no gap"
