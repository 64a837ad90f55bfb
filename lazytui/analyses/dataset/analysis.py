"""Dataset: paint a data set that lies, look at it, and measure how strongly color tells the digit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.analyses.dataset.result import CONTENTS
from lazytui.data.association import (
    color_ceiling,
    contingency,
    cramers_v,
    cramers_v_bound,
    information_bound,
    mutual_information,
)
from lazytui.data.palettes import palette
from lazytui.data.save_images import save_dataset
from lazytui.data.splits import SPLITS, BiasedDataset, Split, build_dataset, require_source
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Column, Figure, Matrix, Pixels, Table
from lazytui.runs.progress_report import Report
from lazytui.runs.saved_result import Result
from lazytui.runs.workspace import Workspace

MEASURES = (
    "mutual_information_bits",
    "mutual_information_bound_bits",
    "cramers_v",
    "cramers_v_bound",
    "color_ceiling",
)
"""What is told of each split's contingency table, in the order in which it is shown."""

WHAT_SPLITS_ARE = {
    "train": "what a network learns from",
    "validation": "held out of the same easy images",
    "hard": "where the shortcut breaks",
    "probe": "every digit in every color equally often",
}


def settle(params: DatasetRunParams, _workspace: Workspace) -> DatasetRunParams:
    """Name the source that `auto` is here, so that the run means the same elsewhere."""
    return params.model_copy(update={"source": require_source(params)})


def run(params: DatasetRunParams, report: Report) -> Result:
    data = build_dataset(params)
    report.note(f"painting {data.source_name} digits")

    def painting(splits: int) -> None:
        report.check()
        report.progress(splits, len(SPLITS), "splits")

    result = examined(data, params.samples, painting)
    if params.save != "none":
        report.note("writing the images")
        save_dataset(data, report.folder / "exports" / "dataset", params.save, lambda n, of: _written(report, n, of))
    return result


def examined(data: BiasedDataset, samples: int, painting: Callable[[int], None]) -> Result:
    """What there is to see and measure of a data set. painting: told how many splits are painted, before each."""
    metrics: dict[str, float | None] = {}
    arrays: dict[str, NDArray[np.generic]] = {}
    for done, name in enumerate(SPLITS):
        painting(done)
        split = data.split(name)
        arrays[f"{name}_contingency"] = contingency(split.digits, split.colors)
        metrics[f"{name}_images"] = len(split)
        chosen = _some_of_each(split, samples)
        for part in ("images", "digits", "colors"):
            arrays[f"{name}_{part}"] = getattr(split, part)[chosen]
    arrays["palette_images"] = data.cue_conflict.images[::11]
    painting(len(SPLITS))
    return _measured(Result(metrics=metrics, facts={"source": data.source_name}, arrays=arrays))


def read(params: DatasetRunParams, result: Result) -> Result:
    """The result, its measures computed anew: a run of an older version may have kept others, and lacks some."""
    return _measured(CONTENTS.read(params, result))


def _measured(result: Result) -> Result:
    """The result with every measure of its contingency tables, which only these tell."""
    tables = {name: result.arrays[f"{name}_contingency"].astype(np.int64) for name in SPLITS}
    measured = {
        f"{name}_{measure}": value
        for name, counts in tables.items()
        for measure, value in _association(counts, tables["train"]).items()
    }
    return replace(result, metrics={**result.metrics, **measured})


def _association(counts: NDArray[np.int64], train: NDArray[np.int64]) -> dict[str, float | None]:
    """MEASURES of a split."""
    values = (
        mutual_information(counts),
        information_bound(counts),
        cramers_v(counts),
        cramers_v_bound(counts),
        color_ceiling(train, counts),
    )
    return dict(zip(MEASURES, values, strict=True))


def _written(report: Report, done: int, total: int) -> None:
    report.check()
    report.progress(done, total, "images")


def _some_of_each(split: Split, samples: int) -> NDArray[np.intp]:
    """The first images of each digit, digit by digit in every ten; any ten where a digit doesn't occur."""
    rows = min(samples, int(np.bincount(split.digits, minlength=10).min()))
    if rows == 0:
        return np.arange(min(10, len(split)))
    return np.stack([np.flatnonzero(split.digits == digit)[:rows] for digit in range(10)], axis=1).reshape(-1)


def figures(params: DatasetRunParams, result: Result) -> list[Figure]:
    tables = [_contingency(name, params, result) for name in SPLITS if result.arrays[f"{name}_contingency"].any()]
    return [_palette(params, result), *(_samples(name, params, result) for name in SPLITS), measures(result), *tables]


def _palette(params: DatasetRunParams, result: Result) -> Pixels:
    ten = palette(params.palette)
    none = params.placement == "none"
    return Pixels(
        name="palette",
        title="Ten digits" if none else f"Each digit in its dominant color (palette {ten.name})",
        note=f"Source: {result.facts['source']}.",
        images=result.arrays["palette_images"].astype(np.uint8),
        columns=10,
        captions=DIGITS if none else tuple(f"{digit} {name}" for digit, name in zip(DIGITS, ten.names, strict=True)),
    )


def _samples(name: str, params: DatasetRunParams, result: Result) -> Pixels:
    ten = palette(params.palette)
    digits, colors = result.arrays[f"{name}_digits"], result.arrays[f"{name}_colors"]
    captions = (f"{digit} in {ten.color_name(int(color))}" for digit, color in zip(digits, colors, strict=True))
    return Pixels(
        name=f"samples-{name}",
        title=f"{name.capitalize()}: {WHAT_SPLITS_ARE[name]}",
        note=f"From {result.metrics[f'{name}_images']:,.0f} images.",
        images=result.arrays[f"{name}_images"].astype(np.uint8),
        columns=10,
        captions=tuple(captions),
    )


def few_samples(params: DatasetRunParams, result: Result) -> list[Pixels]:
    """Every other digit once from each of the train, the validation and the hard split: for a glance."""
    shown = [_samples(name, params, result) for name in ("train", "validation", "hard")]
    return [
        replace(figure, images=figure.images[:10:2], captions=figure.captions[:10:2], columns=5) for figure in shown
    ]


def measures(result: Result) -> Table:
    """How strongly color tells the digit in each split, with what chance alone stays under."""
    rows = []
    for name in SPLITS:
        *told, ceiling = (result.metrics[f"{name}_{measure}"] for measure in MEASURES)
        images = int(result.metrics[f"{name}_images"] or 0)
        rows.append((name, images, *told, None if ceiling is None else 100 * ceiling))
    return Table(
        name="measures",
        title="How strongly color tells the digit",
        note="I(digit; color): mutual information, at most log2 10 = 3.32 bits. Cramér's V: 0 (independent) to 1 "
        "(color decides the digit). Both less what shuffled colors show on average in a sample of this size (exactly; "
        "Bergsma 2013), and not below 0; null: what shuffled colors stay under 95 % of the time. Color ceiling: "
        "accuracy of a reader that sees the color alone and learned from train; guessing gets 10 %. An inverted hard "
        "split still informs (never its own color), though that reader is always wrong there.",
        columns=(
            Column(name="split"),
            Column(name="images"),
            Column(name="I(digit; color)", unit="bits", decimals=3),
            Column(name="null", unit="bits", decimals=3),
            Column(name="Cramér's V", decimals=3),
            Column(name="null of V", decimals=3),
            Column(name="color ceiling", unit="%"),
        ),
        rows=tuple(rows),
    )


def _contingency(name: str, params: DatasetRunParams, result: Result) -> Matrix:
    ten = palette(params.palette)
    counts = result.arrays[f"{name}_contingency"]
    return Matrix(
        name=f"contingency-{name}",
        title=f"{name.capitalize()}: images of each digit in each color",
        note=f"{int(counts.sum()):,} images; the diagonal holds those that wear their digit's own color.",
        values=counts.astype(np.float64),
        row_labels=DIGITS,
        column_labels=ten.names,
        row_axis="digit",
        column_axis="color",
        unit="images",
        low=0.0,
        column_colors=ten.colors,
    )


def label(params: DatasetRunParams) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in params.dataset)[:40]


ANALYSIS = Analysis(params=DatasetRunParams, run=run, figures=figures, read=read, settle=settle, label=label)
