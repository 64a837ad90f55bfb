"""SAE experiments: what a network says when its features are ablated, scaled, swapped and transferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.networks.model_under_study import recorded_training
from lazytui.analyses.networks.model_under_study import resolve as resolve_subject
from lazytui.analyses.networks.network_pair import require_shared_data
from lazytui.analyses.sae.loaded_sae import dissect, sae_params, subject_of
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
from lazytui.runs.saved_result import read_metrics
from lazytui.runs.workspace import Workspace
from lazytui.sae.category_names import CATEGORIES

if TYPE_CHECKING:
    from lazytui.analyses.sae.loaded_sae import Dissected
    from lazytui.data.splits import BiasedDataset, Split

SHOWN = 8
"""Images whose heat maps are kept."""


def resolve(params: SaeExperimentsParams, workspace: Workspace) -> SaeExperimentsParams:
    """Make sure that the networks and their data can be had, that features are alive, and that data are shared."""
    for run in (params.sae, *([params.against] if params.against else [])):
        subject = subject_of(sae_params(run, workspace)).model_copy(update={"model": params.model})
        resolve_subject(subject, workspace)
        metrics = read_metrics(workspace.find(run).path)
        if metrics.get("dead_features") and not sum(metrics.get(f"{name}_features") or 0 for name in CATEGORIES[:-1]):
            raise BadInput(
                f"All features of {run} are dead, so there is nothing to edit: train it with other settings."
            )
    if params.against == params.sae:
        raise UsageError(f"{params.sae} can't be set against itself.")
    if params.against:
        first, second = (sae_params(run, workspace).run for run in (params.sae, params.against))
        require_shared_data(first, recorded_training(first, workspace), second, recorded_training(second, workspace))
    return params


def run(params: SaeExperimentsParams, report: Report) -> SaeExperimentsResult:
    report.note("loading torch and the network")
    opened, edits = [], []
    for run in [params.sae, *([params.against] if params.against else [])]:
        one = dissect(
            run,
            report.workspace,
            lambda data: _splits(data, params.samples),
            report.note,
            model=params.model,
            device=params.device,
        )
        report.note(f"editing the features of {one.name}")
        opened.append(one)
        edits.append(_network_edits(one, params, report))
    names = _names(opened, params, report.workspace)
    result = SaeExperimentsResult(
        networks=tuple(replace(each, name=name) for each, name in zip(edits, names, strict=True)),
        palette_name=opened[0].subject.trained.palette,
        samples={name: len(opened[0].opened.split(name)) for name in ("easy", "hard", "balanced")},
    )
    if len(opened) == 1:
        return result
    if _of_one_layer(opened):
        return replace(result, stability=_seed_stability(opened))
    report.note("transferring color features")
    return replace(result, transfer=_feature_transfer(opened, params))


def _splits(data: BiasedDataset, samples: int) -> Mapping[str, Split]:
    from lazytui.sae.experiments import splits

    return splits(data.validation, data.hard, data.probe, samples)


def _names(opened: list[Dissected], params: SaeExperimentsParams, workspace: Workspace) -> list[str]:
    """Of each. Two autoencoders of one network are called by their own runs."""
    names = [one.name for one in opened]
    if params.against and len(set(names)) == 1:
        return [workspace.find(run).display_name for run in (params.sae, params.against)]
    return names


def _network_edits(one: Dissected, params: SaeExperimentsParams, report: Report) -> NetworkEdits:
    """Every experiment on one network."""
    from lazytui.sae.experiments import experiments, removal_score

    found = experiments(one.opened, one.known, params.seed, report.check, params.draws)
    splits = {name: _split_edits(found.pop(name)) for name in ("easy", "hard", "balanced")}
    balanced, head = splits["balanced"], float(found["head_accuracy"][0])

    def score(accuracy: float | None) -> float | None:
        return None if accuracy is None else removal_score(balanced.intact or 0.0, accuracy, head)

    return NetworkEdits(
        **found,
        easy=splits["easy"],
        hard=splits["hard"],
        balanced=balanced,
        balanced_head=head,
        removal_score=score(balanced.without_color),
        removal_score_random=score(balanced.random),
        removal_score_directions=score(balanced.directions),
        swap_before_mean=_mean(found["swap_before"]),
        swap_after_mean=_mean(found["swap_after"]),
        swap_random_mean=_mean(found["swap_random"]),
        name=one.name,
        layer=one.opened.cut.layer,
        features=one.opened.model.features,
        color_features=len(one.known.color),
        saliency=_saliency_maps(one),
    )


def _split_edits(found: dict[str, Any]) -> SplitEdits:
    """With the means and bands of the controls; None where random sets could only be of the color features too."""
    bands = {"random": None if found["pool"][1] else found["random_draws"], "directions": found["direction_draws"]}
    controls: dict[str, Any] = {}
    for name, draws in bands.items():
        mean, low, high = (None, None, None) if draws is None else _band(draws)
        controls |= {name: mean, f"{name}_low": low, f"{name}_high": high}
    return SplitEdits(
        **found,
        **controls,
        intact=float(found["accuracy_intact"][0]),
        without_color=float(found["accuracy_without"][0]),
        color_alone=float(found["accuracy_without_others"][0]),
    )


def _band(draws: NDArray[np.float64]) -> tuple[float, float, float]:
    """Mean and prediction interval, in [0, 1]."""
    from lazytui.sae.experiments import band

    found = band(draws)
    return found.mean, max(0.0, found.low), min(1.0, found.high)


def _mean(values: NDArray[np.float64]) -> float | None:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if defined.size else None


def _saliency_maps(one: Dissected) -> SaliencyMaps | None:
    """Grad-CAM before and after all color features are ablated, where the network has a map."""
    from lazytui.sae.interventions import ablated, scaled
    from lazytui.sae.saliency_after_edits import gaze
    from lazytui.saliency.explainer import Explainer

    subject, hard = one.subject, one.opened.split("hard")
    explainer = Explainer(subject.model, hard.images, subject.trained.model)
    if not explainer.layers:
        return None
    explained = hard.take(np.arange(min(500, len(hard))))
    before, after = (
        gaze(one.opened, explainer, explained, subject.hardware, edit)
        for edit in (scaled([], 1.0), ablated(one.known.color.tolist()))
    )
    return SaliencyMaps(
        images=hard.images[:SHOWN],
        digits=hard.digits[:SHOWN],
        before=before.maps[:SHOWN],
        after=after.maps[:SHOWN],
        predicted_before=before.predicted[:SHOWN],
        predicted_after=after.predicted[:SHOWN],
        energy_before=before.energy,
        energy_after=after.energy,
    )


def _of_one_layer(opened: list[Dissected]) -> bool:
    """Whether two autoencoders took the same layer of the same network apart."""
    belonging = {(one.result.fingerprint, one.opened.cut.layer, one.params.positions) for one in opened}
    return len(belonging) == 1


def _seed_stability(opened: list[Dissected]) -> SeedStability | None:
    """None where all features of one are dead."""
    from lazytui.sae.seed_stability import Found, agreement, partners

    one, other = (
        Found(found.opened.model.decoder.cpu().numpy(), found.known.category, found.result.masses) for found in opened
    )
    if not len(one.alive) or not len(other.alive):
        return None
    nearest, cosines = partners(one, other)
    shares = agreement(one, other)
    return SeedStability(
        same_category=shares["same_category"],
        same_category_by_chance=shares["same_category_by_chance"],
        mean_cosine=shares["partner_cosine"],
        partners=np.stack([one.strong, one.category[one.strong], nearest, other.category[nearest]], axis=1),
        cosines=cosines,
    )


def _feature_transfer(opened: list[Dissected], params: SaeExperimentsParams) -> FeatureTransfer:
    """The first network's color features added in the second; nothing where a layer has positions."""
    from lazytui.sae.feature_transfer import bridge, injected

    source, target = opened
    if any(one.opened.reading.per_image > 1 or len(one.opened.cut.shape) > 1 for one in opened):
        return FeatureTransfer(None, None)
    across = bridge(source.opened, target.opened)
    random = np.random.default_rng(params.seed)
    shares = injected(source.opened, target.opened, source.known, across, random, params.draws)
    return FeatureTransfer(across.explained, TransferShares(**shares))


ANALYSIS = Analysis(params=SaeExperimentsParams, run=run, figures=figures, write=write, read=read, resolve=resolve)
