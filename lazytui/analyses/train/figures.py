"""What a training shows: its curves with the stages it had, and what it said of ten conflicting images on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.metric_catalog import METRICS, metric_of, metric_table
from lazytui.analyses.core.metric_counts import metric_shares
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.train.result import PhaseSeconds, TrainResult
from lazytui.data.content import NO_CLASS, Content
from lazytui.evaluation.cue_conflict_images import COLUMNS, TenAnswers, answers_at, value_before
from lazytui.evaluation.predictions import tone_of
from lazytui.figures.kinds import Cell, Column, Figure, Lines, Pixels, Reference, Series, Table, Text
from lazytui.training.methods import SIGNALS
from lazytui.training.phases import OF_STEPS
from lazytui.training.settings import TrainingSettings

_ACCURACIES = ("easy_accuracy", "hard_accuracy", "worst_group_accuracy", "train_accuracy")


def figures(params: TrainParams, result: TrainResult) -> list[Figure]:
    return [
        *_beginning(params, result),
        *_at_chance(result),
        *_curves(params, result),
        *_ten(params, result),
        _metrics(params, result),
        *_profile(result),
    ]


def _metrics(params: TrainParams, result: TrainResult) -> Table:
    sizes = vars(result.samples) if result.samples else {}
    return metric_table(result.metrics, params, metric_shares(result.metrics, sizes, params.content))


def _profile(result: TrainResult) -> list[Figure]:
    """Where the time went, where that was asked."""
    profile = result.profile
    if profile is None:
        return []

    def share(seconds: float) -> float | None:
        return 100 * seconds / profile.seconds if profile.seconds else None

    rows: list[tuple[Cell, ...]] = [
        (one.phase, one.seconds, share(one.seconds), one.times, _each(one)) for one in profile.phases
    ]
    rest = max(0.0, profile.seconds - sum(one.seconds for one in profile.phases))
    rows.append(("everything else", rest, share(rest), None, None))
    stepping = sum(one.seconds for one in profile.phases if one.phase in OF_STEPS)
    rate = f", {profile.steps * profile.batch_size / stepping:,.0f} images a second in steps" if stepping else ""
    resumed = result.steps - profile.steps
    part = f" Only since it was resumed at step {resumed:,}." if resumed else ""
    return [
        Table(
            name="profile",
            title=f"Where the time went: {profile.seconds:.1f} s{rate}",
            note="From the beginning of the run in its process; starting Python comes before. The rest of the steps: "
            f"what a method does beside forward, backward and its optimizer.{part}",
            columns=(
                Column(name="phase"),
                Column(name="seconds", decimals=2),
                Column(name="share", unit="%"),
                Column(name="times"),
                Column(name="each", unit="ms", decimals=2),
            ),
            rows=tuple(rows),
        )
    ]


def _each(phase: PhaseSeconds) -> float | None:
    return 1000 * phase.seconds / phase.times if phase.times else None


def _ten(params: TrainParams, result: TrainResult) -> list[Figure]:
    """None for results of early versions, and where the images may not be bundled."""
    answers = answers_at(result.history)
    if answers is None or result.conflicting_images is None:
        return []
    return [ten_figure(params, result.conflicting_images, answers)]


def ten_figure(params: TrainParams, images: NDArray[np.uint8], answers: TenAnswers) -> Pixels:
    """One image of each class with another one's value, with what the network says of it; also while it trains."""
    content, shown = params.content, len(answers.predicted)
    values = [content.unknown] * shown
    if params.plants and params.shows_values:
        values = value_before(shown).tolist()
    cues = content.aligned_classes[values].tolist()
    names = [f"{content.value_names[value]} " if params.plants else "" for value in values]
    is_valid = (answers.predicted >= 0) & (answers.predicted < len(content.classes))
    captions = [
        f"{content.classes[predicted]} {share:.0%}"
        for predicted, share in zip(
            answers.predicted.clip(0, len(content.classes) - 1).tolist(), answers.probabilities, strict=True
        )
    ]
    return Pixels(
        name="conflicting-ten",
        title=_ten_title(answers, params, cues),
        note=_ten_note(params),
        images=images,
        columns=shown,
        column_labels=tuple(f"{name}{label}" for name, label in zip(names, content.classes[:shown], strict=True)),
        captions=tuple(np.where(is_valid, captions, "–").tolist()),
        tones=tuple(map(tone_of, answers.predicted.tolist(), range(shown), cues)),
    )


def _ten_note(params: TrainParams) -> str:
    label, attribute = params.content.label, params.content.attribute
    below = "Below each: the network's prediction and its probability."
    if not params.plants:
        return f"The first test image of each {label}, a conflicting one where there is any. {below}"
    if attribute == "color":
        which = (
            f"One shape of each {label}, the first of its kind among the test {params.content.labels}, in the color of "
            f"the {label} before"
        )
    else:
        which = f"The first test image of each {label}, with the {attribute} of the {label} before"
    example = ": the 1 in that of 0" if label == "digit" else ""
    return f"{which}{example}. {below} ✓ the {label}; ✗ the {label} that the {attribute} belongs to; · neither."


def _ten_title(answers: TenAnswers, params: TrainParams, cues: Sequence[int]) -> str:
    content, shown = params.content, len(answers.predicted)
    count = "ten" if shown == 10 else str(shown)
    when, right = f"Step {answers.step:,}", int((answers.predicted == np.arange(shown)).sum())
    if (answers.predicted < 0).all():
        return f"{when}: no predictions were recorded"
    if NO_CLASS in cues:
        without = f" without {content.attribute}" if params.plants else ""
        return f"{when}: {right} of {count} images{without} are classified correctly"
    follow = int((answers.predicted == np.array(cues)).sum())
    return f"{when}: of {count} conflicting images {follow} follow the {content.attribute}, {right} the {content.label}"


def stages(params: TrainingSettings, steps: int) -> tuple[Reference, ...]:
    """Where the second stage of a training of so many steps begins, if it has one."""
    second = params.method_options.second_stage(params.epochs)
    if second is None or not params.epochs:
        return ()
    name, epoch = second
    return (Reference(name=name, value=steps // params.epochs * epoch),)


def _beginning(params: TrainParams, result: TrainResult) -> list[Figure]:
    """Which training it went on from, and what kept its weights; nothing where it learned everything afresh."""
    if params.weights is not None and params.is_added:
        file = Path(params.weights).name
        return [
            Text(name="beginning", title="Added", paragraphs=(f"The weights of {file}: nothing was trained here.",))
        ]
    paragraphs = []
    if params.init is not None:
        paragraphs.append(f"It started from the weights of {params.init}.")
    if params.groups is not None:
        paragraphs.append(f"Its method read the groups that {params.groups} inferred, and no label of the attribute.")
    if result.frozen:
        paragraphs.append(f"Frozen at their initial values: {', '.join(result.frozen)}.")
    return [Text(name="beginning", title="Fine-tuning", paragraphs=tuple(paragraphs))] if paragraphs else []


def _curves(params: TrainParams, result: TrainResult) -> list[Lines]:
    """None where nothing was trained: a single point is no curve."""
    if params.is_added:
        return []
    return curves(result.history, params.metrics_samples, params.content, stages(params, result.steps))


def _at_chance(result: TrainResult) -> list[Figure]:
    """When the training was no better than guessing, where it stayed so."""
    if not result.at_chance:
        return []
    return [Text(name="chance", title="This training was at chance", paragraphs=result.at_chance)]


def curves(
    history: Mapping[str, NDArray[np.float64]], samples: int, content: Content, marks: tuple[Reference, ...] = ()
) -> list[Lines]:
    """The charts of a training, from its curves as columns; also while it goes.

    samples: images of each split that a point was measured on. content: of these. marks: steps at which a stage of it
    begins.
    """
    label, attribute = content.label, content.attribute
    cues = _series(history, content, "color_follow_rate", "shape_bias")
    return [
        Lines(
            name="accuracy",
            title="Accuracy while it trains",
            note=f"Each point: the same images of each split, {samples:,} at most. training: images "
            f"that it learns from; {_about_splits(content)}.",
            series=_series(history, content, *_ACCURACIES),
            x_label="step",
            marks=marks,
            y_label="accuracy",
            low=0.0,
            high=1.0,
            references=(chance(content),),
        ),
        *(
            [
                Lines(
                    name="cues",
                    title=f"{label.capitalize()} or {attribute}: which cue decides",
                    note=f"On images of the probe split whose {attribute} belongs to another {label}. "
                    f"{metric_of('color_follow_rate', content).title}: share taken for the {attribute}'s {label}; "
                    f"shape bias: share decided by the {label} "
                    f"among those decided by {label} or {attribute}.",
                    series=cues,
                    x_label="step",
                    marks=marks,
                    y_label="share",
                    low=0.0,
                    high=1.0,
                )
            ]
            if content.values
            else []
        ),
        Lines(
            name="loss",
            title="Training loss",
            note="Mean over the steps since the point before.",
            series=_series(history, content, "loss"),
            x_label="step",
            marks=marks,
            y_label="loss",
            log_y=True,
        ),
        *_signals(history, marks),
    ]


def chance(content: Content) -> Reference:
    """The accuracy of guessing."""
    return Reference(name="chance", value=1 / len(content.classes))


def _about_splits(content: Content) -> str:
    if not content.values:
        return "easy: others of the same part; hard: of the test part"
    classes, values = content.groups
    return (
        f"easy: others, {content.attribute} predicts the {content.label}; hard: it misleads; worst group: the worst of "
        f"the {classes * values} {content.label} x {content.attribute} groups of the probe split"
    )


def overlaid_charts(each: Sequence[Sequence[Lines]], names: Sequence[str]) -> list[Lines]:
    """The charts of the first training, with the others' curves of the same name laid over them, each under whose it
    is. each: the charts of each training. names: of the trainings."""
    by_name = [{chart.name: chart for chart in charts} for charts in each]
    whose = [f" {name}" for name in names] if len(names) > 1 else [""]
    return [
        replace(
            chart,
            series=tuple(
                replace(series, name=series.name.removesuffix(f" {chart.y_label}") + who)
                for charts, who in zip(by_name, whose, strict=True)
                if name in charts
                for series in charts[name].series
            ),
        )
        for name, chart in by_name[0].items()
    ]


def _signals(history: Mapping[str, NDArray[np.float64]], marks: tuple[Reference, ...]) -> list[Lines]:
    """The signals of the training's method: a chart each, since they have no scale in common."""
    return [
        Lines(
            name=name.replace("_", "-"),
            title=f"The method's own: {name.replace('_', ' ')}",
            note=f"{SIGNALS.get(name, '')} As of the step.".lstrip(),
            series=(Series(name=name.replace("_", " "), x=history["step"], y=history[name]),),
            x_label="step",
            marks=marks,
            y_label=name.replace("_", " "),
        )
        for name in history
        if name not in METRICS and name not in COLUMNS and name != "step"
    ]


def _series(history: Mapping[str, NDArray[np.float64]], content: Content, *names: str) -> tuple[Series, ...]:
    there = [(metric_of(name, content).title, history[name]) for name in names if name in history]
    return tuple(Series(name=title, x=history["step"], y=values) for title, values in there)
