"""Train: a network, a data set that lies, and the curves that show which of digit and color it learns."""

from __future__ import annotations

import re

import numpy as np

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.train.figures import figures
from lazytui.analyses.train.groups_in_place import inferred_groups
from lazytui.analyses.train.onnx import write_onnx
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.train.result import PhaseSeconds, Profile, TrainResult, read, write
from lazytui.code_permission import is_custom
from lazytui.data.splits import with_found_data
from lazytui.errors import UsageError
from lazytui.evaluation.headline_metrics import SplitSizes
from lazytui.files.writing import parse_path
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.shapes import IMAGE_SHAPE
from lazytui.runs.progress_report import Report
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace
from lazytui.system.phases import NO_PHASES, Phases
from lazytui.training.phases import IMAGES, IN_ORDER, LAST_EVALUATION, LOADING, SAVING
from lazytui.training.settings import TrainingSettings


def resolve(params: TrainParams, workspace: Workspace) -> TrainParams:
    """Name the source that `auto` is here, so that the run means the same elsewhere; refuse what a method can't do."""
    from lazytui.training.requirements import check_requirements

    weights = None if params.weights is None else str(parse_path(params.weights).resolve())
    resolved = with_found_data(params.model_copy(update={"weights": weights}))
    check_requirements(resolved, resolved, has_groups=params.groups is not None)
    if params.groups is not None:
        inferred_groups(resolved, workspace)
    _check_initial_model(_with_first_weights(resolved, workspace))
    return resolved


def _with_first_weights(params: TrainParams, workspace: Workspace) -> TrainParams:
    """The same where the file is named that it begins with. Raises UsageError where that is of another architecture, or
    of a training that goes on."""
    if params.init is None:
        return params
    run = workspace.find(params.init, kinds=("train",))
    architecture = run.record.params.get("model")
    if architecture != params.model:
        raise UsageError(
            f"{run.reference} is a {architecture!s:.80}; --init needs a training of the same architecture as --model "
            f"{params.model}."
        )
    if run.status.state in ACTIVE:
        raise UsageError(f"{run.reference} isn't finished, so its weights still change; --init needs one that is.")
    return params.model_copy(update={"weights": str(run.weights)})


def _check_initial_model(params: TrainParams) -> None:
    """Raise BadInput where the weights aren't those of the model, UsageError where it hasn't what is set of it, or is
    for larger images."""
    set_of_it = (params.weights, params.dropout, params.freeze, params.normalize, params.input_size, params.input_scale)
    is_built_in = params.model in ARCHITECTURES and params.content.image_shape == IMAGE_SHAPE
    if (is_built_in or is_custom(params.model)) and not any(option is not None for option in set_of_it):
        return  # custom code is tried out in any case
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.training.initial_model import initial_model

    initial_model(params, params.content, params.seed)


def run(params: TrainParams, report: Report) -> TrainResult:
    from lazytui.system.torch_import import require_torch

    report.note(f"loading torch and the images of {params.source}")
    phases = Phases(report.clock) if params.profile else NO_PHASES
    with phases.phase(LOADING):
        require_torch()
        from lazytui.data.splits import build_dataset
        from lazytui.evaluation.cue_conflict_images import conflicting_ten
        from lazytui.evaluation.scorecard import evaluate_splits
        from lazytui.models.fingerprint import fingerprint
        from lazytui.models.weights_saving import save_weights
        from lazytui.training.freezing import frozen_parameters
        from lazytui.training.loop import train
        from lazytui.training.training_files import RunFolderFiles

    begun = _with_first_weights(params, report.workspace)
    settings = TrainingSettings.model_validate({name: getattr(begun, name) for name in TrainingSettings.model_fields})
    with phases.phase(IMAGES):
        data = build_dataset(params).planted()
    files = RunFolderFiles(report, settings.model)
    like = None if params.groups is None else inferred_groups(params, report.workspace)
    trained = train(settings, data, seed=params.seed, progress=report, files=files, like=like, phases=phases)
    report.note("measuring all of the easy, hard and probe splits")
    with phases.phase(LAST_EVALUATION):
        card = evaluate_splits(trained.model, data, trained.hardware.at_full_precision())
    with phases.phase(SAVING):
        report.store(lambda: save_weights(trained.model, report.run.weights, metadata={"model": params.model}))
    return TrainResult(
        headline=card.metrics(),
        steps=trained.steps,
        seconds=trained.seconds,
        device=str(trained.hardware.device),
        precision=trained.hardware.precision,
        images_seen=params.epochs * len(data.train),
        color_label_error=trained.color_label_error,
        fingerprint=fingerprint(trained.model),
        frozen=frozen_parameters(trained.model),
        at_chance=tuple(stretch.sentence for stretch in trained.at_chance),
        samples=SplitSizes(len(data.validation), len(data.hard), len(data.probe)),
        profile=_profile(phases, params.batch_size) if isinstance(phases, Phases) else None,
        history={name: np.asarray(column, dtype=np.float64) for name, column in trained.history.items()},
        conflicting_images=conflicting_ten(data).images,
    )


def _profile(phases: Phases, batch_size: int) -> Profile:
    spent = ((name, phases.spent[name]) for name in IN_ORDER if name in phases.spent)
    return Profile(phases.seconds, batch_size, tuple(PhaseSeconds(name, one.seconds, one.times) for name, one in spent))


def label(params: TrainParams) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{params.model}-{params.how}").strip("-")[-40:]


ANALYSIS = Analysis(
    params=TrainParams,
    run=run,
    figures=figures,
    write=write,
    read=read,
    resolve=resolve,
    label=label,
    onnx=write_onnx,
)
