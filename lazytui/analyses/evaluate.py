"""Evaluate: catch a trained network in the act of reading the color instead of the digit."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from lazytui.analyses.base import Analysis, Params, RunReference
from lazytui.analyses.train import TrainParams
from lazytui.analyses.words import metric_table
from lazytui.data.palettes import palette
from lazytui.data.params import HardSplit, SourceName
from lazytui.data.sources import resolve_source
from lazytui.errors import BadInput
from lazytui.figures.kinds import Bars, Column, Figure, Matrix, Pixels, Table, Text, Tone
from lazytui.models.factories import is_custom
from lazytui.runs.report import Report
from lazytui.runs.result import Result
from lazytui.runs.workspace import Workspace

DIGITS = tuple("0123456789")
SPLITS = ("easy", "hard", "probe")


class EvaluateParams(Params):
    """Which network, and on which data if not on that of its training."""

    run: Annotated[str, RunReference(kinds=("train",), argument=True)] = Field(description="A trained network.")
    model: str | None = Field(
        None, description="Its architecture, where that is code of your own: a run's word for code is never taken."
    )
    source: SourceName | None = Field(None, description="Digits to test on, if not those of the training.")
    hard: HardSplit | None = Field(None, description="Colors of the hard split, if not those of the training.")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field("auto", description="Where to compute; auto takes a GPU.")


def settle(params: EvaluateParams, workspace: Workspace) -> EvaluateParams:
    """Make sure that the data can be rebuilt, and record which they are."""
    trained = _trained_with(params, workspace)
    if is_custom(trained.model) and params.model is None:
        raise BadInput(
            f"{params.run} was trained with the code {trained.model}; say that it may run: --model {trained.model}"
        )
    return params.model_copy(update={"source": resolve_source(params.source or trained.source), "hard": trained.hard})


def run(params: EvaluateParams, report: Report) -> Result:
    from lazytui.models.torch_pair import require_torch

    report.note("loading torch and the network")
    require_torch()
    from lazytui.data.association import contingency
    from lazytui.data.splits import build
    from lazytui.evaluation import metrics
    from lazytui.evaluation.scorecard import look, scorecard
    from lazytui.hardware import choose_hardware, use_all_cores
    from lazytui.models.checkpoints import load_model

    use_all_cores()
    hardware = choose_hardware(params.device, "fp32")
    trained = _trained_with(params, report.workspace)
    model = load_model(report.workspace.find(params.run).path, name=trained.model).to(hardware.device)
    report.note("painting the splits")
    data = build(trained)
    report.check()
    card = scorecard(model, data, hardware)
    report.check()
    grid = look(model, data.cue_conflict, hardware)
    probe, predicted = card.probe.split, card.probe.predicted
    return Result(
        metrics=card.metrics(),
        facts={
            "trained": trained.model_dump(mode="json"),
            "samples": {name: len(getattr(card, name).split) for name in SPLITS},
            "by_split": {name: getattr(card, name).metrics() for name in SPLITS},
            "conflicting": int(metrics.conflicting(probe.digits, probe.colors).sum()),
        },
        arrays={
            **{
                f"confusion_{n}": metrics.confusion(getattr(card, n).split.digits, getattr(card, n).predicted)
                for n in SPLITS
            },
            "cell_accuracy": metrics.cell_accuracy(probe.digits, probe.colors, predicted),
            "cell_counts": contingency(probe.digits, probe.colors),
            "cue_conflict_images": data.cue_conflict.images,
            "cue_conflict_probabilities": grid.probabilities,
        },
    )


def figures(_params: EvaluateParams, result: Result) -> list[Figure]:
    trained = TrainParams.model_validate(result.facts["trained"])
    samples = result.facts["samples"]
    return [
        _verdict(result),
        metric_table(result),
        _by_split(result),
        _confusion(
            result, "easy", f"color tells the digit in {trained.bias:.1%} of the images it was trained on", samples
        ),
        _confusion(result, "hard", _HARD[trained.hard], samples),
        _cells(result, trained),
        cue_conflict(result, trained),
        red_one(result, trained),
    ]


_HARD = {
    "inverted": "a digit never wears its own color",
    "random": "colors are random",
    "cycled": "each digit wears the next digit's color",
    "gray": "no color at all",
    "factorial": "every digit in every color equally often",
}


def _verdict(result: Result) -> Text:
    follow, right = result.metrics["color_follow_rate"], result.metrics["conflicting_accuracy"]
    n = result.facts["conflicting"]
    if follow is None or right is None:
        sentence = "No image of the probe split wears another digit's color, so digit and color can't be told apart."
    else:
        reads = "color" if follow > right else "digit"
        sentence = (
            f"It reads the {reads}. Of {n:,} images whose color belongs to another digit, {follow:.1%} are taken for "
            f"the color's digit and {right:.1%} for what they show; a network blind to both would name either in 10 %."
        )
    return Text(name="verdict", title="Digit or color?", paragraphs=(sentence,))


def _by_split(result: Result) -> Table:
    names = (
        "accuracy",
        "aligned_accuracy",
        "conflicting_accuracy",
        "color_follow_rate",
        "shape_bias",
        "calibration_error",
    )
    rows = []
    for split in SPLITS:
        measured = result.facts["by_split"][split]
        values = [None if measured[name] is None else 100 * measured[name] for name in names]
        rows.append((split, result.facts["samples"][split], *values))
    return Table(
        name="by-split",
        title="The same measures on each split",
        note="Aligned images wear their own color, conflicting ones another digit's. A dash is a share over no images: "
        "an inverted hard split has no aligned ones.",
        columns=(
            Column(name="split"),
            Column(name="images"),
            *(Column(name=name.replace("_", " "), unit="%") for name in names),
        ),
        rows=tuple(rows),
    )


def _confusion(result: Result, split: str, what: str, samples: dict[str, int]) -> Matrix:
    return Matrix(
        name=f"confusion-{split}",
        title=f"Confusion matrix, {split}: {what}",
        note=f"{samples[split]:,} images; a row is what was shown, a column what the network said.",
        values=result.arrays[f"confusion_{split}"].astype(np.float64),
        row_labels=DIGITS,
        column_labels=DIGITS,
        row_axis="digit",
        column_axis="prediction",
        unit="images",
        low=0.0,
    )


def _cells(result: Result, trained: TrainParams) -> Matrix:
    ten = palette(trained.palette)
    return Matrix(
        name="digit-by-color",
        title="Accuracy of each digit in each color",
        note=f"Probe split, {int(result.arrays['cell_counts'].min()):,} images a cell or more. "
        "A bright diagonal alone is the mark of a network that reads color.",
        values=100 * result.arrays["cell_accuracy"].astype(np.float64),
        row_labels=DIGITS,
        column_labels=ten.names,
        row_axis="digit",
        column_axis="color",
        unit="%",
        low=0.0,
        high=100.0,
        column_colors=ten.colors,
    )


def cue_conflict(result: Result, trained: TrainParams) -> Pixels:
    """Ten shapes in ten colors, with what the network says of each."""
    chances = result.arrays["cue_conflict_probabilities"]
    predicted, confident = chances.argmax(1), chances.max(1)
    digits, colors = np.divmod(np.arange(100), 10)
    tones: tuple[Tone, ...] = tuple(
        "good" if said == digit else "bad" if said == color else "muted"
        for said, digit, color in zip(predicted, digits, colors, strict=True)
    )
    return Pixels(
        name="cue-conflict",
        title="Cue conflict: one shape in each of the ten colors",
        note="Below each image: the prediction and its probability. ✓ the digit; ✗ the digit that the color belongs "
        "to; · neither.",
        images=result.arrays["cue_conflict_images"].astype(np.uint8),
        columns=10,
        captions=tuple(f"{said} {share:.0%}" for said, share in zip(predicted, confident, strict=True)),
        tones=tones,
        row_labels=DIGITS,
        column_labels=palette(trained.palette).names,
        row_axis="digit",
        column_axis="color",
    )


def red_one(result: Result, trained: TrainParams) -> Bars:
    """The question that the task began with: a 1 that wears the color of 0 (red, in the usual palette)."""
    ten = palette(trained.palette)
    chances = result.arrays["cue_conflict_probabilities"][10].astype(np.float64)
    return Bars(
        name="red-one",
        title=f"The {ten.names[0]} 1: what the network says of a 1 in the color of 0",
        note="Probability of each digit. The color that each digit wore in training stands beside it.",
        labels=tuple(f"{digit} ({name})" for digit, name in zip(DIGITS, ten.names, strict=True)),
        values=100 * chances,
        unit="%",
        high=100.0,
        colors=ten.colors,
    )


def _trained_with(params: EvaluateParams, workspace: Workspace) -> TrainParams:
    """The parameters of the network's training, with the data that were asked for here."""
    from lazytui.analyses.execute import recorded_params

    trained = recorded_params(workspace.find(params.run, kinds=("train",)))
    assert isinstance(trained, TrainParams)
    asked = {"model": params.model, "source": params.source, "hard": params.hard}
    return trained.model_copy(update={name: value for name, value in asked.items() if value is not None})


ANALYSIS = Analysis(params=EvaluateParams, run=run, figures=figures, settle=settle)
