"""Whether each kind of autoencoder finds the known features: in words, every dictionary, and by its sparsity weight."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lazytui.analyses.sae_selfcheck.params import PRICES, SelfcheckParams
from lazytui.analyses.sae_selfcheck.result import SelfcheckResult
from lazytui.figures.kinds import Bars, Column, Figure, Lines, Reference, Series, Table, Text

FOUND = 0.95
"""The mean correlation from which the features count as found."""

DRAWS = 20
"""Random dictionaries to compare with."""


def figures(params: SelfcheckParams, result: SelfcheckResult) -> list[Figure]:
    return [_verdict(params, result), _table(result), _bars(result), *_sweeps(result)]


def setting(options: Mapping[str, float]) -> str:
    """What distinguishes the options of a variant."""
    return ", ".join(f"{name} {options[name]:g}" for name in ("k", "lam") if name in options)


def _verdict(params: SelfcheckParams, result: SelfcheckResult) -> Text:
    recovered = [name for name, value in result.best.items() if value >= FOUND]
    missed = [f"{name} ({value:.2f})" for name, value in result.best.items() if value < FOUND]
    paragraphs = [
        f"{params.features} true features in {params.dimensions} dimensions, {params.active} active per sample on "
        f"average. Variants that find them (mean correlation of at least {FOUND}): {', '.join(recovered) or 'none'}."
        + (f" Not found: {', '.join(missed)}." if missed else "")
        + f" Random directions reach {result.random_mcc:.2f} ({DRAWS} draws, at most "
        f"{result.random_mcc_largest:.2f})."
    ]
    lowest = min(result.tried, key=lambda one: one.unexplained)
    rank = 1 + sum(one.mcc > lowest.mcc for one in result.tried)
    if len(result.tried) > 1:
        paragraphs.append(
            f"A low error isn't quality: {lowest.variant} with {setting(lowest.options)} has the lowest unexplained "
            f"variance ({lowest.unexplained:.4f}), but its dictionary, at {lowest.mcc:.2f}, ranks {rank} of "
            f"{len(result.tried)}."
        )
    return Text(name="verdict", title="Recovery of known features", paragraphs=tuple(paragraphs))


def _table(result: SelfcheckResult) -> Table:
    return Table(
        name="dictionaries",
        title="All dictionaries, best first",
        note="MCC: mean |cosine| of true and learned directions, matched one to one. unexplained: share of the "
        "variance. L0: active features per sample.",
        columns=(
            Column(name="variant"),
            Column(name="setting"),
            Column(name="MCC", decimals=3),
            Column(name="unexplained", decimals=4),
            Column(name="L0", decimals=2),
            Column(name="dead", unit="%"),
            Column(name="found"),
        ),
        rows=tuple(
            (
                one.variant,
                setting(one.options),
                one.mcc,
                one.unexplained,
                one.l0,
                100 * one.dead_share,
                "yes" if one.mcc >= FOUND else "no",
            )
            for one in sorted(result.tried, key=lambda one: -one.mcc)
        ),
    )


def _bars(result: SelfcheckResult) -> Bars:
    return Bars(
        name="correlations",
        title="Mean correlation of true and learned directions, best setting of each variant",
        note="The best of a small sweep, selected with the true directions, which are unknown for a network's layer.",
        labels=tuple(result.best),
        values=np.array(list(result.best.values())),
        decimals=3,
        high=1.0,
        references=(Reference(name="found", value=FOUND), Reference(name="random", value=result.random_mcc)),
    )


def _sweeps(result: SelfcheckResult) -> list[Figure]:
    """How the dictionary changes with the sparsity weight, for the variants that have one."""
    tried = {name: [one for one in result.tried if one.variant == name] for name in result.best if name in PRICES}
    if not tried:
        return []
    return [
        Lines(
            name="prices",
            title="Mean correlation by sparsity weight",
            note="Where the weight is too low the error is lowest, but the features are mixtures.",
            series=tuple(
                Series(
                    name=name,
                    x=np.array([one.options["lam"] for one in ones], np.float64),
                    y=np.array([one.mcc for one in ones], np.float64),
                )
                for name, ones in tried.items()
            ),
            x_label="lam",
            y_label="MCC",
            low=0.0,
            high=1.0,
            references=(Reference(name="found", value=FOUND),),
        )
    ]
