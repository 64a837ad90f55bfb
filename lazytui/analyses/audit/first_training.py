"""The small network that an audit of images alone trains first, and its defaults."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from lazytui.analyses.audit.audited_predictions import hosts_of
from lazytui.analyses.audit.params import SMALL, AuditParams
from lazytui.analyses.audit.result import FirstTraining
from lazytui.analyses.core.execute import find_or_execute, recorded_result
from lazytui.analyses.train.analysis import resolve as resolve_training
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.training_lookup import known_trainings, same_training
from lazytui.counted_nouns import counted
from lazytui.data.image_files.image_folder import SizeNeeded
from lazytui.data.params import DatasetParams
from lazytui.data.source_images import Part
from lazytui.data.sources import find_source
from lazytui.data.sources.base import Source
from lazytui.data.sources.catalog import SOURCES
from lazytui.data.splits import build_dataset
from lazytui.errors import UsageError
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.training.settings import TrainingSettings

if TYPE_CHECKING:
    from lazytui.analyses.networks.model_under_study import ModelUnderStudy

_STEPS = 500
"""Updates of the weights after which a small network has learned what is easy to learn."""
_BATCH = TrainingSettings.model_fields["batch_size"].default
_FEWEST_EPOCHS, _MOST_EPOCHS = 3, 100
_TRAIN, _TEST = 6000, 1500
"""Images at most, where nobody says how many."""
_PARTS: tuple[tuple[str, Part, int], ...] = (("train_size", "train", _TRAIN), ("test_size", "test", _TEST))
_LARGEST = 64
"""Pixels a side at most, where nobody says how many: edits and training take as long as there are pixels."""
_HELD_OUT, _LARGEST_SHARE = 500, 1 / 3
"""Training images that are held out, as many as an audit edits by default; of few images a third at most."""


def resolve_first_training(params: AuditParams, workspace: Workspace) -> AuditParams:
    """The same with every choice of the training filled in, and the content of its images.

    Raises LazytuiError for options that can't work.
    """
    settings = _params_of(params)
    sized = params.model_copy(update={"image_size": _image_size(settings)})
    source = find_source(_params_of(sized).of_source, settings.train_size, settings.test_size)
    settled = sized.model_copy(update={"model": params.model or SMALL, **_amounts(params, source)})
    trained = resolve_training(_params_of(settled), workspace)
    return settled.model_copy(
        update={"source": trained.source, "recorded_content": trained.recorded_content, "epochs": trained.epochs}
    )


def train_first(params: AuditParams, report: Report) -> RunFolder:
    """The network: one of the workspace that was trained so already, or a new one. Raises BadInput where none could be
    audited on what is held out of its images."""
    settings = _params_of(params)
    hosts_of(build_dataset(settings).validation, 1, np.random.default_rng(params.seed))
    epochs = counted(settings.epochs, "epoch")
    doing = f"no network named: first training a {settings.model} for {epochs} on {settings.source}"
    return find_or_execute(
        "train", settings, list(same_training(settings, known_trainings(report.workspace))), doing, report
    )


def first_training(run: str, network: ModelUnderStudy, report: Report) -> FirstTraining:
    """The facts on the network that was trained."""
    training = recorded_result(report.workspace.find(run))
    return FirstTraining(
        run=run,
        model=network.trained.model,
        images=len(network.data.train),
        epochs=network.trained.epochs,
        weights=sum(weights.numel() for weights in network.model.parameters()),
        tested=len(network.data.validation),
        accuracy=training.metrics["easy_accuracy"],
    )


def _params_of(params: AuditParams) -> TrainParams:
    try:
        first = params.trained_first
    except ValueError as error:
        raise UsageError(str(error)) from error
    assert first is not None
    return first


def _image_size(settings: DatasetParams) -> int | None:
    """The side that images of files are brought to: where nothing is asked for, only those of several sizes or larger
    ones are."""
    kind = settings.source.partition(":")[0]
    if settings.image_size is not None or kind not in SOURCES or "image_size" not in SOURCES[kind].reads:
        return settings.image_size
    try:
        content = find_source(settings.of_source, None, None).content
    except SizeNeeded:
        return _LARGEST
    return _LARGEST if max(content.height, content.width) > _LARGEST else None


def _amounts(params: AuditParams, source: Source) -> dict[str, Any]:
    """How many images, which share of them is held out, and for how long: what was asked for, and the rest by how many
    there are."""
    chosen, counts = params.chosen_options, source.counts
    sizes: dict[str, int | None] = {
        name: chosen.get(name) or (most if counts[part] > most else None) for name, part, most in _PARTS
    }
    train = sizes["train_size"] or counts["train"]
    share = chosen.get("validation_share") or round(min(max(0.1, _HELD_OUT / train), _LARGEST_SHARE), 3)
    fewest = SOURCES[source.name.partition(":")[0]].epochs or _FEWEST_EPOCHS
    epochs = math.ceil(_STEPS * _BATCH / max(1, train - round(share * train)))
    return {
        **sizes,
        "validation_share": share,
        "epochs": params.epochs or min(max(fewest, epochs), _MOST_EPOCHS),
    }
