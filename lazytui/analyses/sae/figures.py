"""The figures of an autoencoder: how good it is, what its features stand for, and how it was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.sae.feature_page import feature_page
from lazytui.analyses.sae.result import SaeResult
from lazytui.counted_nouns import counted
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Cell, Column, Figure, Histogram, Interval, Lines, Matrix, Series, Table, Text
from lazytui.files.long_texts import long_text
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.feature_geometry import MOST_MEASURED, PAIRS

if TYPE_CHECKING:
    from lazytui.analyses.sae.params import SaeParams

_SHOWN = 24
_DENSITY_BINS = 24
_COSINE_BINS = 20


def figures(params: SaeParams, result: SaeResult) -> list[Figure]:
    """The dictionary as a whole, then a page for each of the features that do most."""
    found = [
        _verdict(params, result),
        feature_table(result),
        logit_effects(result),
        _colors(result),
        _digits(result),
        _recovery(result),
        *training_curves(vars(result.history)),
        _densities(result),
        _cosines(result),
        *_geometry(result),
    ]
    for feature in _most_active(result, params.pages):
        found += feature_page(result, feature)
    return found


def training_curves(history: Mapping[str, NDArray[np.float64]]) -> list[Figure]:
    """The charts of a training, from its curves as columns, those that are there; also while it runs."""
    charts = [
        ("unexplained", "Fraction of variance unexplained", "share of variance", True),
        ("l0", "L0", "active features per sample", False),
        ("dead_share", "Dead features since the previous point", "share", False),
    ]
    return [
        _curve(history, name, title, y_label, log_y=log_y) for name, title, y_label, log_y in charts if name in history
    ]


def _curve(
    history: Mapping[str, NDArray[np.float64]], name: str, title: str, y_label: str, *, log_y: bool = False
) -> Lines:
    return Lines(
        name=name.replace("_", "-"),
        title=title,
        note="On training samples, over the steps since the previous point.",
        series=(Series(name=name.replace("_", " "), x=history["step"], y=history[name]),),
        x_label="step",
        y_label=y_label,
        log_y=log_y,
        low=None if log_y else 0.0,
    )


def _most_active(result: SaeResult, count: int) -> list[int]:
    """The features that get a page: of each category but the dead so many with the largest mean activation."""
    each = ([int(f) for f in result.by_mass if result.category_of(f) == name][:count] for name in CATEGORIES[:-1])
    return [feature for features in each for feature in features]


def _verdict(params: SaeParams, result: SaeResult) -> Text:
    easy, hard = result.easy, result.hard
    recovery = (
        f"With x_hat in place of the layer the network is right on {_percent(easy.accuracy_reconstructed)} of easy "
        f"images (intact {_percent(easy.accuracy_intact)}) and on {_percent(hard.accuracy_reconstructed)} of hard ones "
        f"(intact {_percent(hard.accuracy_intact)})."
    )
    if result.dead_features == result.features:
        return Text(name="verdict", title="All features are dead", paragraphs=(all_dead(params), recovery))
    explained = 1 - (result.unexplained_variance or 0.0)
    return Text(
        name="verdict",
        title=f"The features of {result.layer}",
        paragraphs=(
            f"{counted(result.features, 'feature explains', 'features explain')} {100 * explained:.2f} % of the "
            f"variance of {result.dimensions:,} "
            f"dimensions with {result.l0:.1f} of them active at a time; {_percent(result.dead_share)} are never "
            f"active. {recovery}",
            f"{counted(result.color_features, 'stands', 'stand')} for a color, {result.digit_features} for a digit, "
            f"{result.both_features} "
            f"for both, {result.mixed_features} for neither (mixed), measured on {result.probe_images:,} images that "
            f"show every digit in every color equally often; {counted(result.dead_features, 'is', 'are')} active on "
            "none of them.",
            "A low error doesn't show that these are the network's own features: lazytui run sae-selfcheck measures "
            "how well each variant finds known features.",
        ),
    )


def all_dead(params: SaeParams) -> str:
    """Why nothing is active, and what to change."""
    lam = params.chosen_options.get("lam")
    price = f"a smaller --lam than {lam:g}" if lam else "--variant topk"
    return (
        f"No feature is active on any image. Try {price}, a smaller --lr than "
        f"{params.lr:g}, or more --steps than {params.steps}."
    )


def feature_table(
    result: SaeResult, labels: Mapping[int, str] | None = None, chosen: Sequence[int] | None = None
) -> Table:
    """Features with what they stand for, those first that do most. labels: what a person calls them. chosen: which of
    them; by default every one."""
    names = result.palette.names
    chosen = result.by_mass.tolist() if chosen is None else chosen
    return Table(
        name="features",
        title=f"Features of {result.layer}",
        note=long_text("notes", "sae-features"),
        columns=(
            Column(name="feature"),
            Column(name="category"),
            Column(name="density", decimals=1),
            Column(name="strength", decimals=2),
            Column(name="color"),
            Column(name="sel", decimals=2),
            Column(name="digit"),
            Column(name="sel", decimals=2),
            Column(name="cos", decimals=2),
            *([Column(name="label")] if labels else []),
        ),
        rows=tuple(
            (*_row(result, feature, names), *([labels.get(feature, "")] if labels else [])) for feature in chosen
        ),
    )


def feature_record(result: SaeResult, labels: Mapping[int, str], feature: int) -> dict[str, Cell]:
    """What the table says of one feature, by name; density in percent."""
    names = result.palette.names
    columns = ("feature", "category", "density", "strength", "color", "color_selectivity", "digit", "digit_selectivity")
    cells = dict(zip((*columns, "nearest_cosine"), _row(result, feature, names), strict=True))
    return {**cells, "label": labels.get(feature)}


def _row(result: SaeResult, feature: int, names: tuple[str, ...]) -> tuple[Cell, ...]:
    dead = result.category_of(feature) == "dead"
    return (
        feature,
        result.category_of(feature),
        100 * float(result.density[feature]),
        float(result.strength[feature]),
        None if dead else names[result.favorite_color(feature)],
        None if dead else float(result.color_selectivity[feature]),
        None if dead else result.favorite_digit(feature),
        None if dead else float(result.digit_selectivity[feature]),
        float(result.nearest_cosine[feature, 0]),
    )


def logit_effects(result: SaeResult) -> Table | Text:
    """What the features that do most add to each digit's logit."""
    title = "Effect of features on each logit"
    effect = result.typical_effect
    if effect is None:
        return Text(
            name="effects",
            title=title,
            paragraphs=("More than the head lies above this layer, and an early version didn't measure what follows.",),
        )
    names = result.palette.names
    chosen = [int(f) for f in result.by_mass[:_SHOWN] if result.category_of(f) != "dead"]
    return Table(
        name="effects",
        title=f"{title}, at their typical strength",
        note=f"strength x {_effect(result)}, of the {len(chosen)} features with the largest mean activation. A color "
        "feature should raise the logit of that color's digit.",
        columns=(
            Column(name="feature"),
            Column(name="category"),
            *(Column(name=f"{digit} {name}", decimals=2) for digit, name in enumerate(names)),
        ),
        rows=tuple(
            (f, result.category_of(f), *(float(v) if np.isfinite(v) else None for v in effect[f])) for f in chosen
        ),
    )


def _effect(result: SaeResult) -> str:
    if result.effect_by_gradient:
        return "W_d . d logit / d activation (to first order: the gradient, weighted by the feature's activation)"
    return "W_d . W_head"


def _colors(result: SaeResult) -> Matrix:
    ten = result.palette
    note = (
        f"{result.probe_images:,} images, every digit equally often in every color, so columns differ by color alone."
    )
    matrix = _responses(result, result.color_response, "colors", "Mean activation in each color", note)
    return replace(matrix, column_labels=ten.names, column_axis="color", column_colors=ten.colors)


def _digits(result: SaeResult) -> Matrix:
    note = (
        f"{result.probe_images:,} images, every digit equally often in every color, so columns differ by shape alone."
    )
    return _responses(result, result.digit_response, "digits", "Mean activation for each digit", note)


def _responses(result: SaeResult, responses: NDArray[np.float32], name: str, title: str, note: str) -> Matrix:
    """Of the features that do most. responses: (n, 10), by color or by digit."""
    chosen = result.by_mass[:_SHOWN]
    response = responses[chosen].astype(np.float64)
    return Matrix(
        name=name,
        title=f"{title}, most active features",
        note=f"{note} In percent of each row's maximum.",
        values=100 * response / np.maximum(response.max(1, keepdims=True), 1e-12),
        row_labels=tuple(f"{feature} {result.category_of(feature)}" for feature in chosen),
        column_labels=DIGITS,
        row_axis="feature",
        column_axis="digit",
        unit="%",
    )


def _recovery(result: SaeResult) -> Table:
    rows = []
    for name, split in (("easy", result.easy), ("hard", result.hard)):
        rows += [
            (f"{name} accuracy", split.accuracy_intact, split.accuracy_reconstructed, split.accuracy_recovered),
            (
                f"{name} cross-entropy",
                split.cross_entropy_intact,
                split.cross_entropy_reconstructed,
                split.cross_entropy_recovered,
            ),
        ]
    return Table(
        name="recovered",
        title="The network with x_hat in place of the layer",
        note="recovered: how much x_hat keeps of what is lost with the mean activation in its place.",
        columns=(
            Column(name="measure"),
            Column(name="intact", decimals=4),
            Column(name="with x_hat", decimals=4),
            Column(name="recovered", unit="%", decimals=2),
        ),
        rows=tuple((*row, None if kept is None else 100 * kept) for *row, kept in rows),
    )


def _densities(result: SaeResult) -> Histogram:
    density = result.density.astype(np.float64)
    floor = 1 / result.samples
    edges = np.linspace(np.log10(floor), 0, _DENSITY_BINS + 1)
    counts, _ = np.histogram(np.log10(np.maximum(density[density > 0], floor)), edges)
    return Histogram(
        name="densities",
        title="Density of the features",
        note=f"Powers of ten: -2 is one sample in a hundred. {int((density == 0).sum())} dead features aren't in it.",
        edges=edges,
        counts=counts.astype(np.int64),
        x_label="log10 of the share",
        unit="features",
    )


def _cosines(result: SaeResult) -> Histogram:
    nearest = result.nearest_cosine[:, 0].astype(np.float64)
    edges = np.linspace(min(0.0, float(nearest.min())), 1, _COSINE_BINS + 1)
    counts, _ = np.histogram(nearest, edges)
    return Histogram(
        name="cosines",
        title="Cosine of the nearest other direction",
        note="Of each decoder row with its nearest neighbor; near 1, two features share one direction.",
        edges=edges,
        counts=counts.astype(np.int64),
        x_label="cosine",
        unit="features",
    )


def _geometry(result: SaeResult) -> list[Figure]:
    """Whether features of one color lie together, and whether color is orthogonal to shape."""
    found = result.geometry
    if found is None:
        return []
    table = Table(
        name="geometry",
        title="Do features of one color lie together, and is color orthogonal to shape?",
        note="|cos|: mean over pairs of features of the absolute cosine of their directions, 0 where they are "
        f"orthogonal, of the {MOST_MEASURED} features that do most. shuffled: the same with shuffled labels (favorite "
        "colors among color features, favorite digits among digit features, and which are which among both), with its "
        "central 95 %. p: two-sided, of 1,000 shuffles.",
        columns=(
            Column(name="pairs"),
            Column(name="count"),
            Column(name="|cos|", decimals=3),
            Column(name="shuffled", decimals=3),
            Column(name="95 %", decimals=3),
            Column(name="p", decimals=3),
        ),
        rows=tuple(
            (
                name,
                int(found.count[row]),
                float(found.mean[row]),
                float(found.shuffled[row]),
                Interval(float(low), float(high)) if np.isfinite([low, high]).all() else None,
                float(found.p[row]),
            )
            for row, (name, low, high) in enumerate(zip(PAIRS, found.low, found.high, strict=True))
        ),
    )
    if not len(found.shown):
        return [table]
    names = tuple(f"{feature} {_favorite(result, int(feature))}" for feature in found.shown)
    matrix = Matrix(
        name="feature-cosines",
        title="Cosine of the directions of features",
        note=f"The {len(names)} features with the largest mean activation, by category and by the color or digit that "
        "they are most active for. Blocks on the diagonal: features of one color that share a direction.",
        values=found.cosine.astype(np.float64),
        row_labels=names,
        column_labels=tuple(str(feature) for feature in found.shown),
        row_axis="feature",
        column_axis="feature",
        decimals=1,
        low=-1.0,
        high=1.0,
    )
    return [table, matrix]


def _favorite(result: SaeResult, feature: int) -> str:
    digit = result.category_of(feature) == "digit"
    return str(result.favorite_digit(feature)) if digit else result.palette.names[result.favorite_color(feature)]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"
