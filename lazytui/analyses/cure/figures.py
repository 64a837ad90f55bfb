"""Before and after: the network's shortcut, the trials, and the best network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.gradcam.map_pictures import overlay
from lazytui.audit.editors import EDITORS
from lazytui.counted_nouns import counted
from lazytui.figures.kinds import Bars, Cell, Column, Figure, Interval, Pixels, Table, Text
from lazytui.groups.selectors import SELECTORS
from lazytui.saliency.map_names import METHODS

if TYPE_CHECKING:
    from lazytui.analyses.cure.params import CureParams
    from lazytui.analyses.cure.result import CureResult, Loss, Maps, Trial
    from lazytui.figures.kinds import Tone

_NORMAL = 1.96


def figures(params: CureParams, result: CureResult) -> list[Figure]:
    all_figures: list[Figure] = [_verdict(params, result)]
    if result.before is not None:
        maps = [_maps(result, result.maps)] if result.maps is not None else []
        all_figures += [_before_and_after(result, result.before), *maps, _trials(result, result.before)]
    return all_figures


def _verdict(params: CureParams, result: CureResult) -> Text:
    paragraphs = tuple(filter(None, _paragraphs(params, result)))
    return Text(name="verdict", title="A cure without labels", paragraphs=paragraphs)


def _paragraphs(params: CureParams, result: CureResult) -> list[str]:
    if not result.named or result.before is None or result.lost_before is None:
        return [f"The audit names no property that {params.run} relies on, so nothing was trained."]
    phrase = EDITORS[result.named].phrase
    tried = f"Tried: {counted(len(result.trials), 'training')}, {counted(result.steps, 'step')}"
    if result.best is None or result.lost_after is None:
        return [
            f"{params.run} relies on {phrase}: {_lost(result.lost_before)}. {tried}; none is better by "
            f"{result.selector}.",
            *result.left_out,
        ]
    best = result.best
    return [
        f"{params.run} relied on {phrase}: {_lost(result.lost_before)}. {best.run}, trained by {best.method} for "
        f"{counted(best.epochs, 'epoch')}: {_lost(result.lost_after)}.",
        f"{tried}. Chosen by {result.selector} without labels of the property: {_percent(best.score)}, before "
        f"{_percent(result.before.score)}; it rests on {counted(result.judged_by, 'image')}. Accuracy on "
        f"held-out images of the same bias: {_percent(best.accuracy)}, before {_percent(result.before.accuracy)}.",
        ""
        if result.hard_after is None or result.hard_before is None
        else f"Accuracy on conflicting images, not used to choose: {_percent(result.hard_after)}, before "
        f"{_percent(result.hard_before)}.",
        ""
        if not result.lost_after.flagged
        else f"The network still relies on {phrase}: longer trainings (--epochs) or other --methods may do better.",
        *result.left_out,
    ]


def _percent(value: float | None) -> str:
    return "undefined" if value is None else f"{100 * value:.1f} %"


def _lost(loss: Loss) -> str:
    interval = _interval(loss)
    return f"with that of another class it loses {100 * loss.loss:.0f} points [{interval.low:.0f}, {interval.high:.0f}]"


def _interval(loss: Loss) -> Interval:
    """95 %, in points."""
    return Interval(100 * (loss.loss - _NORMAL * loss.error), 100 * (loss.loss + _NORMAL * loss.error))


def _before_and_after(result: CureResult, before: Trial) -> Bars:
    """In percent; what is undefined is left out."""
    after = result.best
    rows: list[tuple[str, float | None]] = [
        (f"{result.selector}, before", before.score),
        (f"{result.selector}, after", after.score if after else None),
        ("accuracy, before", before.accuracy),
        ("accuracy, after", after.accuracy if after else None),
        ("conflicting images, before", result.hard_before),
        ("conflicting images, after", result.hard_after if after else None),
    ]
    defined = [(name, 100 * value) for name, value in rows if value is not None]
    return Bars(
        name="before-and-after",
        title="Before and after",
        note=f"{result.selector}: decided the choice. {SELECTORS[result.selector]} accuracy: on held-out images of the "
        "same bias. conflicting images: not used to choose.",
        labels=tuple(name for name, _ in defined),
        values=np.array([value for _, value in defined]),
        unit="%",
        low=0.0,
    )


_PARTS = {"worst group": ("agrees", "contradicts"), "worst environment": ("first part", "second part")}
"""Names of the two parts of each selector that has two."""


def _maps(result: CureResult, maps: Maps) -> Pixels:
    """The images, then each network's saliency maps, with its predictions."""
    method, classes, labels = METHODS[result.map_method], result.content.classes, maps.labels
    height, width = maps.images.shape[1:3]
    both = (maps.says_before, maps.says_after)
    right = [says.argmax(1) == labels for says in both]
    answers = [f"{classes[says.argmax()]} {says.max():.0%}" for each in both for says in each]
    tones: list[Tone] = ["muted" for _ in labels]
    tones += ["good" if one else "bad" for each in right for one in each]
    first, second = _PARTS[result.map_parts or result.selector]
    layers = "" if result.map_layers[0] is None else f" at {', then '.join(_layers(result))}"
    overlays = [overlay(each, method.signed, height, width) for each in (maps.before, maps.after)]
    return Pixels(
        name="maps",
        title=f"Where it looks before and after: {method.title}{layers}",
        note=f"Held-out images of the same bias; {first} or {second}: inferred without a label of the property. First "
        "row: the images, with their classes. Below: the evidence for each network's prediction, with its "
        "probability. An image keeps its color where the evidence is; each map is scaled to its maximum.",
        images=np.concatenate([maps.images] * 3),
        columns=len(labels),
        captions=(*(classes[label] for label in labels), *answers),
        tones=tuple(tones),
        row_labels=("image", "before", "after"),
        column_labels=tuple(second if one else first for one in maps.second),
        overlay=np.concatenate([np.full_like(overlays[0], np.nan), *overlays]),
    )


def _layers(result: CureResult) -> list[str]:
    """The mapped layers, once where both networks have the same."""
    return list(dict.fromkeys(layer for layer in result.map_layers if layer is not None))


def _trials(result: CureResult, before: Trial) -> Table:
    rows: list[tuple[Cell, ...]] = [("-", *_row(before))]
    rows += [(trial.rung, *_row(trial)) for trial in result.trials]
    return Table(
        name="trials",
        title="Trials",
        note="Each rung trains the best of the previous one for longer. First row: the network before the cure. score: "
        f"{result.selector}. Chosen: the longest training within one standard error of the best score.",
        columns=(
            Column(name="rung"),
            Column(name="method"),
            Column(name="epochs"),
            Column(name="steps"),
            Column(name="score", unit="%"),
            Column(name="accuracy", unit="%"),
            Column(name="network"),
        ),
        rows=tuple(rows),
    )


def _row(trial: Trial) -> tuple[Cell, ...]:
    score = None if trial.score is None else 100 * trial.score
    return (trial.method, trial.epochs, trial.steps, score, 100 * trial.accuracy, trial.run)
