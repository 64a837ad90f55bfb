"""SAE self-check: whether each kind of autoencoder finds features that are known, which its error doesn't show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.sae_selfcheck.params import PRICES, SelfcheckParams
from lazytui.analyses.sae_selfcheck.result import CONTENTS
from lazytui.data.random_streams import stream
from lazytui.figures.kinds import Bars, Column, Figure, Lines, Reference, Series, Table, Text
from lazytui.runs.progress_report import Report
from lazytui.runs.saved_result import Result
from lazytui.sae import VARIANTS

if TYPE_CHECKING:
    from lazytui.sae.toy_superposition import Superposition

FOUND = 0.95
"""The mean correlation from which the features count as found."""

_DRAWS = 20


def settings(params: SelfcheckParams) -> Iterator[tuple[str, dict[str, float]]]:
    """Every variant with the options that it is tried with: as many features as are at work, or a sweep of prices."""
    for variant in params.variants:
        own = VARIANTS[variant].options
        if "k" in own:
            yield variant, {**own, "k": params.active}
        for price in PRICES.get(variant, ()):
            yield variant, {**own, "lam": price}


def run(params: SelfcheckParams, report: Report) -> Result:
    report.note("loading torch")
    from lazytui.models.torch_import import require_torch

    torch = require_torch()
    from lazytui.sae.toy_superposition import mean_correlation, random_dictionary, superposition
    from lazytui.system.hardware import choose_hardware, make_ready

    make_ready()
    device = choose_hardware(params.device, "fp32").device
    own = stream(params.seed, "superposition")  # no autoencoder may begin where the truth does
    random = torch.Generator().manual_seed(int(own.integers(2**63)))
    truth = superposition(params.features, params.dimensions, params.active, params.samples, random)
    by_chance = [
        mean_correlation(truth.directions, random_dictionary(params.features, params.dimensions, random))
        for _ in range(_DRAWS)
    ]
    tried = list(settings(params))
    rows: list[dict[str, Any]] = []
    for number, (variant, options) in enumerate(tried):
        report.progress(number, len(tried), "autoencoders")
        report.note(f"{variant} {_in_words(options)}")
        rows.append({"variant": variant, "options": options, **_asked(params, truth, variant, options, device, report)})
    report.progress(len(tried), len(tried), "autoencoders")
    best = {v: max(row["mcc"] for row in rows if row["variant"] == v) for v in params.variants}
    metrics = {f"{variant.replace('-', '_')}_mcc": value for variant, value in best.items()}
    return Result(
        metrics={**metrics, "random_mcc": float(np.mean(by_chance)), "random_mcc_largest": max(by_chance)},
        facts={"tried": rows},
    )


def _asked(
    params: SelfcheckParams, truth: Superposition, variant: str, options: dict[str, float], device: Any, report: Report
) -> dict[str, float]:
    """What one autoencoder finds."""
    from lazytui.sae.quality import fit
    from lazytui.sae.sae_training import Recipe, train
    from lazytui.sae.toy_superposition import mean_correlation

    recipe = Recipe(variant, options, params.features, params.steps, params.batch, params.lr, params.seed)
    samples = truth.samples.to(device)
    model = train(samples, recipe, lambda _: report.check(), lambda _: None)
    found = fit(model, samples)
    return {
        "mcc": mean_correlation(truth.directions, model.decoder.cpu()),
        "unexplained": found.unexplained,
        "l0": found.l0,
        "dead_share": found.dead_share,
    }


def _in_words(options: dict[str, float]) -> str:
    """What distinguishes the settings of a variant."""
    return ", ".join(f"{name} {options[name]:g}" for name in ("k", "lam") if name in options)


def figures(params: SelfcheckParams, result: Result) -> list[Figure]:
    return [_verdict(params, result), _table(result), _bars(params, result), *_sweeps(params, result)]


def _best(params: SelfcheckParams, result: Result) -> dict[str, float]:
    return {name: result.metrics[f"{name.replace('-', '_')}_mcc"] or 0.0 for name in params.variants}


def _verdict(params: SelfcheckParams, result: Result) -> Text:
    best = _best(params, result)
    found = [name for name, value in best.items() if value >= FOUND]
    missed = [f"{name} ({value:.2f})" for name, value in best.items() if value < FOUND]
    told = [
        f"{params.features} true features in {params.dimensions} dimensions, {params.active} at work in a sample on "
        f"average. Found, with a mean correlation of {FOUND} or more: {', '.join(found) or 'by none'}."
        + (f" Not found: {', '.join(missed)}." if missed else "")
        + f" Random directions reach {result.metrics['random_mcc']:.2f} (at most "
        f"{result.metrics['random_mcc_largest']:.2f} in {_DRAWS} draws)."
    ]
    rows = result.facts["tried"]
    lowest = min(rows, key=lambda row: row["unexplained"])
    rank = 1 + sum(row["mcc"] > lowest["mcc"] for row in rows)
    if len(rows) > 1:
        told.append(
            f"A low error isn't quality: {lowest['variant']} with {_in_words(lowest['options'])} leaves least "
            f"unexplained ({lowest['unexplained']:.4f}), and its dictionary, at {lowest['mcc']:.2f}, ranks {rank} of "
            f"{len(rows)}."
        )
    return Text(name="verdict", title="Do they find features that are known?", paragraphs=tuple(told))


def _table(result: Result) -> Table:
    rows = sorted(result.facts["tried"], key=lambda row: -row["mcc"])
    return Table(
        name="dictionaries",
        title="Every dictionary, the best first",
        note="MCC: mean |cosine| of true and found directions, matched one to one. unexplained: share of the variance. "
        "L0: active features a sample.",
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
                row["variant"],
                _in_words(row["options"]),
                row["mcc"],
                row["unexplained"],
                row["l0"],
                100 * row["dead_share"],
                "yes" if row["mcc"] >= FOUND else "no",
            )
            for row in rows
        ),
    )


def _bars(params: SelfcheckParams, result: Result) -> Bars:
    best = _best(params, result)
    return Bars(
        name="correlations",
        title="Mean correlation of true and found directions, at each variant's best setting",
        note="The best of a small sweep, chosen by the truth, which nobody knows of a network's layer.",
        labels=tuple(best),
        values=np.array(list(best.values())),
        decimals=3,
        high=1.0,
        references=(
            Reference(name="found", value=FOUND),
            Reference(name="random", value=result.metrics["random_mcc"] or 0.0),
        ),
    )


def _sweeps(params: SelfcheckParams, result: Result) -> list[Figure]:
    """How the dictionary changes with the price, for the variants that have one."""
    priced = [name for name in params.variants if name in PRICES]
    if not priced:
        return []
    rows = {name: [row for row in result.facts["tried"] if row["variant"] == name] for name in priced}
    return [
        Lines(
            name="prices",
            title="Mean correlation by the price of activity",
            note="Where the price is too low the error is lowest, and the features are mixtures.",
            series=tuple(
                Series(
                    name=name,
                    x=np.array([float(row["options"]["lam"]) for row in rows[name]]),
                    y=np.array([float(row["mcc"]) for row in rows[name]]),
                )
                for name in priced
            ),
            x_label="lam",
            y_label="MCC",
            low=0.0,
            high=1.0,
            references=(Reference(name="found", value=FOUND),),
        )
    ]


ANALYSIS = Analysis(params=SelfcheckParams, run=run, figures=figures, read=CONTENTS.read)
