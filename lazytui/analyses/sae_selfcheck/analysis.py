"""SAE self-check: whether each kind of autoencoder finds features that are known, which its error doesn't show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.sae_selfcheck.figures import DRAWS, figures, setting
from lazytui.analyses.sae_selfcheck.params import PRICES, SelfcheckParams
from lazytui.analyses.sae_selfcheck.result import Dictionary, SelfcheckResult, read, write
from lazytui.data.random_streams import stream
from lazytui.runs.progress_report import Report
from lazytui.sae import VARIANTS

if TYPE_CHECKING:
    from lazytui.sae.toy_superposition import ToySuperposition


def settings(params: SelfcheckParams) -> Iterator[tuple[str, dict[str, float]]]:
    """Every variant with the options that it is tried with: as many features as are active, or a sweep of prices."""
    for variant in params.variants:
        own = VARIANTS[variant].defaults
        if "k" in own:
            centroids = {"centroids": max(own["centroids"], params.features)} if "centroids" in own else {}
            yield variant, {**own, "k": params.active, **centroids}
        for price in PRICES.get(variant, ()):
            yield variant, {**own, "lam": price}


def run(params: SelfcheckParams, report: Report) -> SelfcheckResult:
    report.note("loading torch")
    from lazytui.system.torch_import import require_torch

    torch = require_torch()
    from lazytui.sae.toy_superposition import mean_correlation, random_dictionary, toy_superposition
    from lazytui.system.hardware import choose_hardware, configure_torch

    configure_torch()
    device = choose_hardware(params.device, "fp32").device
    own = stream(params.seed, "superposition")  # no autoencoder may begin where the truth does
    random = torch.Generator().manual_seed(int(own.integers(2**63)))
    truth = toy_superposition(params.features, params.dimensions, params.active, params.samples, random)
    by_chance = [
        mean_correlation(truth.directions, random_dictionary(params.features, params.dimensions, random))
        for _ in range(DRAWS)
    ]
    to_try = list(settings(params))
    tried = []
    for number, (variant, options) in enumerate(to_try):
        report.progress(number, len(to_try), "autoencoders")
        report.note(f"{variant} {setting(options)}")
        tried.append(_learned(params, truth, variant, options, device, report))
    report.progress(len(to_try), len(to_try), "autoencoders")
    return SelfcheckResult(float(np.mean(by_chance)), max(by_chance), tuple(tried))


def _learned(
    params: SelfcheckParams,
    truth: ToySuperposition,
    variant: str,
    options: dict[str, float],
    device: Any,
    report: Report,
) -> Dictionary:
    """One autoencoder trained, beside the truth."""
    from lazytui.sae.quality import measure_fit
    from lazytui.sae.sae_training import Recipe, train
    from lazytui.sae.toy_superposition import mean_correlation

    recipe = Recipe(
        VARIANTS[variant].options(**options), params.features, params.steps, params.batch, params.lr, params.seed
    )
    samples = truth.samples.to(device)
    model = train(samples, recipe, lambda _: report.check(), lambda _: None)
    fit = measure_fit(model, samples)
    mcc = mean_correlation(truth.directions, model.decoder.cpu())
    return Dictionary(variant, options, mcc, fit.unexplained, fit.l0, fit.dead_share)


ANALYSIS = Analysis(params=SelfcheckParams, run=run, figures=figures, write=write, read=read)
