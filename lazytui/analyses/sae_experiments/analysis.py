"""SAE experiments: what a network says when its features are ablated, scaled, swapped and transferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.model_under_study import trained_with
from lazytui.analyses.networks.network_pair import require_shared_data
from lazytui.analyses.sae.loaded_sae import load_sae, network_params_of, sae_params
from lazytui.analyses.sae_experiments.figures import figures
from lazytui.analyses.sae_experiments.params import SaeExperimentsParams
from lazytui.analyses.sae_experiments.result import (
    FeatureTransfer,
    NetworkEdits,
    SaeExperimentsResult,
    SaliencyMaps,
    SeedStability,
    SplitEdits,
    TransferShares,
    read,
    write,
)
from lazytui.errors import BadInput, UsageError
from lazytui.runs.progress_report import Report
from lazytui.runs.results.saved_result import read_metrics
from lazytui.runs.workspace import Workspace
from lazytui.sae.category_names import CATEGORIES

if TYPE_CHECKING:
    from lazytui.analyses.sae.loaded_sae import LoadedSae
    from lazytui.data.splits import BiasedDataset, Split

SHOWN = 8
"""Images whose heat maps are kept."""


def resolve(params: SaeExperimentsParams, workspace: Workspace) -> SaeExperimentsParams:
    """Make sure that the networks and their data can be had, that features are alive, and that data are shared."""
    for run in (params.sae, *([params.against] if params.against else [])):
        network = network_params_of(sae_params(run, workspace)).model_copy(update={"model": params.model})
        resolve_network(network, workspace)
        metrics = read_metrics(workspace.find(run).path)
        if metrics.get("dead_features") and not sum(metrics.get(f"{name}_features") or 0 for name in CATEGORIES[:-1]):
            raise BadInput(
                f"All features of {run} are dead, so there is nothing to edit: train it with other settings."
            )
    if params.against == params.sae:
        raise UsageError(f"{params.sae} can't be compared with itself.")
    if params.against:
        first, second = (network_params_of(sae_params(run, workspace)) for run in (params.sae, params.against))
        require_shared_data(first.run, trained_with(first, workspace), second.run, trained_with(second, workspace))
    return params


def run(params: SaeExperimentsParams, report: Report) -> SaeExperimentsResult:
    report.note("loading torch and the network")
    saes, edits = [], []
    for run in [params.sae, *([params.against] if params.against else [])]:
        loaded = load_sae(
            run,
            report.workspace,
            lambda data: _splits(data, params.samples),
            report.note,
            model=params.model,
            device=params.device,
        )
        report.note(f"editing the features of {loaded.name}")
        saes.append(loaded)
        edits.append(_network_edits(loaded, params, report))
    names = _names(saes, params, report.workspace)
    result = SaeExperimentsResult(
        networks=tuple(replace(each, name=name) for each, name in zip(edits, names, strict=True)),
        palette_name=saes[0].network.trained.palette,
        recorded_content=content_to_keep(saes[0].network.trained),
        samples={name: len(saes[0].spliced.split(name)) for name in ("easy", "hard", "balanced")},
    )
    if len(saes) == 1:
        return result
    if _of_one_layer(saes):
        return replace(result, stability=_seed_stability(saes))
    report.note("transferring color features")
    return replace(result, transfer=_feature_transfer(saes, params))


def _splits(data: BiasedDataset, samples: int) -> Mapping[str, Split]:
    from lazytui.sae.edits.experiments import choose_splits

    return choose_splits(data.validation, data.hard, data.probe, samples)


def _names(saes: list[LoadedSae], params: SaeExperimentsParams, workspace: Workspace) -> list[str]:
    """Of each. Two autoencoders of one network are called by their own runs."""
    names = [one.name for one in saes]
    if params.against and len(set(names)) == 1:
        return [workspace.find(run).display_name for run in (params.sae, params.against)]
    return names


def _network_edits(sae: LoadedSae, params: SaeExperimentsParams, report: Report) -> NetworkEdits:
    """Every experiment on one network."""
    from lazytui.sae.edits.experiments import removal_score, run_experiments

    measured = run_experiments(sae.spliced, sae.selectivity, params.seed, report.check, params.draws)
    splits = {name: _split_edits(measured.pop(name)) for name in ("easy", "hard", "balanced")}
    balanced, head = splits["balanced"], float(measured["head_accuracy"][0])

    def score(accuracy: float | None) -> float | None:
        return None if accuracy is None else removal_score(balanced.intact or 0.0, accuracy, head)

    return NetworkEdits(
        **measured,
        easy=splits["easy"],
        hard=splits["hard"],
        balanced=balanced,
        balanced_head=head,
        removal_score=score(balanced.without_color),
        removal_score_random=score(balanced.random),
        removal_score_directions=score(balanced.directions),
        swap_before_mean=_mean(measured["swap_before"]),
        swap_after_mean=_mean(measured["swap_after"]),
        swap_random_mean=_mean(measured["swap_random"]),
        name=sae.name,
        layer=sae.spliced.split_model.layer,
        features=sae.spliced.model.features,
        attribute_features=len(sae.selectivity.color_selective),
        saliency=_saliency_maps(sae),
    )


def _split_edits(edits: dict[str, Any]) -> SplitEdits:
    """With the means and bands of the controls; None where random sets could only be of the color features too."""
    bands = {"random": None if edits["pool"][1] else edits["random_draws"], "directions": edits["direction_draws"]}
    controls: dict[str, Any] = {}
    for name, draws in bands.items():
        mean, low, high = (None, None, None) if draws is None else _random_interval(draws)
        controls |= {name: mean, f"{name}_low": low, f"{name}_high": high}
    return SplitEdits(
        **edits,
        **controls,
        intact=float(edits["accuracy_intact"][0]),
        without_color=float(edits["accuracy_without"][0]),
        color_alone=float(edits["accuracy_without_others"][0]),
    )


def _random_interval(draws: NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean and prediction interval, in [0, 1]."""
    from lazytui.sae.edits.experiments import random_band

    band = random_band(draws)
    return band.mean, max(0.0, band.low), min(1.0, band.high)


def _mean(values: NDArray[np.float64]) -> float | None:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if defined.size else None


def _saliency_maps(sae: LoadedSae) -> SaliencyMaps | None:
    """Grad-CAM before and after all color features are ablated, where the network has a map."""
    from lazytui.sae.edits.interventions import ablation_edit, scaling_edit
    from lazytui.sae.edits.saliency_after_edits import saliency_after_edit
    from lazytui.saliency.explainer import Explainer

    network, hard = sae.network, sae.spliced.split("hard")
    explainer = Explainer(network.model, hard.images, network.trained.model)
    if not explainer.layers:
        return None
    explained = hard.take(np.arange(min(500, len(hard))))
    before, after = (
        saliency_after_edit(sae.spliced, explainer, explained, network.hardware, edit)
        for edit in (scaling_edit([], 1.0), ablation_edit(sae.selectivity.color_selective.tolist()))
    )
    return SaliencyMaps(
        images=hard.images[:SHOWN],
        labels=hard.labels[:SHOWN],
        before=before.maps[:SHOWN],
        after=after.maps[:SHOWN],
        predicted_before=before.predicted[:SHOWN],
        predicted_after=after.predicted[:SHOWN],
        energy_before=before.energy,
        energy_after=after.energy,
    )


def _of_one_layer(saes: list[LoadedSae]) -> bool:
    """Whether two autoencoders took the same layer of the same network apart."""
    origin = {(one.result.fingerprint, one.spliced.split_model.layer, one.params.positions) for one in saes}
    return len(origin) == 1


def _seed_stability(saes: list[LoadedSae]) -> SeedStability | None:
    """None where all features of one are dead."""
    from lazytui.sae.seed_stability import FeatureDictionary, measure_seed_stability, nearest_partners

    one, other = (
        FeatureDictionary(
            loaded.spliced.model.directions.cpu().numpy(), loaded.selectivity.category, loaded.result.masses
        )
        for loaded in saes
    )
    if not len(one.alive) or not len(other.alive):
        return None
    nearest, cosines = nearest_partners(one, other)
    shares = measure_seed_stability(one, other)
    return SeedStability(
        same_category=shares["same_category"],
        same_category_by_chance=shares["same_category_by_chance"],
        mean_cosine=shares["partner_cosine"],
        matched_cosine=shares["matched_cosine"],
        partners=np.stack([one.strongest, one.category[one.strongest], nearest, other.category[nearest]], axis=1),
        cosines=cosines,
    )


def _feature_transfer(saes: list[LoadedSae], params: SaeExperimentsParams) -> FeatureTransfer:
    """The first network's color features added in the second; nothing where a layer has positions."""
    from lazytui.sae.edits.feature_transfer import fit_layer_map, transfer_features

    source, target = saes
    if any(one.spliced.layout.per_image > 1 or len(one.spliced.split_model.shape) > 1 for one in saes):
        return FeatureTransfer(None, None)
    across = fit_layer_map(source.spliced, target.spliced)
    random = np.random.default_rng(params.seed)
    shares = transfer_features(source.spliced, target.spliced, source.selectivity, across, random, params.draws)
    return FeatureTransfer(across.r_squared, TransferShares(**shares))


ANALYSIS = Analysis(params=SaeExperimentsParams, run=run, figures=figures, write=write, read=read, resolve=resolve)
