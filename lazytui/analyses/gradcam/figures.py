"""The figures of where a network looks, from what its examination kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.metric_catalog import METRICS, shown
from lazytui.data.palettes import NO_COLOR, Palette
from lazytui.evaluation.predictions import DIGITS, tone_of
from lazytui.figures.kinds import (
    Bars,
    Cell,
    Column,
    Figure,
    Histogram,
    Lines,
    Matrix,
    Pixels,
    Reference,
    Series,
    Table,
    Tone,
)
from lazytui.runs.saved_result import Result
from lazytui.saliency.evidence_masks import focus_score
from lazytui.saliency.map_names import METHODS
from lazytui.saliency.map_resizing import upsample
from lazytui.saliency.reason_categories import EVIDENCE_CATEGORIES, ON_STROKE, REASONS

ENERGIES = ("energy_in_mask", "energy_uniform", "energy_center_prior", "energy_shuffled", "energy_perfect")
_TONES: tuple[Tone, ...] = ("good", "bad", "good", "bad", "muted")


@dataclass(frozen=True)
class Seen:
    """One network's part of the result.

    name: what it is called; empty where it is the only one. told: the map, its layer and the split, in words.
    ten: the palette. signed: whether evidence against the class is shown.
    """

    name: str
    result: Result
    told: str
    ten: Palette
    signed: bool


def portrait(seen: Seen) -> list[Figure]:
    """What there is to see of one network beside the tables that compare."""
    drawn: list[Figure] = [matching(seen), *_examples(seen), _groups(seen), _standing(seen)]
    arrays = seen.result.arrays
    if "curve_deletion" in arrays:
        drawn.append(_curves(seen))
    if "randomization" in arrays:
        drawn.append(_randomization(seen))
    if "recolored_drops" in arrays and (arrays["colors"] != NO_COLOR).any():
        drawn.append(_recoloring(seen))
    if "gallery_methods" in seen.result.facts:
        drawn.append(_gallery(seen))
    return drawn


def overlay(maps: NDArray[Any], signed: bool) -> NDArray[np.float32]:
    """(n, h, w) raw maps -> (n, 28, 28) in [-1, 1]: through a ReLU unless signed, stretched to the largest of each."""
    large = upsample(maps.astype(np.float32))
    drawn = large if signed else np.maximum(large, 0)
    size = np.abs(drawn).max((1, 2), keepdims=True)
    return np.asarray(np.divide(drawn, size, out=np.zeros_like(drawn), where=size > 0))


def chances(logits: NDArray[Any]) -> NDArray[np.float64]:
    """(n, 10) logits -> probabilities."""
    powers = np.exp(logits.astype(np.float64) - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def matching(seen: Seen) -> Pixels:
    """The comparison of the task: red 0, green 0, red 1, ...: each digit in its own color and in its neighbours'."""
    arrays = seen.result.arrays
    digits = np.arange(10)
    places = np.concatenate([10 * digits + (digits + step) % 10 for step in (0, 1, 9)])
    said = chances(arrays["cue_conflict_logits"][places])
    targets = arrays["cue_conflict_targets"][places]
    maps = arrays["cue_conflict_maps"][places]
    captions: list[str] = []
    tones: list[Tone] = []
    for place, row, target, heat in zip(places, said, targets, maps, strict=True):
        digit, color = divmod(int(place), 10)
        guess = int(row.argmax())
        said_of = f"{guess} {row[guess]:.0%} {seen.ten.names[color]}"
        captions.append(f"{said_of}{_asked(int(target), guess)}{_nothing(heat)}")
        tones.append(tone_of(guess, digit, color))
    return Pixels(
        name="matching",
        title=f"Matching and conflicting colors: {seen.told}",
        note="The same ten shapes in three colors. Below each: the prediction, its probability, the color. "
        f"✓ the digit; ✗ the digit that the color belongs to; · neither. {_scale(seen)}",
        images=arrays["cue_conflict_images"][places].astype(np.uint8),
        overlay=overlay(maps, seen.signed),
        columns=10,
        captions=tuple(captions),
        tones=tuple(tones),
        row_labels=("own", "next digit's", "last digit's"),
        column_labels=DIGITS,
        row_axis="color",
        column_axis="digit",
    )


def _examples(seen: Seen) -> list[Figure]:
    """A figure for each way to answer that occurs."""
    arrays = seen.result.arrays
    places = arrays["example_places"]
    said = chances(arrays["example_logits"])
    drawn: list[Figure] = []
    for way, title in enumerate(EVIDENCE_CATEGORIES):
        of_way = np.flatnonzero(arrays["ways"][places] == way)
        captions = []
        for number in of_way:
            place, guess, target = places[number], int(said[number].argmax()), int(arrays["example_targets"][number])
            image = f"{seen.ten.color_name(int(arrays['colors'][place]))} {arrays['digits'][place]}"
            captions.append(f"{image} → {guess} {said[number][guess]:.0%}{_asked(target, guess)}")
        if len(of_way):
            count = int((arrays["ways"] == way).sum())
            drawn.append(
                Pixels(
                    name=title.replace(",", "").replace(" ", "-"),
                    title=f"{title[0].upper()}{title[1:]}: {seen.told}",
                    note=f"The first {len(of_way)} of {count:,}. On the stroke: its own mask holds more of the "
                    f"map than {ON_STROKE:.0%} of other images' masks do. {_scale(seen)}",
                    images=arrays["example_images"][of_way].astype(np.uint8),
                    overlay=overlay(arrays["example_maps"][of_way], seen.signed),
                    columns=10,
                    captions=tuple(captions),
                    tones=(_TONES[way],) * len(of_way),
                )
            )
    return drawn


def _gallery(seen: Seen) -> Pixels:
    """The same images by every method."""
    facts, arrays = seen.result.facts, seen.result.arrays
    methods = facts["gallery_methods"]
    places = arrays["gallery_places"]
    laid = [overlay(arrays[f"gallery_{method}"], METHODS[method].signed) for method in methods]
    images = arrays["cue_conflict_images"][places].astype(np.uint8)
    layer = facts.get("gallery_layer")
    of_layers = f"Maps of layers show {layer}; CAM the layer before the average. " if layer else ""
    heads = tuple(f"{seen.ten.names[place % 10]} {place // 10}" for place in places.tolist())
    return Pixels(
        name="methods",
        title=f"The same images by every method{_of(seen)}",
        note=f"{of_layers}Target: the prediction, below each image. Gradients have no sign here: their size over the "
        "color channels.",
        images=np.concatenate([images] * len(methods)),
        overlay=np.concatenate(laid),
        columns=len(places),
        captions=tuple(f"→ {guess}" for guess in arrays["cue_conflict_logits"][places].argmax(1)) * len(methods),
        row_labels=tuple(METHODS[method].title for method in methods),
        column_labels=heads,
    )


def _groups(seen: Seen) -> Table:
    arrays = seen.result.arrays
    digits, colors, predicted = arrays["digits"], arrays["colors"], arrays["predicted"]
    known = ~np.isnan(arrays["energy"])
    groups = {
        "all": np.ones_like(known),
        "own color": colors == digits,
        "another color": (colors != digits) & (colors != NO_COLOR),
        "right": predicted == digits,
        "wrong": predicted != digits,
        "taken for the color's digit": (predicted == colors) & (colors != digits),
    }
    rows = []
    for name, group in groups.items():
        chosen = group & known
        energy, shuffled, perfect = (
            float(arrays[f"energy{part}"][chosen].mean()) if chosen.any() else None
            for part in ("", "_shuffled", "_perfect")
        )
        focus = float(focus_score(energy, shuffled, perfect))
        looking = float((arrays["standing"][chosen] > ON_STROKE).mean()) if chosen.any() else None
        rows.append(
            (
                name,
                int(group.sum()),
                int((group & ~known).sum()),
                *(None if value is None else 100 * value for value in (energy, shuffled, perfect)),
                None if np.isnan(focus) else focus,
                None if looking is None else 100 * looking,
            )
        )
    return Table(
        name="groups",
        title=f"Energy in the mask by group{_of(seen)}",
        note="The share of the evidence that lies on the stroke; the same on other images' strokes; and that of a "
        "perfect looker with a map of this size. Looking at the digit: 5 % by chance.",
        columns=(
            Column(name="images"),
            Column(name="count"),
            Column(name="no evidence"),
            Column(name="energy", unit="%"),
            Column(name="other masks", unit="%"),
            Column(name="perfect", unit="%"),
            Column(name="focus score", decimals=2),
            Column(name="looking at the digit", unit="%"),
        ),
        rows=tuple(rows),
    )


def _standing(seen: Seen) -> Histogram:
    values = seen.result.arrays["standing"]
    known = values[~np.isnan(values)]
    counts, edges = np.histogram(known, bins=20, range=(0, 1))
    return Histogram(
        name="standing",
        title=f"Where the own mask stands among other images' masks{_of(seen)}",
        note=f"Share of other masks that hold less of the map than the image's own does; {len(known):,} images. A map "
        f"that has nothing to do with its digit makes every bar alike ({len(known) / 20:,.0f}); the last bar counts as "
        "looking at the digit.",
        edges=edges.astype(np.float64),
        counts=counts.astype(np.int64),
        x_label="share of other masks",
        unit="images",
    )


def _curves(seen: Seen) -> Lines:
    arrays, metrics = seen.result.arrays, seen.result.metrics
    named = {
        "deletion, strongest first": "curve_deletion",
        "deletion, random order": "curve_random_deletion",
        "insertion, strongest first": "curve_insertion",
        "insertion, random order": "curve_random_insertion",
    }
    share = np.linspace(0, 100, len(arrays["curve_deletion"]))
    areas = [metrics[f"{curve.removeprefix('curve_')}_auc"] for curve in named.values()]
    return Lines(
        name="faithfulness",
        title=f"Faithfulness: pixels taken away and put in{_of(seen)}",
        note=f"Mean probability of the explained class over {seen.result.facts['checked']} images; what is away has "
        f"the data's mean color. A faithful map's deletion falls faster and its insertion rises faster than in random "
        f"order. Areas, in the legend's order: {', '.join('-' if a is None else f'{a:.3f}' for a in areas)}.",
        series=tuple(Series(name=name, x=share, y=arrays[curve].astype(np.float64)) for name, curve in named.items()),
        x_label="pixels changed (%)",
        y_label="probability",
        low=0.0,
        high=1.0,
    )


def _randomization(seen: Seen) -> Bars:
    facts, metrics = seen.result.facts, seen.result.metrics
    null = metrics["randomization_null"]
    names = [name.removeprefix("features.") for name in facts["randomized"]]
    return Bars(
        name="randomization",
        title=f"What is left of the maps when weights are drawn anew{_of(seen)}",
        note="Rank correlation (Spearman) of the raw maps before and after, from the head down, "
        f"{facts['checked']} images. A map that stays as it was shows the image and not the network (Adebayo 2018). "
        "The line: maps of two different images.",
        labels=tuple(f"{'+ ' if number else ''}{name}" for number, name in enumerate(names)),
        values=seen.result.arrays["randomization"].astype(np.float64),
        decimals=2,
        low=-0.2,
        high=1.0,
        references=() if null is None else (Reference(name="different images", value=null),),
    )


def _recoloring(seen: Seen) -> Matrix:
    arrays, metrics = seen.result.arrays, seen.result.metrics
    drops = arrays["recolored_drops"].astype(np.float64)
    worn = arrays["colors"][: len(drops)]
    cells = np.full((10, 10), np.nan)
    for color in range(10):
        rows = drops[worn == color]
        if len(rows):
            cells[color] = [
                column[~np.isnan(column)].mean() if (~np.isnan(column)).any() else np.nan for column in rows.T
            ]
    redrawn, recolored = metrics["redrawn_drop"], metrics["recolored_drop"]
    beside = "" if redrawn is None or recolored is None else f" Mean {recolored:.1f}; another digit: {redrawn:.1f}."
    return Matrix(
        name="recoloring",
        title=f"Concept recoloring: the same digit in another color{_of(seen)}",
        note=f"Mean drop of the logit of the explained class, {len(drops)} images; everything but the color stays. "
        f"Beside it, for the scale, another digit drawn in the same color.{beside}",
        values=cells,
        row_labels=seen.ten.names,
        column_labels=seen.ten.names,
        row_axis="wore",
        column_axis="repainted in",
        unit="logit",
        decimals=1,
        row_colors=seen.ten.colors,
        column_colors=seen.ten.colors,
    )


def nulls(pair: Sequence[Seen]) -> Table:
    """Energy in the mask beside everything that it has to be compared with."""
    rows = []
    for name in ENERGIES:
        values = [seen.result.metrics[name] for seen in pair]
        rows.append((METRICS[name].title, *(None if v is None else 100 * v for v in values), METRICS[name].meaning))
    return Table(
        name="energy",
        title="Does it look at the digit?",
        note="The share of the evidence that lies on the stroke (gray above 0.3), and what gets how much without "
        "looking. A coarse map can't do better than the perfect one of its size.",
        columns=(
            Column(name="map"),
            *(Column(name=seen.name or "energy in the mask", unit="%") for seen in pair),
            Column(name="what it is"),
        ),
        rows=tuple(rows),
    )


def _sorted_rows(
    pair: Sequence[Seen], array: str, kinds: Sequence[str]
) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
    """A row for each kind of answer, with how many images of each network are of it and their share."""
    columns = [Column(name="answers")]
    for seen in pair:
        columns += [Column(name=f"{seen.name} images".strip()), Column(name="share", unit="%")]
    rows = []
    for index, name in enumerate(kinds):
        cells: list[Cell] = [name]
        for seen in pair:
            found = seen.result.arrays[array]
            count = int((found == index).sum())
            cells += [count, 100 * count / max(len(found), 1)]
        rows.append(tuple(cells))
    return tuple(columns), tuple(rows)


def causes(pair: Sequence[Seen]) -> Table | None:
    """How the answers sort by cause; None where nothing was repainted."""
    if not all("causes" in seen.result.arrays for seen in pair):
        return None
    columns, rows = _sorted_rows(pair, "causes", REASONS)
    return Table(
        name="causes",
        title="Right or wrong, and for which reason",
        note=f"Of {len(pair[0].result.arrays['causes']):,} images, by repainting and not by the map. Right for the "
        "wrong reason: the answer changes when the same digit is repainted, in more than half of the other colors. "
        "Wrong because of the color: repainted in its own color it is right. Unknown: images without a color.",
        columns=columns,
        rows=rows,
    )


def ways(pair: Sequence[Seen]) -> Table:
    """How the answers sort by place."""
    columns, rows = _sorted_rows(pair, "ways", EVIDENCE_CATEGORIES)
    return Table(
        name="ways",
        title="Correct or incorrect, and where the evidence lies",
        note=f"On the stroke: its own mask holds more of the map than {ON_STROKE:.0%} of other images' masks do. A map "
        "that has nothing to do with its digit passes in 5 % of images; how many pass for a network that reads shape "
        "depends on the layer, so compare networks by the same one. Place says nothing about reasons.",
        columns=columns,
        rows=rows,
    )


def measured(pair: Sequence[Seen]) -> Table:
    """All metrics, a column for each network."""
    rows = [
        (METRICS[name].title, *(shown(name, seen.result.metrics.get(name)) for seen in pair), METRICS[name].meaning)
        for name in pair[0].result.metrics
        if name in METRICS
    ]
    return Table(
        name="metrics",
        title="Measured",
        note="A dash is a share over nothing at all.",
        columns=(
            Column(name="metric"),
            *(Column(name=seen.name or "value") for seen in pair),
            Column(name="what it is"),
        ),
        rows=tuple(rows),
    )


def _asked(target: int, guess: int) -> str:
    return "" if target == guess else f" (map of {target})"


def _nothing(heat: NDArray[Any]) -> str:
    return "" if (heat > 0).any() else ", no positive evidence"


def _scale(seen: Seen) -> str:
    hidden = "" if seen.signed else "; evidence against isn't shown"
    return f"Each map is stretched to its largest value{hidden}."


def _of(seen: Seen) -> str:
    return f", {seen.name}" if seen.name else ""
