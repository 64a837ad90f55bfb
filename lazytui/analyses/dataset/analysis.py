"""Dataset: paint a data set that lies, look at it, and measure how strongly color tells the digit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, replace

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.analyses.dataset.result import DatasetResult, SplitSamples, measure_associations, read, write
from lazytui.data.association import contingency
from lazytui.data.palettes import palette
from lazytui.data.save_images import save_dataset
from lazytui.data.splits import SPLITS, BiasedDataset, Split, build_dataset, with_found_data
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Bars, Column, Figure, Matrix, Pixels, Reference, Share, Table
from lazytui.files.long_texts import long_text
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace

WHAT_SPLITS_ARE = {
    "train": "what a network learns from",
    "validation": "held out of the same easy images",
    "hard": "where the shortcut breaks",
    "probe": "every digit in every color equally often",
}


def resolve(params: DatasetRunParams, _workspace: Workspace) -> DatasetRunParams:
    """Name the source that `auto` is here, so that the run means the same elsewhere."""
    return with_found_data(params)


def run(params: DatasetRunParams, report: Report) -> DatasetResult:
    data = build_dataset(params)
    report.note(f"painting {data.source.name} digits")

    def painting(splits: int) -> None:
        report.check()
        report.progress(splits, len(SPLITS), "splits")

    result = measure_dataset(data, params.samples, painting)
    if params.save != "none":
        report.note("writing the images")
        save_dataset(data, report.folder / "exports" / "dataset", params.save, lambda n, of: _written(report, n, of))
    return result


def measure_dataset(data: BiasedDataset, samples: int, painting: Callable[[int], None]) -> DatasetResult:
    """What there is to see and measure of a data set. painting: told how many splits are painted, before each."""
    found = {}
    for done, name in enumerate(SPLITS):
        painting(done)
        found[name] = _some_of(data.split(name), samples)
    palette_images = data.cue_conflict.images[::11]
    painting(len(SPLITS))
    associations = measure_associations({name: some.contingency for name, some in found.items()})
    return DatasetResult(**found, associations=associations, source=data.source.name, palette_images=palette_images)


def _some_of(split: Split, samples: int) -> SplitSamples:
    chosen = _some_of_each(split, samples)
    return SplitSamples(
        count=len(split),
        contingency=contingency(split.labels, split.attributes),
        images=split.images[chosen],
        labels=split.labels[chosen],
        attributes=split.attributes[chosen],
    )


def _written(report: Report, done: int, total: int) -> None:
    report.check()
    report.progress(done, total, "images")


def _some_of_each(split: Split, samples: int) -> NDArray[np.intp]:
    """The first images of each digit, digit by digit in every ten; any ten where a digit doesn't occur."""
    rows = min(samples, int(np.bincount(split.labels, minlength=10).min()))
    if rows == 0:
        return np.arange(min(10, len(split)))
    return np.stack([np.flatnonzero(split.labels == digit)[:rows] for digit in range(10)], axis=1).reshape(-1)


def figures(params: DatasetRunParams, result: DatasetResult) -> list[Figure]:
    samples = {name: samples for name, (samples, _) in result.splits.items()}
    tables = [_contingency(name, params, some) for name, some in samples.items() if some.contingency.any()]
    shown = [_samples(name, params, some) for name, some in samples.items()]
    return [_palette(params, result), *shown, color_reader(result), measures(result), *tables]


def _palette(params: DatasetRunParams, result: DatasetResult) -> Pixels:
    ten = palette(params.palette)
    none = params.placement == "none"
    return Pixels(
        name="palette",
        title="Ten digits" if none else f"Each digit in its dominant color (palette {ten.name})",
        note=f"Source: {result.source}.",
        images=result.palette_images,
        columns=10,
        captions=DIGITS if none else tuple(f"{digit} {name}" for digit, name in zip(DIGITS, ten.names, strict=True)),
    )


def _samples(name: str, params: DatasetRunParams, some: SplitSamples) -> Pixels:
    ten = palette(params.palette)
    pairs = zip(some.labels, some.attributes, strict=True)
    captions = (f"{digit} {ten.color_name(int(color))}" for digit, color in pairs)
    return Pixels(
        name=f"samples-{name}",
        title=f"{name.capitalize()}: {WHAT_SPLITS_ARE[name]}",
        note=f"From {some.count:,} images.",
        images=some.images,
        columns=10,
        captions=tuple(captions),
    )


def few_samples(params: DatasetRunParams, result: DatasetResult) -> list[Pixels]:
    """Every digit once from each split: for a glance."""
    shown = [_samples(name, params, some) for name, (some, _) in result.splits.items()]
    return [replace(figure, images=figure.images[:10], captions=figure.captions[:10]) for figure in shown]


def measures(result: DatasetResult) -> Table:
    """How strongly color tells the digit in each split, with what chance alone stays under."""
    rows = []
    for name, (some, association) in result.splits.items():
        *values, ceiling = astuple(association)
        rows.append((name, some.count, *values, None if ceiling is None else 100 * ceiling))
    return Table(
        name="measures",
        title="How strongly color tells the digit",
        note=long_text("notes", "dataset-measures"),
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


def color_reader(result: DatasetResult) -> Bars:
    """How often somebody is right who names the digit that a color usually belongs to."""
    ceilings = {name: association.color_ceiling for name, (_, association) in result.splits.items()}
    return Bars(
        name="color-reader",
        title="Percent correct by color alone",
        note="Of a reader who never looks at the shape, and names the digit that most often wears a color in the "
        "training split.",
        shares=tuple(Share(name, some.count) for name, (some, _) in result.splits.items()),
        labels=tuple(ceilings),
        values=np.array([np.nan if share is None else 100 * share for share in ceilings.values()]),
        unit="%",
        high=100.0,
        references=(Reference(name="chance", value=10.0),),
    )


def _contingency(name: str, params: DatasetRunParams, some: SplitSamples) -> Matrix:
    ten, counts = palette(params.palette), some.contingency
    return Matrix(
        name=f"contingency-{name}",
        title=f"{name.capitalize()}: digit by color",
        note=f"How many of {int(counts.sum()):,} images show each digit in each color; "
        "the diagonal holds those that wear their digit's own color.",
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


ANALYSIS = Analysis(
    params=DatasetRunParams, run=run, figures=figures, write=write, read=read, resolve=resolve, label=label
)
