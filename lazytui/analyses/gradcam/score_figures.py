"""What one network's maps are worth: energy in the mask by group, faithfulness, randomization, recoloring."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.gradcam.map_pictures import NetworkView
from lazytui.analyses.gradcam.result import Faithfulness, Randomization, Recoloring
from lazytui.data.palettes import NO_COLOR
from lazytui.figures.kinds import Bars, Column, Figure, Histogram, Lines, Matrix, Reference, Series, Table
from lazytui.saliency.checks.localization import focus_score
from lazytui.saliency.checks.reason_categories import ON_STROKE


def map_scores(view: NetworkView) -> list[Figure]:
    """Those that there are: tests of the maps only where some were tested."""
    maps = view.maps
    figures: list[Figure] = [_groups(view), _mask_percentiles(view)]
    if maps.faithfulness:
        figures.append(_faithfulness(view, maps.faithfulness))
    if maps.randomization:
        figures.append(_randomization(view, maps.randomization))
    if maps.recoloring and (maps.colors != NO_COLOR).any():
        figures.append(_recoloring(view, maps.recoloring))
    return figures


def _groups(view: NetworkView) -> Table:
    maps = view.maps
    has_score = ~np.isnan(maps.energy)
    groups = {
        "all": np.ones_like(has_score),
        "aligned": maps.colors == maps.digits,
        "conflicting": (maps.colors != maps.digits) & (maps.colors != NO_COLOR),
        "correct": maps.predicted == maps.digits,
        "incorrect": maps.predicted != maps.digits,
        "classified by color": (maps.predicted == maps.colors) & (maps.colors != maps.digits),
    }
    rows = []
    for name, group in groups.items():
        chosen = group & has_score
        energy, shuffled, perfect = (
            float(values[chosen].mean()) if chosen.any() else None
            for values in (maps.energy, maps.energy_shuffled, maps.energy_perfect)
        )
        focus = float(focus_score(energy, shuffled, perfect))
        looking = float((maps.mask_percentile[chosen] > ON_STROKE).mean()) if chosen.any() else None
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
    return Table(
        name="groups",
        title=f"Energy in the mask by group{view.suffix}",
        note="Share of the evidence on the stroke; on the strokes of other images; and the upper bound for a map of "
        "this size (all evidence on the stroke). Looking at the digit: 5 % by chance.",
        columns=(
            Column(name="images"),
            Column(name="count"),
            Column(name="no evidence"),
            Column(name="energy", unit="%"),
            Column(name="other masks", unit="%"),
            Column(name="upper bound", unit="%"),
            Column(name="focus score", decimals=2),
            Column(name="looking at the digit", unit="%"),
        ),
        rows=tuple(rows),
    )


def _mask_percentiles(view: NetworkView) -> Histogram:
    percentiles = view.maps.mask_percentile[~np.isnan(view.maps.mask_percentile)]
    counts, edges = np.histogram(percentiles, bins=20, range=(0, 1))
    return Histogram(
        name="standing",
        title=f"Rank of the own mask among other images' masks{view.suffix}",
        note=f"Share of other masks that hold less of the map than the image's own; {len(percentiles):,} images. "
        f"For maps unrelated to the digit all bars are equal ({len(percentiles) / 20:,.0f}); the last bar counts as "
        "looking at the digit.",
        edges=edges.astype(np.float64),
        counts=counts.astype(np.int64),
        x_label="share of other masks",
        unit="images",
    )


def _faithfulness(view: NetworkView, found: Faithfulness) -> Lines:
    share = np.linspace(0, 100, len(found.deletion))
    curves = {
        "deletion, strongest first": (found.deletion, found.deletion_auc),
        "deletion, random order": (found.random_deletion, found.random_deletion_auc),
        "insertion, strongest first": (found.insertion, found.insertion_auc),
        "insertion, random order": (found.random_insertion, found.random_insertion_auc),
    }
    areas = ", ".join("-" if area is None else f"{area:.3f}" for _, area in curves.values())
    return Lines(
        name="faithfulness",
        title=f"Faithfulness: deletion and insertion of pixels{view.suffix}",
        note=f"Mean probability of the explained class over {view.maps.checked} images; deleted pixels take the data's "
        "mean color. For a faithful map deletion falls faster and insertion rises faster than in random order. Areas, "
        f"in the legend's order: {areas}.",
        series=tuple(Series(name=name, x=share, y=curve) for name, (curve, _) in curves.items()),
        x_label="pixels changed (%)",
        y_label="probability",
        low=0.0,
        high=1.0,
    )


def _randomization(view: NetworkView, found: Randomization) -> Bars:
    null = found.randomization_null
    names = [name.removeprefix("features.") for name in view.maps.randomized or ()]
    return Bars(
        name="randomization",
        title=f"Similarity of maps after parameter randomization{view.suffix}",
        note="Rank correlation (Spearman) of the raw maps before and after, from the head down, "
        f"{view.maps.checked} images. A map that stays the same shows the image and not the network (Adebayo 2018). "
        "Line: maps of two different images.",
        labels=tuple(f"{'+ ' if number else ''}{name}" for number, name in enumerate(names)),
        values=found.correlations,
        decimals=2,
        low=-0.2,
        high=1.0,
        references=() if null is None else (Reference(name="different images", value=null),),
    )


def _recoloring(view: NetworkView, found: Recoloring) -> Matrix:
    drops = found.drops.astype(np.float64)
    colors = view.maps.colors[: len(drops)]
    cells = np.full((10, 10), np.nan)
    for color in range(10):
        rows = drops[colors == color]
        if len(rows):
            cells[color] = [
                column[~np.isnan(column)].mean() if (~np.isnan(column)).any() else np.nan for column in rows.T
            ]
    redrawn, recolored = found.redrawn_drop, found.recolored_drop
    means = "" if redrawn is None or recolored is None else f" Mean {recolored:.1f}; another digit: {redrawn:.1f}."
    return Matrix(
        name="recoloring",
        title=f"Recoloring: the same digit in another color{view.suffix}",
        note=f"Mean drop of the logit of the explained class, {len(drops)} images; only the color changes. For "
        f"comparison: another digit in the same color.{means}",
        values=cells,
        row_labels=view.palette.names,
        column_labels=view.palette.names,
        row_axis="own color",
        column_axis="recolored",
        unit="logit",
        decimals=1,
        row_colors=view.palette.colors,
        column_colors=view.palette.colors,
    )
