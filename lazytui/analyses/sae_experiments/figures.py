"""What came of editing features, in words first, then each experiment beside random features and other networks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import Colors, class_cell, in_or_with
from lazytui.analyses.gradcam.map_pictures import overlay
from lazytui.analyses.sae_experiments.params import SaeExperimentsParams
from lazytui.analyses.sae_experiments.result import (
    FeatureTransfer,
    NetworkEdits,
    SaeExperimentsResult,
    SeedStability,
    SplitEdits,
)
from lazytui.analyses.train.figures import chance
from lazytui.counted_nouns import counted
from lazytui.data.content import NO_CLASS, Content
from lazytui.figures.kinds import Bars, Column, Figure, Lines, Matrix, Pixels, Reference, Series, Table, Text
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.edits.dose_response import FACTORS

_SINGLE = 24


def figures(params: SaeExperimentsParams, result: SaeExperimentsResult) -> list[Figure]:
    """All experiments, in the order of reading."""
    draws, networks, several, content = params.draws, result.networks, len(result.networks) > 1, result.content
    all_figures: list[Figure] = [_verdict(draws, result)]
    if result.stability:
        all_figures.append(_seed_stability(result.stability))
    if content.values:
        all_figures += [_bulk(draws, result), _dose(networks, content)]
    for number, network in enumerate(networks):
        slug, suffix = "-against" * number, f" ({network.name})" if several else ""
        all_figures += [
            *([_swaps(network, content, result.value_colors, slug, suffix)] if content.values else []),
            _single(network, slug, suffix),
            *(_saliency(network, content, slug, suffix) if content.values else []),
        ]
    if several and not result.stability and content.values:
        all_figures.append(_transfer(draws, result, result.transfer))
    return all_figures


def _verdict(draws: int, result: SaeExperimentsResult) -> Text:
    content = result.content
    if not content.values:
        return _without_attribute(result)
    sentences = [sentence for network in result.networks for sentence in _summary(draws, network, content)]
    if result.samples:
        images = ", ".join(f"{number:,} {split}" for split, number in result.samples.items())
        sentences.append(f"Measured on {images} images; an evaluation counts every image of a split.")
    return Text(
        name="verdict",
        title=f"Effect of the {content.attribute} features",
        note=f"{content.attribute.capitalize()} feature: selective for one {content.attribute} and for no "
        f"{content.label}. Ablated: its activation is 0; what the "
        "autoencoder doesn't explain of the layer stays as it is.",
        paragraphs=tuple(sentences),
    )


def _without_attribute(result: SaeExperimentsResult) -> Text:
    each = ", ".join(
        f"{network.name} {_percent(network.easy.intact)} of easy and {_percent(network.hard.intact)} of hard images"
        for network in result.networks
    )
    return Text(
        name="verdict",
        title="Effect of single features",
        paragraphs=(
            "No attribute of these images is known, so no features stand for one: they are ablated one by one, and "
            f"not swapped or transferred. Intact, right on: {each}.",
        ),
    )


def _summary(draws: int, network: NetworkEdits, content: Content) -> Iterator[str]:
    label, attribute = content.label, content.attribute
    if not network.attribute_features:
        yield f"{network.name}: no feature of {network.layer} stands for a {attribute} alone, so nothing was ablated."
        return
    mass, whole = network.hard.mass
    yield (
        f"{network.name}: with its {counted(network.attribute_features, f'{attribute} feature')} ablated "
        f"({_percent(mass / whole)} of all "
        f"activity on hard images), {_change('hard', network.hard)}; {_change('easy', network.easy)}. With these "
        f"features alone, all others ablated, it is right on {_percent(network.easy.color_alone)} of easy and "
        f"{_percent(network.hard.color_alone)} of hard images."
    )
    yield (
        f"Controls are matched in activation mass, {draws} draws each, with a 95 % prediction interval. Random "
        "directions: the same activations removed along random directions. Random sets: other features with the same "
        f"total activation, {_pool(network, attribute)}."
    )
    if network.removal_score is None:
        yield "Its accuracy isn't below a linear probe's on balanced data, so there is no removal score."
    else:
        yield (
            f"Removal score {network.removal_score:.2f} (random directions "
            f"{_number(network.removal_score_directions)}): ablating the {attribute} features closes "
            f"{100 * network.removal_score:.0f} % of the gap to a linear probe on balanced data. Intact "
            f"{_percent(network.balanced.intact)}, ablated {_percent(network.balanced.without_color)}, probe "
            f"{_percent(network.balanced_head)}."
        )
    if network.swap_after_mean is not None:
        yield (
            f"With one {attribute}'s features swapped for another's, {_percent(network.swap_after_mean)} of images of "
            f"other {content.labels} are classified as the new {attribute}'s {label}; "
            f"{_percent(network.swap_before_mean)} before, "
            f"{_percent(network.swap_random_mean)} with random features of the same mass."
        )


def _change(name: str, split: SplitEdits) -> str:
    """`hard accuracy rises from 3.7 % to 41.3 %, above the band of random directions (...) and ...`"""
    intact, ablated = _defined(split.intact), _defined(split.without_color)
    moved = "rises" if ablated > intact else "falls" if ablated < intact else "stays"
    beside = " and ".join(
        _beside(ablated, title, mean, low, high) for title, mean, low, high in _controls(split) if mean is not None
    )
    return f"{name} accuracy {moved} from {_percent(intact)} to {_percent(ablated)}, {beside}"


def _controls(split: SplitEdits) -> list[tuple[str, float | None, float | None, float | None]]:
    """Title, mean and band of each."""
    return [
        ("random directions", split.directions, split.directions_low, split.directions_high),
        ("random sets", split.random, split.random_low, split.random_high),
    ]


def _beside(ablated: float, title: str, mean: float | None, low: float | None, high: float | None) -> str:
    where = "above" if ablated > _defined(high) else "below" if ablated < _defined(low) else "within"
    return f"{where} the band of {title} ({_percent(mean)}, {_percent(low)} to {_percent(high)})"


def _pool(network: NetworkEdits, attribute: str) -> str:
    none = [name for name, split in network.splits.items() if split.random is None]
    if none:
        return f"which don't exist on {' and '.join(none)} images, where {attribute} features are most of all activity"
    return f"drawn from the {int(network.hard.pool[0])} living features that don't stand for a {attribute}"


def _bulk(draws: int, result: SaeExperimentsResult) -> Bars:
    """Accuracies intact, without the features of values, and without random ones, on each split of each network."""
    labels, values, intervals = [], [], []
    networks, content = result.networks, result.content
    attribute = content.attribute
    for network in networks:
        for name, split in network.splits.items():
            measured = [
                ("intact", split.intact, None, None),
                (f"without {attribute}", split.without_color, None, None),
                (f"{attribute} alone", split.color_alone, None, None),
                *_controls(split),
            ]
            for title, value, low, high in measured:
                if value is None:
                    continue
                labels.append(f"{network.name}: {name}, {title}" if len(networks) > 1 else f"{name}, {title}")
                values.append(value)
                intervals.append(np.clip([_defined(low), _defined(high)], 0, 1))
    return Bars(
        name="bulk",
        title=f"Accuracy without {attribute} features, and without random features of the same mass",
        note=f"{attribute} alone: without all other features. Random controls: {draws} draws, with a 95 % prediction "
        f"interval. balanced: {_balanced(result)}.",
        labels=tuple(labels),
        values=100 * np.array(values),
        unit="%",
        high=100.0,
        intervals=100 * np.array(intervals, dtype=np.float64).reshape(-1, 2),
        references=(Reference(name="chance", value=100 / len(content.classes)),),
    )


def _balanced(result: SaeExperimentsResult) -> str:
    content = result.content
    if not result.value_colors:
        return "as many of each group that there is"
    return f"every {content.label} {in_or_with(content)} every {content.attribute} equally often"


def _dose(networks: tuple[NetworkEdits, ...], content: Content) -> Lines:
    attribute = content.attribute
    series = []
    for network in networks:
        suffix = f" ({network.name})" if len(networks) > 1 else ""
        for column, title in enumerate(("easy accuracy", "hard accuracy", f"{attribute}-follow rate")):
            series.append(Series(name=f"{title}{suffix}", x=np.array(FACTORS), y=network.dose[:, column]))
    return Lines(
        name="dose-response",
        title=f"Dose-response of all {attribute} features",
        note=f"1: the network as it is, 0: {attribute} features ablated. {attribute}-follow rate: share of conflicting "
        f"hard images classified as the {attribute}'s {content.label}.",
        series=tuple(series),
        x_label="factor",
        y_label="share",
        low=0.0,
        high=1.0,
        references=(chance(content),),
    )


def _swaps(network: NetworkEdits, content: Content, colors: Colors, slug: str, suffix: str) -> Matrix:
    attribute = content.attribute
    return Matrix(
        name=f"swap{slug}",
        title=f"{attribute.capitalize()} features swapped: classified as the new {attribute}'s {content.label}{suffix}",
        note=f"Row: the image's {attribute}, whose features are removed. Column: the {attribute} whose features are "
        f"added at their typical strength. Images of other {content.labels} than the column's. Before: "
        f"{_percent(network.swap_before_mean)} on average; random features of the same mass: "
        f"{_percent(network.swap_random_mean)}. A dash: a {attribute} without a feature.",
        values=100 * network.swap_after,
        row_labels=content.values,
        column_labels=content.values,
        row_axis=f"own {attribute}",
        column_axis="added",
        unit="%",
        low=0.0,
        high=100.0,
        row_colors=colors,
        column_colors=colors,
    )


def _single(network: NetworkEdits, slug: str, suffix: str) -> Table:
    """The features whose ablation alone changes most."""
    intact = np.array([_defined(network.easy.intact), _defined(network.hard.intact)])
    changes = 100 * (network.single_accuracy - intact)
    order = np.argsort(-np.abs(changes).max(1), kind="stable")[:_SINGLE]
    return Table(
        name=f"single{slug}",
        title=f"One feature ablated: largest changes{suffix}",
        note=f"Change of accuracy, in points, of the {len(changes)} most active features.",
        columns=(Column(name="feature"), Column(name="easy", decimals=2), Column(name="hard", decimals=2)),
        rows=tuple((int(network.single[index]), float(changes[index, 0]), float(changes[index, 1])) for index in order),
    )


def _saliency(network: NetworkEdits, content: Content, slug: str, suffix: str) -> list[Pixels]:
    saliency = network.saliency
    if saliency is None:
        return []
    size = saliency.images.shape[1:3]
    before, after = overlay(saliency.before, False, *size), overlay(saliency.after, False, *size)
    captions = [
        *(f"a {content.classes[label]}" for label in saliency.labels),
        *(f"→ {content.classes[guess]}" for guess in saliency.predicted_before),
        *(f"→ {content.classes[guess]}" for guess in saliency.predicted_after),
    ]
    where = "stroke" if content.label == "digit" else "object"
    energy = (
        f"Share of the evidence on the {where}: {_percent(_mean(saliency.energy_before))} "
        f"before, {_percent(_mean(saliency.energy_after))} after, on hard images. "
    )
    if not np.isfinite(saliency.energy_before).any():
        energy = "Where the objects are isn't known. "
    return [
        Pixels(
            name=f"gaze{slug}",
            title=f"Grad-CAM before and after ablating the {content.attribute} features{suffix}",
            note=f"Of the predicted class. {energy}A map can't separate {content.attribute} from "
            f"{'shape' if content.label == 'digit' else content.label}.",
            images=np.concatenate([saliency.images] * 3),
            columns=len(saliency.images),
            captions=tuple(captions),
            row_labels=("image", "before", "after"),
            overlay=np.concatenate([np.full_like(before, np.nan), before, after]),
        )
    ]


def _seed_stability(agreement: SeedStability) -> Table:
    """Which feature of the second each strong feature of the first is."""
    matched = agreement.matched_cosine
    stability = (
        ""
        if matched is None
        else f" Stability (mean |cosine| of all living features, matched one to one): {matched:.2f}."
    )
    return Table(
        name="agreement",
        title="Seed stability: do two autoencoders of one layer find the same features?",
        note=f"Of the {len(agreement.partners)} most active features of each, {_percent(agreement.same_category)} have "
        "the category of the other's nearest feature by direction; with random partners "
        f"{_percent(agreement.same_category_by_chance)}. Mean cosine: {_number(agreement.mean_cosine)}.{stability} "
        "Rows: the first's.",
        columns=(
            Column(name="feature"),
            Column(name="category"),
            Column(name="partner"),
            Column(name="its category"),
            Column(name="cosine", decimals=2),
        ),
        rows=tuple(
            (int(mine), CATEGORIES[category], int(theirs), CATEGORIES[its], float(cosine))
            for (mine, category, theirs, its), cosine in zip(agreement.partners, agreement.cosines, strict=True)
        ),
    )


def _transfer(draws: int, result: SaeExperimentsResult, transfer: FeatureTransfer | None) -> Table | Text:
    (source, target), content = result.networks, result.content
    label, attribute = content.label, content.attribute
    if transfer is None or transfer.shares is None:
        return Text(
            name="injection",
            title="Feature transfer",
            paragraphs=("Features can be transferred between layers that are vectors without positions.",),
        )
    shares = transfer.shares
    rows = zip(*(100 * each for each in (shares.before, shares.source, shares.target, shares.random)), strict=True)
    return Table(
        name="injection",
        title=f"Feature transfer: {attribute} features of {source.name} added in {target.name}",
        note=f"Percent of balanced images of other {content.labels} and {attribute}s classified as the {attribute}'s "
        f"{label}; before: by "
        f"{target.name} as it is. Features are added at their typical strength, through the linear map between the two "
        f"layers ({_percent(transfer.explained)} of the variance of {target.name} explained on other images). random: "
        f"as many random features at the same strengths, {draws} draws. A dash: a {attribute} without a feature.",
        columns=(
            Column(name=attribute),
            Column(name=label),
            Column(name="before"),
            Column(name=f"in {source.name}"),
            Column(name=f"in {target.name}"),
            Column(name="random"),
        ),
        rows=tuple(
            (name, _class_of(content, number), *(None if np.isnan(share) else float(share) for share in row))
            for number, (name, row) in enumerate(zip(content.values, rows, strict=True))
        ),
    )


def _class_of(content: Content, value: int) -> int | str | None:
    """What a value is aligned with, as in a table."""
    label = content.aligned[value]
    return None if label == NO_CLASS else class_cell(content, label)


def _mean(values: NDArray[np.float64]) -> float | None:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if defined.size else None


def _defined(value: float | None) -> float:
    return float("nan") if value is None else value


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _percent(value: float | None, decimals: int = 1) -> str:
    return "–" if value is None or np.isnan(value) else f"{100 * value:.{decimals}f} %"
