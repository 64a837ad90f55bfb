"""SAE experiments: what a network says when its features are taken out, turned, swapped and carried elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.networks.model_under_study import recorded_training
from lazytui.analyses.networks.model_under_study import settle as settle_subject
from lazytui.analyses.networks.network_pair import require_shared_data
from lazytui.analyses.sae.figures import masses
from lazytui.analyses.sae.loaded_sae import dissect, sae_params, subject_of
from lazytui.analyses.sae_experiments.figures import drawn
from lazytui.analyses.sae_experiments.params import SaeExperimentsParams
from lazytui.analyses.sae_experiments.result import CONTENTS
from lazytui.errors import BadInput, UsageError
from lazytui.figures.kinds import Figure
from lazytui.runs.progress_report import Report
from lazytui.runs.saved_result import Result, read_metrics
from lazytui.runs.workspace import Workspace
from lazytui.sae.category_names import CATEGORIES

if TYPE_CHECKING:
    from lazytui.analyses.sae.loaded_sae import Dissected
    from lazytui.data.splits import BiasedDataset, Split

SHOWN = 8
"""Images whose heat maps are kept."""


def settle(params: SaeExperimentsParams, workspace: Workspace) -> SaeExperimentsParams:
    """Make sure that the networks and their data can be had, that features are alive, and that data are shared."""
    for run in (params.sae, *([params.against] if params.against else [])):
        subject = subject_of(sae_params(run, workspace)).model_copy(update={"model": params.model})
        settle_subject(subject, workspace)
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


def run(params: SaeExperimentsParams, report: Report) -> Result:
    report.note("loading torch and the network")
    arrays: dict[str, Any] = {}
    opened = []
    for number, asked in enumerate([params.sae, *([params.against] if params.against else [])]):
        one = dissect(
            asked,
            report.workspace,
            lambda data: _splits(data, params.samples),
            report.note,
            model=params.model,
            device=params.device,
        )
        report.note(f"editing the features of {one.name}")
        arrays |= {f"{number}/{name}": values for name, values in _asked(one, params, report).items()}
        opened.append(one)
    facts: dict[str, Any] = {
        "networks": _networks(opened, params, report.workspace),
        "palette": opened[0].subject.trained.palette,
        "samples": {name: len(opened[0].opened.split(name)) for name in ("easy", "hard", "balanced")},
    }
    metrics = _metrics(arrays, len(opened))
    if len(opened) == 2 and _of_one_layer(opened):
        agreed, pairs = _agreed(opened)
        metrics, arrays = metrics | agreed, arrays | pairs
    elif len(opened) == 2:
        report.note("carrying color features over")
        carried, facts["bridge"] = _carried(opened, params)
        arrays |= carried
    return Result(metrics=metrics, facts=facts, arrays=arrays)


def _splits(data: BiasedDataset, samples: int) -> Mapping[str, Split]:
    from lazytui.sae.experiments import splits

    return splits(data.validation, data.hard, data.probe, samples)


def _networks(opened: list[Dissected], params: SaeExperimentsParams, workspace: Workspace) -> list[dict[str, Any]]:
    """What is told of each. Two autoencoders of one network are called by their own runs."""
    names = [one.name for one in opened]
    if params.against and len(set(names)) == 1:
        names = [workspace.find(run).display_name for run in (params.sae, params.against)]
    return [
        {
            "name": name,
            "layer": one.opened.cut.layer,
            "features": one.opened.model.features,
            "color_features": len(one.known.color),
        }
        for name, one in zip(names, opened, strict=True)
    ]


def _asked(one: Dissected, params: SaeExperimentsParams, report: Report) -> dict[str, Any]:
    """Every experiment on one network."""
    from lazytui.sae.experiments import experiments

    found = experiments(one.opened, one.known, params.seed, report.check, params.draws)
    return found | _gazes(one)


def _gazes(one: Dissected) -> dict[str, Any]:
    """Grad-CAM before and after all color features are taken out, where the network has a map."""
    from lazytui.sae.interventions import ablated, scaled
    from lazytui.sae.saliency_after_edits import gaze
    from lazytui.saliency.explainer import Explainer

    subject, hard = one.subject, one.opened.split("hard")
    lens = Explainer(subject.model, subject.trained.model, hard.images)
    if not lens.layers:
        return {}
    arrays: dict[str, Any] = {"gaze_images": hard.images[:SHOWN], "gaze_digits": hard.digits[:SHOWN]}
    color = one.known.color.tolist()
    for name, edit in (("before", scaled([], 1.0)), ("after", ablated(color))):
        seen = gaze(one.opened, lens, hard.take(np.arange(min(500, len(hard)))), subject.hardware, edit)
        arrays |= {f"gaze_{name}": seen.maps[:SHOWN], f"gaze_{name}_said": seen.predicted[:SHOWN]}
        arrays[f"gaze_{name}_energy"] = seen.energy
    return arrays


def _of_one_layer(opened: list[Dissected]) -> bool:
    """Whether two autoencoders took the same layer of the same network apart."""
    belonging = {(one.result.facts["fingerprint"], one.opened.cut.layer, one.params.positions) for one in opened}
    return len(belonging) == 1


def _agreed(opened: list[Dissected]) -> tuple[dict[str, float | None], dict[str, Any]]:
    """Whether the two have found the same features, and which of the second each strong one of the first is."""
    from lazytui.sae.seed_stability import Found, agreement, partners

    one, other = (
        Found(found.opened.model.decoder.cpu().numpy(), found.known.category, masses(found.result)) for found in opened
    )
    if not len(one.alive) or not len(other.alive):
        return {}, {}
    found, cosine = partners(one, other)
    pairs = np.stack([one.strong, one.category[one.strong], found, other.category[found]], axis=1)
    return dict(agreement(one, other)), {"partners": pairs, "partner_cosine": cosine}


def _carried(opened: list[Dissected], params: SaeExperimentsParams) -> tuple[dict[str, Any], float | None]:
    """The first network's color features put into the second; nothing where a layer has positions."""
    from lazytui.sae.feature_transfer import bridge, injected

    source, target = opened
    if any(one.opened.reading.per_image > 1 or len(one.opened.cut.shape) > 1 for one in opened):
        return {}, None
    across = bridge(source.opened, target.opened)
    random = np.random.default_rng(params.seed)
    return dict(injected(source.opened, target.opened, source.known, across, random, params.draws)), across.explained


def _metrics(arrays: Mapping[str, Any], networks: int) -> dict[str, float | None]:
    """The first network's; the second's after `against_`."""
    from lazytui.sae.experiments import removal_score

    metrics: dict[str, float | None] = {}
    for number in range(networks):
        prefix, own = "against_" * number, {name: arrays[f"{number}/{name}"] for name in _read(arrays, number)}
        for split in ("easy", "hard", "balanced"):
            metrics[f"{prefix}{split}_intact"] = float(own[f"{split}_intact"][0])
            metrics[f"{prefix}{split}_without_color"] = float(own[f"{split}_without"][0])
            metrics[f"{prefix}{split}_color_alone"] = float(own[f"{split}_without_others"][0])
            for control in ("random", "directions"):
                metrics |= _banded(f"{prefix}{split}_{control}", own, split, control)
        intact, without = (metrics[f"{prefix}balanced_{name}"] or 0.0 for name in ("intact", "without_color"))
        balanced = float(own["balanced_head"][0])
        metrics[f"{prefix}balanced_head"] = balanced
        metrics[f"{prefix}removal_score"] = removal_score(intact, without, balanced)
        for control in ("random", "directions"):
            by_chance = metrics[f"{prefix}balanced_{control}"]
            score = None if by_chance is None else removal_score(intact, by_chance, balanced)
            metrics[f"{prefix}removal_score_{control}"] = score
        for name in ("swap_before", "swap_after", "swap_random"):
            defined = own[name][np.isfinite(own[name])]
            metrics[f"{prefix}{name}"] = float(defined.mean()) if defined.size else None
    return metrics


def _banded(name: str, own: Mapping[str, Any], split: str, control: str) -> dict[str, float | None]:
    """Mean and band of what random features do; None where random sets could only be of the color features too."""
    if control == "random" and own[f"{split}_pool"][1]:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    from lazytui.sae.experiments import band

    told = band(own[f"{split}_{control}"])
    return {name: told.mean, f"{name}_low": max(0.0, told.low), f"{name}_high": min(1.0, told.high)}


def _read(arrays: Mapping[str, Any], number: int) -> list[str]:
    return [name.removeprefix(f"{number}/") for name in arrays if name.startswith(f"{number}/")]


def figures(params: SaeExperimentsParams, result: Result) -> list[Figure]:
    return drawn(params.draws, result)


ANALYSIS = Analysis(params=SaeExperimentsParams, run=run, figures=figures, read=CONTENTS.read, settle=settle)
