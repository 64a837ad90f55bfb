"""Train: a network, a data set that lies, and the curves that show which of digit and color it learns."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.metric_catalog import METRICS, metric_table
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.train.result import TrainResult, read, write
from lazytui.data.splits import require_source
from lazytui.evaluation.headline_metrics import SplitSizes
from lazytui.figures.kinds import Figure, Lines, Reference, Series, Text
from lazytui.files.writing import parse_path
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace
from lazytui.training.methods import SIGNALS
from lazytui.training.settings import TrainingSettings

CHANCE = Reference(name="chance", value=0.1)


def resolve(params: TrainParams, _workspace: Workspace) -> TrainParams:
    """Name the source that `auto` is here, so that the run means the same elsewhere; refuse what a method can't do."""
    from lazytui.training.requirements import check_requirements

    check_requirements(params, params)
    return params.model_copy(update={"weights": _fitting_weights(params), "source": require_source(params)})


def _fitting_weights(params: TrainParams) -> str | None:
    """The whole path of the weights to begin with. Raises BadInput where they aren't those of the model."""
    if params.weights is None:
        return None
    path = parse_path(params.weights).resolve()
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.training.initial_model import initial_model

    initial_model(params.model_copy(update={"weights": str(path)}), params.seed)
    return str(path)


def run(params: TrainParams, report: Report) -> TrainResult:
    from lazytui.system.torch_import import require_torch

    report.note(f"loading torch and {params.source} digits")
    require_torch()
    from lazytui.data.splits import build_dataset
    from lazytui.evaluation.scorecard import evaluate_splits
    from lazytui.models.fingerprint import fingerprint
    from lazytui.models.weights_saving import save_weights
    from lazytui.training.loop import train
    from lazytui.training.training_files import RunFolderFiles

    settings = TrainingSettings.model_validate({name: getattr(params, name) for name in TrainingSettings.model_fields})
    data = build_dataset(params)
    files = RunFolderFiles(report, settings.model)
    trained = train(settings, data, seed=params.seed, progress=report, files=files)
    report.note("measuring all of the easy, hard and probe splits")
    card = evaluate_splits(trained.model, data, trained.hardware.at_full_precision())
    report.store(lambda: save_weights(trained.model, report.run.weights, metadata={"model": params.model}))
    return TrainResult(
        headline=card.metrics(),
        steps=trained.steps,
        seconds=trained.seconds,
        device=str(trained.hardware.device),
        precision=trained.hardware.precision,
        images_seen=params.epochs * len(data.train),
        fingerprint=fingerprint(trained.model),
        at_chance=tuple(stretch.sentence for stretch in trained.at_chance),
        samples=SplitSizes(len(data.validation), len(data.hard), len(data.probe)),
        history={name: np.asarray(column, dtype=np.float64) for name, column in trained.history.items()},
    )


def figures(params: TrainParams, result: TrainResult) -> list[Figure]:
    return [*_at_chance(result), *curves(result.history, params.metrics_samples), metric_table(result.metrics)]


def _at_chance(result: TrainResult) -> list[Figure]:
    """When the training was no better than guessing, where it stayed so."""
    if not result.at_chance:
        return []
    return [Text(name="chance", title="This training was at chance", paragraphs=result.at_chance)]


def curves(history: Mapping[str, NDArray[np.float64]], samples: int) -> list[Figure]:
    """The charts of a training, from its curves as columns; also while it goes.

    samples: images of each split that a point was measured on.
    """
    return [
        Lines(
            name="accuracy",
            title="Accuracy while it trains",
            note=f"Each point: the same images of each split, {samples:,} at most. easy: color tells the digit, "
            "hard: it lies; worst group: the worst of the 100 digit x color groups of the probe split.",
            series=_series(history, "easy_accuracy", "hard_accuracy", "worst_group_accuracy"),
            x_label="step",
            y_label="accuracy",
            low=0.0,
            high=1.0,
            references=(CHANCE,),
        ),
        Lines(
            name="cues",
            title="Digit or color: which cue decides",
            note="On images of the probe split whose color belongs to another digit. color-follow rate: share taken "
            "for the color's digit; shape bias: share decided by the digit among those decided by digit or color.",
            series=_series(history, "color_follow_rate", "shape_bias"),
            x_label="step",
            y_label="share",
            low=0.0,
            high=1.0,
        ),
        Lines(
            name="loss",
            title="Training loss",
            note="Mean over the steps since the point before.",
            series=_series(history, "loss"),
            x_label="step",
            y_label="loss",
            log_y=True,
        ),
        *_signals(history),
    ]


def _signals(history: Mapping[str, NDArray[np.float64]]) -> list[Figure]:
    """What the training's method tells of itself: a chart each, since they have no scale in common."""
    return [
        Lines(
            name=name.replace("_", "-"),
            title=f"The method's own: {name.replace('_', ' ')}",
            note=f"{SIGNALS.get(name, '')} As of the step.".lstrip(),
            series=(Series(name=name.replace("_", " "), x=history["step"], y=history[name]),),
            x_label="step",
            y_label=name.replace("_", " "),
        )
        for name in history
        if name not in METRICS and name != "step"
    ]


def _series(history: Mapping[str, NDArray[np.float64]], *names: str) -> tuple[Series, ...]:
    return tuple(
        Series(name=METRICS[name].title, x=history["step"], y=history[name]) for name in names if name in history
    )


def label(params: TrainParams) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{params.model}-{params.method}").strip("-")[-40:]


ANALYSIS = Analysis(params=TrainParams, run=run, figures=figures, write=write, read=read, resolve=resolve, label=label)
