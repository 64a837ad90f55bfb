"""Dataset: paint a biased data set, show it, and measure how strongly color predicts the digit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import astuple, replace

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_words import is_diagonal, own_groups
from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.analyses.dataset.result import DatasetResult, SplitSamples, measure_associations, read, write
from lazytui.data.association import contingency
from lazytui.data.content import Content
from lazytui.data.save_images import save_dataset
from lazytui.data.splits import MOST_SHOWN, SPLITS, BiasedDataset, Split, build_dataset, with_found_data
from lazytui.figures.kinds import Bars, Column, Figure, Matrix, Pixels, Reference, Share, Table
from lazytui.files.long_texts import long_text
from lazytui.runs.progress_report import Report
from lazytui.runs.workspace import Workspace

MOST_IN_A_ROW = 20


def what_splits_are(params: DatasetRunParams) -> dict[str, str]:
    """A few words on each split, by its name."""
    content = params.content
    if params.plants:
        relation = "in" if content.attribute == "color" else "with"
        probe = f"every {content.label} {relation} every {content.attribute} equally often"
    else:
        probe = "as many test images of each group" if content.values else "the test part"
    hard = "where the shortcut breaks" if content.values else "the test part"
    return {
        "train": "what a network learns from",
        "validation": "held out of the same easy images",
        "hard": hard,
        "probe": probe,
    }


def resolve(params: DatasetRunParams, _workspace: Workspace) -> DatasetRunParams:
    """Name the source that `auto` is here, so that the run means the same elsewhere."""
    return with_found_data(params)


def run(params: DatasetRunParams, report: Report) -> DatasetResult:
    data = build_dataset(params)
    report.note(f"{'painting' if params.plants else 'reading'} {data.source.name} {data.content.labels}")

    def painting(splits: int) -> None:
        report.check()
        report.progress(splits, len(SPLITS), "splits")

    result = measure_dataset(data, params.samples, painting)
    if params.save != "none":
        report.note("writing the images")
        save_dataset(data, report.folder / "exports" / "dataset", params.save, lambda n, of: _written(report, n, of))
    return result


def measure_dataset(data: BiasedDataset, samples: int, painting: Callable[[int], None]) -> DatasetResult:
    """Samples and measures of a data set. painting: called with the number of painted splits, before each."""
    samples_of = {}
    for done, name in enumerate(SPLITS):
        painting(done)
        samples_of[name] = _some_of(data.split(name), samples)
    side = min(len(data.content.classes), MOST_SHOWN)
    palette_images = data.cue_conflict.images[:: side + 1] if data.editor else None
    painting(len(SPLITS))
    associations = measure_associations(
        {name: some.contingency for name, some in samples_of.items()}, data.content.aligned
    )
    return DatasetResult(
        **samples_of, associations=associations, source=data.source.name, palette_images=palette_images
    )


def _some_of(split: Split, samples: int) -> SplitSamples:
    chosen = _some_of_each(split, samples)
    return SplitSamples(
        count=len(split),
        contingency=contingency(split.labels, split.attributes, split.content.groups),
        images=split.images[chosen],
        labels=split.labels[chosen],
        attributes=split.attributes[chosen],
    )


def _written(report: Report, done: int, total: int) -> None:
    report.check()
    report.progress(done, total, "images")


def _some_of_each(split: Split, samples: int) -> NDArray[np.intp]:
    """The first images of each class, class by class in every row; any of them where a class doesn't occur."""
    classes = len(split.content.classes)
    rows = min(samples, int(np.bincount(split.labels, minlength=classes).min()))
    if rows == 0:
        return np.arange(min(classes, len(split)))
    return np.stack([np.flatnonzero(split.labels == label)[:rows] for label in range(classes)], axis=1).reshape(-1)


def figures(params: DatasetRunParams, result: DatasetResult) -> list[Figure]:
    samples = {name: samples for name, (samples, _) in result.splits.items()}
    tables = [_contingency(name, params, some) for name, some in samples.items() if some.contingency.any()]
    shown = [_samples(name, params, some) for name, some in samples.items()]
    measured = [color_reader(params, result), measures(params, result)] if params.content.values else []
    return [*_palette(params, result), *shown, *measured, *tables]


def _palette(params: DatasetRunParams, result: DatasetResult) -> list[Pixels]:
    if result.palette_images is None:
        return []
    content, shown = params.content, len(result.palette_images)
    pairs = zip(content.classes[:shown], content.values[:shown], strict=True)
    title = f"Each {content.label} in its dominant color (palette {params.palette})"
    if not params.shows_values:
        title = f"Ten {content.labels}"
    elif content.attribute != "color":
        title = f"Each {content.label} with its dominant {content.attribute}"
    return [
        Pixels(
            name="palette",
            title=title,
            note=f"Source: {result.source}.",
            images=result.palette_images,
            columns=shown,
            captions=tuple(f"{label} {value}" if params.shows_values else label for label, value in pairs),
        )
    ]


def _samples(name: str, params: DatasetRunParams, some: SplitSamples) -> Pixels:
    content = params.content
    pairs = zip(some.labels.tolist(), some.attributes.tolist(), strict=True)
    has_attribute = bool(content.values)
    captions = (
        f"{content.classes[label]} {content.value_names[value]}" if has_attribute else content.classes[label]
        for label, value in pairs
    )
    return Pixels(
        name=f"samples-{name}",
        title=f"{name.capitalize()}: {what_splits_are(params)[name]}",
        note=f"From {some.count:,} images.",
        images=some.images,
        columns=min(len(content.classes), MOST_IN_A_ROW),
        captions=tuple(captions),
    )


def few_samples(params: DatasetRunParams, result: DatasetResult) -> list[Pixels]:
    """Every class once from each split: for a glance."""
    shown = [_samples(name, params, some) for name, (some, _) in result.splits.items()]
    few = len(params.content.classes)
    return [replace(figure, images=figure.images[:few], captions=figure.captions[:few]) for figure in shown]


def measures(params: DatasetRunParams, result: DatasetResult) -> Table:
    """How strongly the attribute predicts the class in each split, with what chance alone stays under."""
    content, rows = params.content, []
    for name, (some, association) in result.splits.items():
        *values, ceiling = astuple(association)
        rows.append((name, some.count, *values, None if ceiling is None else 100 * ceiling))
    return Table(
        name="measures",
        title=f"How strongly {content.attribute} predicts the {content.label}",
        note=long_text("notes", "dataset-measures").format(
            label=content.label,
            attribute=content.attribute,
            Attribute=content.attribute.capitalize(),
            fewest=min(content.groups),
            most=math.log2(min(content.groups)),
            chance=f"{100 / len(content.classes):.3g} %",
        ),
        columns=(
            Column(name="split"),
            Column(name="images"),
            Column(name=f"I({content.label}; {content.attribute})", unit="bits", decimals=3),
            Column(name="null", unit="bits", decimals=3),
            Column(name="Cramér's V", decimals=3),
            Column(name="null of V", decimals=3),
            Column(name=f"{content.attribute} ceiling", unit="%"),
        ),
        rows=tuple(rows),
    )


def color_reader(params: DatasetRunParams, result: DatasetResult) -> Bars:
    """The accuracy of a reader who names the class that a value usually belongs to."""
    content = params.content
    ceilings = {name: association.color_ceiling for name, (_, association) in result.splits.items()}
    looks = f"never looks at the {'shape' if content.attribute == 'color' else content.label}"
    return Bars(
        name="color-reader",
        title=f"Percent correct by {content.attribute} alone",
        note=f"Of a reader who {looks}, and names the {content.label} that most often {_has(content)} a "
        f"{content.attribute} in the training split.",
        shares=tuple(Share(name, some.count) for name, (some, _) in result.splits.items()),
        labels=tuple(ceilings),
        values=np.array([np.nan if share is None else 100 * share for share in ceilings.values()]),
        unit="%",
        high=100.0,
        references=(Reference(name="chance", value=100 / len(content.classes)),),
    )


def _has(content: Content) -> str:
    return "wears" if content.attribute == "color" else "has"


def _contingency(name: str, params: DatasetRunParams, some: SplitSamples) -> Matrix:
    content, counts = params.content, some.contingency
    relation = "in" if content.attribute == "color" else "with"
    own = "the diagonal holds" if is_diagonal(content) else f"{own_groups(content)} are"
    return Matrix(
        name=f"contingency-{name}",
        title=f"{name.capitalize()}: {content.label} by {content.attribute}",
        note=f"How many of {int(counts.sum()):,} images show each {content.label} {relation} each {content.attribute}; "
        f"{own} those that have their {content.label}'s own {content.attribute}.",
        values=counts.astype(np.float64),
        row_labels=content.classes,
        column_labels=content.values,
        row_axis=content.label,
        column_axis=content.attribute,
        unit="images",
        low=0.0,
        column_colors=params.value_colors,
    )


def label(params: DatasetRunParams) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in params.dataset)[:40]


ANALYSIS = Analysis(
    params=DatasetRunParams, run=run, figures=figures, write=write, read=read, resolve=resolve, label=label
)
