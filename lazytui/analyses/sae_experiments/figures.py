"""What came of editing features, in words first, then each experiment beside random features and other networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.map_pictures import overlay
from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Bars, Column, Figure, Lines, Matrix, Pixels, Reference, Series, Table, Text
from lazytui.runs.saved_result import Result
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.dose_positions import FACTORS

_SPLITS = ("easy", "hard", "balanced")
_CONTROLS = {"directions": "random directions", "random": "random sets"}
_MEASURED = {"intact": "intact", "without_color": "without color", "color_alone": "color alone", **_CONTROLS}
_CHANCE = Reference(name="chance", value=0.1)
_SINGLE = 24


@dataclass(frozen=True)
class _Network:
    """One network's part of the result. several: whether there are two. slug, suffix: what tells its figures' names and
    titles from the other's."""

    name: str
    layer: str
    color_features: int
    result: Result
    number: int
    several: bool

    def array(self, name: str) -> NDArray[Any]:
        return self.result.arrays[f"{self.number}/{name}"]

    def has(self, name: str) -> bool:
        return f"{self.number}/{name}" in self.result.arrays

    def metric(self, name: str) -> float | None:
        return self.result.metrics[f"{'against_' * self.number}{name}"]

    def number_of(self, name: str) -> float:
        found = self.metric(name)
        return float("nan") if found is None else found

    @property
    def slug(self) -> str:
        return "-against" * self.number

    @property
    def suffix(self) -> str:
        return f" ({self.name})" if self.several else ""


def drawn(draws: int, result: Result) -> list[Figure]:
    """The figures of all experiments, in the order of reading."""
    networks = list(_networks(result))
    figures: list[Figure] = [_verdict(draws, networks), _bulk(draws, networks), _dose(networks)]
    for network in networks:
        figures += [_swaps(network), _single(network), *_gazes(network)]
    if "partners" in result.arrays:
        figures.insert(1, _agreement(result))
    elif "inject_target" in result.arrays:
        figures.append(_injection(draws, networks, result))
    elif len(networks) == 2:
        figures.append(_not_injected())
    return figures


def _networks(result: Result) -> Iterator[_Network]:
    told = result.facts["networks"]
    for number, one in enumerate(told):
        yield _Network(one["name"], one["layer"], one["color_features"], result, number, len(told) > 1)


def _verdict(draws: int, networks: list[_Network]) -> Text:
    told = [sentence for network in networks for sentence in _in_words(draws, network)]
    return Text(name="verdict", title="What the color features do", paragraphs=tuple(told))


def _in_words(draws: int, network: _Network) -> Iterator[str]:
    if not network.color_features:
        yield f"{network.name}: no feature of {network.layer} stands for a color alone, so nothing was taken out."
        return
    mass, whole = network.array("hard_mass")
    yield (
        f"{network.name}: without its {network.color_features} color features, which are {_percent(mass / whole)} of "
        f"all activity on hard images, {_change(network, 'hard')}; {_change(network, 'easy')}. "
        f"With these alone, all others taken out, it is right on {_percent(network.number_of('easy_color_alone'))} of "
        f"easy and {_percent(network.number_of('hard_color_alone'))} of hard images."
    )
    yield (
        f"Random features are matched in activation mass, {draws} draws each, with the interval that one more draw "
        "would fall into 95 times in 100. Random directions: the same activations taken out along directions that mean "
        f"nothing. Random sets: others that are as active altogether, {_pool(network)}."
    )
    score, by_chance = network.metric("removal_score"), network.metric("removal_score_directions")
    if score is None:
        yield "There is no way from its accuracy to that of a balanced head, so no removal score."
    else:
        yield (
            f"Removal score {score:.2f} (random directions {_number(by_chance)}): of the way from "
            f"{_points(network, 'intact')} on balanced images to {_percent(network.number_of('balanced_head'))}, which "
            "a head fitted to balanced images reaches on the same layer, taking the color features out goes to "
            f"{_points(network, 'without_color')}."
        )
    if network.metric("swap_after") is not None:
        yield (
            f"Swapping one color's features for another's makes {_percent(network.number_of('swap_after'))} of images "
            f"of other digits be seen as the new color's digit; {_percent(network.number_of('swap_before'))} are "
            f"before, and {_percent(network.number_of('swap_random'))} with random features of the same mass."
        )


def _points(network: _Network, name: str) -> str:
    return _percent(network.number_of(f"balanced_{name}"))


def _change(network: _Network, split: str) -> str:
    """`hard accuracy rises from 3.70 % to 41.30 %, above the band of random directions (...) and ...`"""
    intact, without = (network.number_of(f"{split}_{name}") for name in ("intact", "without_color"))
    moved = "rises" if without > intact else "falls" if without < intact else "stays"
    controls = [control for control in _CONTROLS if network.metric(f"{split}_{control}") is not None]
    beside = [_beside(network, split, control, without) for control in controls]
    return f"{split} accuracy {moved} from {_percent(intact, 2)} to {_percent(without, 2)}, {' and '.join(beside)}"


def _beside(network: _Network, split: str, control: str, without: float) -> str:
    mean, low, high = (network.number_of(f"{split}_{control}{end}") for end in ("", "_low", "_high"))
    where = "above" if without > high else "below" if without < low else "within"
    return f"{where} the band of {_CONTROLS[control]} ({_percent(mean, 2)}, {_percent(low, 2)} to {_percent(high, 2)})"


def _pool(network: _Network) -> str:
    none = [split for split in _SPLITS if network.metric(f"{split}_random") is None]
    if none:
        return f"of which there are none on {' and '.join(none)} images, where color features are most of all activity"
    return f"drawn from the {int(network.array('hard_pool')[0])} living features that don't stand for a color"


def _bulk(draws: int, networks: list[_Network]) -> Bars:
    """Accuracies intact, without the color features, and without random ones, on each split of each network."""
    labels, values, intervals = [], [], []
    for network in networks:
        for split in _SPLITS:
            for name, word in {
                "intact": "intact",
                "without_color": "without color",
                "color_alone": "color alone",
                **_CONTROLS,
            }.items():
                if network.metric(f"{split}_{name}") is None:
                    continue
                labels.append(f"{network.name}: {split}, {word}" if network.several else f"{split}, {word}")
                values.append(network.number_of(f"{split}_{name}"))
                ends = [network.number_of(f"{split}_{name}_{end}") for end in ("low", "high") if name in _CONTROLS]
                intervals.append(np.clip(ends or [np.nan, np.nan], 0, 1))
    return Bars(
        name="bulk",
        title="Accuracy without any color feature, and without random features of the same mass",
        note=f"color alone: without all other features. {draws} draws of random ones; the interval is where one more "
        "draw falls 95 times in 100. balanced: every digit in every color equally often.",
        labels=tuple(labels),
        values=100 * np.array(values),
        unit="%",
        high=100.0,
        intervals=100 * np.array(intervals, dtype=np.float64),
        references=(Reference(name="chance", value=10.0),),
    )


def _dose(networks: list[_Network]) -> Lines:
    factors = np.array(FACTORS)
    series = []
    for network in networks:
        dose = network.array("dose").astype(np.float64)
        for column, word in enumerate(("easy accuracy", "hard accuracy", "color-follow rate")):
            series.append(Series(name=f"{word}{network.suffix}", x=factors, y=dose[:, column]))
    return Lines(
        name="dose-response",
        title="All color features turned down and up",
        note="1 is the network as it is, 0 without them. color-follow rate: hard images in another digit's color that "
        "are taken for that digit.",
        series=tuple(series),
        x_label="factor",
        y_label="share",
        low=0.0,
        high=1.0,
        references=(_CHANCE,),
    )


def _swaps(network: _Network) -> Matrix:
    ten = palette(network.result.facts["palette"])
    return Matrix(
        name=f"swap{network.slug}",
        title=f"One color's features swapped for another's: seen as the new color's digit{network.suffix}",
        note="Row: the color that is worn, whose features are dropped. Column: the color whose features are put in at "
        "their typical strength. Images of other digits than the column's. Before: "
        f"{_percent(network.metric('swap_before'))} on average; random features of the same mass: "
        f"{_percent(network.metric('swap_random'))}. A dash: a color without a feature of its own.",
        values=100 * network.array("swap_after").astype(np.float64),
        row_labels=ten.names,
        column_labels=ten.names,
        row_axis="worn",
        column_axis="put in",
        unit="%",
        low=0.0,
        high=100.0,
        row_colors=ten.colors,
        column_colors=ten.colors,
    )


def _single(network: _Network) -> Table:
    """The features whose absence alone changes most."""
    intact = np.array([network.number_of(f"{split}_intact") for split in ("easy", "hard")])
    changes = 100 * (network.array("single_accuracy").astype(np.float64) - intact)
    order = np.argsort(-np.abs(changes).max(1), kind="stable")[:_SINGLE]
    return Table(
        name=f"single{network.slug}",
        title=f"Without one feature: those that change most{network.suffix}",
        note=f"Change of accuracy, in points, of the {len(changes)} features that do most.",
        columns=(Column(name="feature"), Column(name="easy", decimals=2), Column(name="hard", decimals=2)),
        rows=tuple(
            (int(network.array("single")[place]), float(changes[place, 0]), float(changes[place, 1])) for place in order
        ),
    )


def _gazes(network: _Network) -> list[Figure]:
    if not network.has("gaze_before"):
        return []
    images, digits = network.array("gaze_images").astype(np.uint8), network.array("gaze_digits")
    said = [network.array(f"gaze_{name}_said") for name in ("before", "after")]
    maps = [overlay(network.array(f"gaze_{name}"), False) for name in ("before", "after")]
    energy = [_mean(network.array(f"gaze_{name}_energy").astype(np.float64)) for name in ("before", "after")]
    blank = np.zeros_like(maps[0])
    captions = [f"a {digit}" for digit in digits]
    return [
        Pixels(
            name=f"gaze{network.slug}",
            title=f"Where it looks before and after the color features are taken out{network.suffix}",
            note="Grad-CAM of what is predicted. Of the evidence "
            f"{_percent(energy[0])} lies on the stroke before and {_percent(energy[1])} after, on hard images; a map "
            "doesn't tell color from shape.",
            images=np.concatenate([images] * 3),
            columns=len(images),
            captions=(*captions, *(f"says {one}" for one in said[0]), *(f"says {one}" for one in said[1])),
            row_labels=("image", "before", "after"),
            overlay=np.concatenate([blank, *maps]),
        )
    ]


def _agreement(result: Result) -> Table:
    """Which feature of the second each strong feature of the first is."""
    metrics = result.metrics
    partners, cosines = result.arrays["partners"].astype(np.int64), result.arrays["partner_cosine"].astype(np.float64)
    return Table(
        name="agreement",
        title="Whether two autoencoders of one layer find the same features",
        note=f"Of the {len(partners)} features that do most in each of the two, {_percent(metrics['same_category'])} "
        "have the category of the other's feature whose direction is nearest; with partners drawn at random "
        f"{_percent(metrics['same_category_by_chance'])} would. Mean cosine: {_number(metrics['partner_cosine'])}. The "
        "table is of the first's.",
        columns=(
            Column(name="feature"),
            Column(name="category"),
            Column(name="partner"),
            Column(name="its category"),
            Column(name="cosine", decimals=2),
        ),
        rows=tuple(
            (int(mine), CATEGORIES[category], int(theirs), CATEGORIES[its], float(cosine))
            for (mine, category, theirs, its), cosine in zip(partners, cosines, strict=True)
        ),
    )


def _injection(draws: int, networks: list[_Network], result: Result) -> Table:
    source, target = networks
    names = palette(result.facts["palette"]).names
    columns = ("inject_before", "inject_source", "inject_target", "inject_random")
    rows = zip(*(100 * result.arrays[name].astype(np.float64) for name in columns), strict=True)
    explained = result.facts["bridge"]
    return Table(
        name="injection",
        title=f"Color features of {source.name} put into {target.name}",
        note="Share, in percent, of balanced images of other digits and colors that are seen as the color's digit; "
        f"before: by {target.name} as it is. The "
        "features are put in at their typical strength, carried over by the linear map between the two layers that "
        f"fits best ({_percent(explained)} of the variance of {target.name} explained on other images). random: as "
        f"many random features at the same strengths, {draws} draws. A dash: a color without a feature.",
        columns=(
            Column(name="color"),
            Column(name="digit"),
            Column(name="before"),
            Column(name=f"in {source.name}"),
            Column(name=f"in {target.name}"),
            Column(name="random"),
        ),
        rows=tuple(
            (name, int(digit), *(None if np.isnan(v) else float(v) for v in row))
            for name, digit, row in zip(names, DIGITS, rows, strict=True)
        ),
    )


def _not_injected() -> Text:
    return Text(
        name="injection",
        title="Color features carried over",
        paragraphs=(
            "Features are carried from one network to another where both layers are vectors without positions.",
        ),
    )


def _mean(values: NDArray[np.float64]) -> float | None:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if defined.size else None


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _percent(value: float | None, decimals: int = 1) -> str:
    return "–" if value is None or np.isnan(value) else f"{100 * value:.{decimals}f} %"
