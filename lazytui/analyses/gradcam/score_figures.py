"""What one network's maps are worth: energy in the mask by group, faithfulness, randomization, recoloring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import in_or_with, region, subject
from lazytui.analyses.gradcam.map_pictures import NetworkView
from lazytui.analyses.gradcam.result import Faithfulness, MaskScores, Randomization, Recoloring
from lazytui.data.content import NO_CLASS
from lazytui.figures.kinds import Bars, Column, Figure, Histogram, Lines, Matrix, Reference, Series, Table
from lazytui.saliency.checks.localization import focus_score
from lazytui.saliency.checks.reason_categories import ON_STROKE


def map_scores(view: NetworkView) -> list[Figure]:
    """Those that there are: of masks only where these are known, tests of the maps only where some were tested."""
    maps = view.maps
    figures: list[Figure] = [_groups(view, maps.scores), _mask_percentiles(view, maps.scores)] if maps.scores else []
    if maps.faithfulness:
        figures.append(_faithfulness(view, maps.faithfulness))
    if maps.randomization:
        figures.append(_randomization(view, maps.randomization))
    if maps.recoloring and (maps.attributes != view.content.unknown).any():
        figures.append(_recoloring(view, maps.recoloring))
    return figures


def _groups(view: NetworkView, scores: MaskScores) -> Table:
    has_score = ~np.isnan(scores.energy)
    rows = []
    for name, group in _sample_groups(view).items():
        chosen = group & has_score
        energy, shuffled, perfect = (
            float(values[chosen].mean()) if chosen.any() else None
            for values in (scores.energy, scores.shuffled, scores.perfect)
        )
        focus = float(focus_score(energy, shuffled, perfect))
        looking = float((scores.percentile[chosen] > ON_STROKE).mean()) if chosen.any() else None
        rows.append(
            (
                name,
                int(group.sum()),
                int((group & ~has_score).sum()),
                *(None if value is None else 100 * value for value in (energy, shuffled, perfect)),
                None if np.isnan(focus) else focus,
                None if looking is None else 100 * looking,
            )
        )
    where, what = region(view.content), subject(view.content)
    return Table(
        name="groups",
        title=f"Energy in the mask by group{view.suffix}",
        note=f"Share of the evidence on the {where}; on the {where}s of other images; and the upper bound for a map of "
        f"this size (all evidence on the {where}). Looking at the {what}: 5 % by chance.",
        columns=(
            Column(name="images"),
            Column(name="count"),
            Column(name="no evidence"),
            Column(name="energy", unit="%"),
            Column(name="other masks", unit="%"),
            Column(name="upper bound", unit="%"),
            Column(name="focus score", decimals=2),
            Column(name=f"looking at the {what}", unit="%"),
        ),
        rows=tuple(rows),
    )


def _sample_groups(view: NetworkView) -> dict[str, NDArray[np.bool_]]:
    """Which images are of each; those that go by an attribute only where there is one."""
    maps, cues = view.maps, view.maps.cue_classes
    correct, aligned = maps.predicted == maps.labels, cues == maps.labels
    groups = {"all": np.ones_like(correct)}
    if view.content.values:
        groups |= {"aligned": aligned, "conflicting": ~aligned & (maps.attributes != view.content.unknown)}
    groups |= {"correct": correct, "incorrect": ~correct}
    if view.content.values:
        by_value = (maps.predicted == cues) & (cues != NO_CLASS) & ~aligned
        groups[f"classified by {view.content.attribute}"] = by_value
    return groups


def _mask_percentiles(view: NetworkView, scores: MaskScores) -> Histogram:
    percentiles, what = scores.percentile[~np.isnan(scores.percentile)], subject(view.content)
    counts, edges = np.histogram(percentiles, bins=20, range=(0, 1))
    return Histogram(
        name="standing",
        title=f"Rank of each map's own mask among other images' masks{view.suffix}",
        note=f"Share of other masks that hold less of the map than the image's own; {len(percentiles):,} images. "
        f"For maps unrelated to the {what} all bars are equal ({len(percentiles) / 20:,.0f}); the last bar counts as "
        f"looking at the {what}.",
        edges=edges.astype(np.float64),
        counts=counts.astype(np.int64),
        x_label="share of other masks",
        unit="images",
    )


def _faithfulness(view: NetworkView, faithfulness: Faithfulness) -> Lines:
    share = np.linspace(0, 100, len(faithfulness.deletion))
    curves = {
        "deletion, strongest first": (faithfulness.deletion, faithfulness.deletion_auc),
        "deletion, random order": (faithfulness.random_deletion, faithfulness.random_deletion_auc),
        "insertion, strongest first": (faithfulness.insertion, faithfulness.insertion_auc),
        "insertion, random order": (faithfulness.random_insertion, faithfulness.random_insertion_auc),
    }
    what = view.score or "probability of the explained class"
    areas = ", ".join("-" if area is None else f"{area:.3f}" for _, area in curves.values())
    return Lines(
        name="faithfulness",
        title=f"Faithfulness: deletion and insertion of pixels{view.suffix}",
        note=f"Mean {what} over {view.maps.checked} images; deleted pixels take the data's "
        "mean color. For a faithful map deletion falls faster and insertion rises faster than in random order. Areas, "
        f"in the legend's order: {areas}.",
        series=tuple(Series(name=name, x=share, y=curve) for name, (curve, _) in curves.items()),
        x_label="pixels changed (%)",
        y_label=view.score or "probability",
        low=None if view.score else 0.0,
        high=None if view.score else 1.0,
    )


def _randomization(view: NetworkView, randomization: Randomization) -> Bars:
    null = randomization.randomization_null
    names = [name.removeprefix("features.") for name in view.maps.randomized or ()]
    return Bars(
        name="randomization",
        title=f"Similarity of maps after parameter randomization{view.suffix}",
        note="Rank correlation (Spearman) of the raw maps before and after, from the head down, "
        f"{view.maps.checked} images. A map that stays the same shows the image and not the network (Adebayo 2018). "
        "Line: maps of two different images.",
        labels=tuple(f"{'+ ' if number else ''}{name}" for number, name in enumerate(names)),
        values=randomization.correlations,
        decimals=2,
        low=-0.2,
        high=1.0,
        references=() if null is None else (Reference(name="different images", value=null),),
    )


def _recoloring(view: NetworkView, recoloring: Recoloring) -> Matrix:
    drops = recoloring.drops.astype(np.float64)
    content, colors = view.content, view.maps.trained.value_colors
    label, attribute, values = content.label, content.attribute, len(content.values)
    cells = np.full((values, values), np.nan)
    for value in range(values):
        rows = drops[view.maps.attributes[: len(drops)] == value]
        if len(rows):
            cells[value] = [
                column[~np.isnan(column)].mean() if (~np.isnan(column)).any() else np.nan for column in rows.T
            ]
    what = view.score or "logit of the explained class"
    redrawn, recolored = recoloring.redrawn_drop, recoloring.recolored_drop
    means = "" if redrawn is None or recolored is None else f" Mean {recolored:.1f}; another {label}: {redrawn:.1f}."
    return Matrix(
        name="recoloring",
        title=f"{'Recoloring' if attribute == 'color' else 'Repainting'}: the same {subject(content)} "
        f"{in_or_with(content)} another {attribute}{view.suffix}",
        note=f"Mean drop of the {what}, {len(drops)} images; only the {attribute} changes. For "
        f"comparison: another {label} {in_or_with(content)} the same {attribute}.{means}",
        values=cells,
        row_labels=content.values,
        column_labels=content.values,
        row_axis=f"own {attribute}",
        column_axis="recolored" if attribute == "color" else "repainted",
        unit="" if view.score else "logit",
        decimals=1,
        row_colors=colors,
        column_colors=colors,
    )
