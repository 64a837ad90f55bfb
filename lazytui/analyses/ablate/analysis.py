"""Ablate: chosen neurons of an earlier analysis taken out, as the app does it between two key presses."""

from __future__ import annotations

import re
from typing import cast

import numpy as np

from lazytui.analyses.ablate.figures import figures
from lazytui.analyses.ablate.params import AblateParams
from lazytui.analyses.ablate.result import AblateResult, read
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.model_under_study import trained_with
from lazytui.analyses.neurons.image_lookup import require_drawings, require_splits
from lazytui.analyses.neurons.live import SPLITS, AblationAnswer, AblationQuestion, AblationSession
from lazytui.analyses.neurons.params import PLURALS, NeuronsParams
from lazytui.analyses.neurons.patch_request import Patch, read_patch
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.errors import BadInput, UsageError, unknown_name
from lazytui.list_values import split_list, split_numbers
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace


def resolve(params: AblateParams, workspace: Workspace) -> AblateParams:
    """Make sure that the network can be had, and that there are such neurons and images."""
    neurons_params = _neurons_params(params, workspace)
    resolve_network(neurons_params, workspace)
    examined = _examined(params, workspace)
    read_neurons(params.neuron, examined)
    if patch := _patch(params, examined):
        require_drawings(patch.named_images, workspace)
        require_splits(patch.named_images, trained_with(neurons_params, workspace))
    return params


def run(params: AblateParams, report: Report) -> AblateResult:
    report.note("loading torch and the network")
    workspace = report.workspace
    examined, neurons_params = _examined(params, workspace), _neurons_params(params, workspace)
    chosen, active = read_neurons(params.neuron, examined), tuple(examined.active.tolist())
    session, patch = AblationSession(workspace), _patch(params, examined)
    report.note(f"ablating {len(chosen)} of {examined.neurons} neurons")
    without = _last(session, AblationQuestion(neurons_params, active, chosen, params.stand_in), report)
    patched = (
        _last(session, AblationQuestion(neurons_params, active, chosen, params.stand_in, patch), report)
        if patch
        else None
    )
    random = np.array([[draw[split] for split in SPLITS] for draw in without.random]).reshape(-1, len(SPLITS))
    logits = patched.patched if patched else None
    assert without.intact is not None and without.ablated is not None
    easy, hard = (float(share) if len(random) else None for share in random.mean(0))
    return AblateResult(
        easy_intact=without.intact["easy"],
        easy_ablated=without.ablated["easy"],
        easy_random=easy,
        hard_intact=without.intact["hard"],
        hard_ablated=without.ablated["hard"],
        hard_random=hard,
        layer=examined.layer,
        palette_name=examined.palette_name,
        recorded_content=examined.recorded_content,
        chosen=chosen,
        active=active,
        samples=examined.samples,
        random=random,
        logits=np.stack([logits.before, logits.after, logits.source]) if logits else None,
        images=logits.images if logits else None,
    )


def read_neurons(text: str, examined: NeuronsResult) -> tuple[int, ...]:
    """Numbers, spans and roles, as one ascending tuple. Raises UsageError for what is none of these."""
    chosen: set[int] = set()
    for part in split_list(text):
        if re.fullmatch(r"\d+(-\d+)?", part):
            chosen.update(map(int, split_numbers(part)))
        elif part in PLURALS:
            chosen.update(np.flatnonzero(examined.role == PLURALS.index(part)).tolist())
        else:
            raise UsageError(unknown_name("role", part, PLURALS))
    if chosen and max(chosen) >= examined.neurons:
        raise UsageError(f"There is no neuron {max(chosen)}: they go from 0 to {examined.neurons - 1}.")
    if not chosen:
        raise BadInput(f"The layer {examined.layer} has no {text}.")
    return tuple(sorted(chosen))


def _last(session: AblationSession, question: AblationQuestion, report: Report) -> AblationAnswer:
    last = session.empty_answer(question)
    for answer in session.partial_answers(question):
        report.check()
        last = answer
    return last


def _examined(params: AblateParams, workspace: Workspace) -> NeuronsResult:
    return cast("NeuronsResult", recorded_result(workspace.find(params.neurons, kinds=("neurons",))))


def _neurons_params(params: AblateParams, workspace: Workspace) -> NeuronsParams:
    recorded = cast("NeuronsParams", recorded_params(workspace.find(params.neurons, kinds=("neurons",))))
    return recorded.model_copy(update={"model": params.model, "device": params.device})


def _patch(params: AblateParams, examined: NeuronsResult) -> Patch | None:
    return None if params.patch is None else read_patch(params.patch, examined.content)


ANALYSIS = Analysis(params=AblateParams, run=run, figures=figures, write=write_fields, read=read, resolve=resolve)
