"""The figures of an autoencoder: how good it is, what its features stand for, and how it was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import (
    Colors,
    class_cell,
    class_headings,
    columns_differ_by,
    in_or_with,
    of_probe,
)
from lazytui.analyses.sae.control_figures import control_table, controls_in_words, probing_table
from lazytui.analyses.sae.feature_page import feature_page
from lazytui.analyses.sae.geometry_figures import cosines, geometry
from lazytui.analyses.sae.result import SaeResult
from lazytui.counted_nouns import counted, with_article
from lazytui.figures.kinds import Cell, Column, Figure, Histogram, Lines, Matrix, Series, Table, Text
from lazytui.files.long_texts import long_text
from lazytui.sae.category_names import CATEGORIES, selective_from

if TYPE_CHECKING:
    from lazytui.analyses.sae.params import SaeParams

_SHOWN = 24
_DENSITY_BINS = 24


def figures(params: SaeParams, result: SaeResult) -> list[Figure]:
    """The dictionary as a whole, then a page for each of the features that do most."""
    all_figures = [
        _verdict(params, result),
        feature_table(result),
        logit_effects(result),
        *([_values(result)] if result.content.values else []),
        _classes(result),
        _recovery(result),
        *([control_table(result)] if result.controls else []),
        *([probing_table(result)] if result.probing else []),
        *(training_curves(vars(result.history)) if len(result.history.step) else []),
        _densities(result),
        cosines(result),
        *geometry(result),
    ]
    for feature in _most_active(result, params.pages):
        all_figures += feature_page(result, feature)
    return all_figures


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
    each = ([int(f) for f in result.by_mass if result.is_of(f, name)][:count] for name in CATEGORIES[:-1])
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
            *([_taken_from(params.saelens, result)] if params.saelens is not None else []),
            f"{_categories(result)}; {counted(result.dead_features, 'is', 'are')} active on none of them.",
            *([controls_in_words(result)] if result.controls else []),
            "A low error doesn't show that these are the network's own features: lazytui run sae-selfcheck measures "
            "how well each variant finds known features.",
        ),
    )


def _taken_from(folder: str, result: SaeResult) -> str:
    """The origin of an autoencoder that wasn't trained here, and whether it seems to be of another layer."""
    elsewhere = (
        " It explains less variance than the mean activation would: it may be of another network or layer."
        if (result.unexplained_variance or 0.0) > 1
        else ""
    )
    return f"It was loaded from {Path(folder).name}; nothing was trained here.{elsewhere}"


def _categories(result: SaeResult) -> str:
    content, mixed = result.content, result.mixed_features
    probe = of_probe(content, result.probe_images, repaintable=result.is_painted)
    if not content.values:
        return (
            f"{counted(result.label_features, 'stands', 'stand')} for {with_article(content.label)}, {mixed} for none "
            "(mixed), "
            f"measured on {probe}"
        )
    return (
        f"{counted(result.attribute_features, 'stands', 'stand')} for {with_article(content.attribute)}, "
        f"{result.label_features} for {with_article(content.label)}, {result.both_features} for both, {mixed} "
        f"for neither (mixed), measured on {probe}"
    )


def all_dead(params: SaeParams) -> str:
    """Why nothing is active, and what to change."""
    if params.saelens is not None:
        return "No feature is active on any image: it may be of another layer, or of activations on another scale."
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
    content = result.content
    chosen = result.by_mass.tolist() if chosen is None else chosen
    return Table(
        name="features",
        title=f"Features of {result.layer}",
        note=_about_features(result),
        columns=(
            Column(name="feature"),
            Column(name="category"),
            Column(name="density", decimals=1),
            Column(name="strength", decimals=2),
            *([Column(name=content.attribute), Column(name="sel", decimals=2)] if content.values else []),
            Column(name=content.label),
            Column(name="sel", decimals=2),
            Column(name="cos", decimals=2),
            *([Column(name="label")] if labels else []),
        ),
        rows=tuple((*_row(result, feature), *([labels.get(feature, "")] if labels else [])) for feature in chosen),
    )


def _about_features(result: SaeResult) -> str:
    content = result.content
    if content.label == "digit" and content.attribute == "color":
        return long_text("notes", "sae-features")
    sides = [(content.label, len(content.classes))]
    if content.values:
        sides.insert(0, (content.attribute, len(content.values)))
    return long_text("notes", "sae-features-any").format(
        favorites=" or ".join(name for name, _ in sides),
        most=" and ".join(str(count) for _, count in sides),
        probe=of_probe(content, result.probe_images, repaintable=result.is_painted),
        least=" and ".join(f"{selective_from(count):.3g}" for _, count in sides),
    )


def feature_record(result: SaeResult, labels: Mapping[int, str], feature: int) -> dict[str, Cell]:
    """What the table says of one feature, by name; density in percent."""
    content = result.content
    columns = ["feature", "category", "density", "strength"]
    for name in ([content.attribute] if content.values else []) + [content.label]:
        columns += [name, f"{name}_selectivity"]
    cells = dict(zip((*columns, "nearest_cosine"), _row(result, feature), strict=True))
    return {**cells, "label": labels.get(feature)}


def _row(result: SaeResult, feature: int) -> tuple[Cell, ...]:
    dead = result.is_of(feature, "dead")
    favorites: list[Cell] = []
    if result.content.values:
        favorites = [result.favorite_value(feature), float(result.attribute_selectivity[feature])]
    favorites += [
        class_cell(result.content, result.favorite_label(feature)),
        float(result.label_selectivity[feature]),
    ]
    return (
        feature,
        result.category_of(feature),
        100 * float(result.density[feature]),
        float(result.strength[feature]),
        *([None] * len(favorites) if dead else favorites),
        float(result.nearest_cosine[feature, 0]),
    )


def logit_effects(result: SaeResult) -> Table | Text:
    """What the features that do most add to each class's logit."""
    title = "Effect of features on each logit"
    effect = result.typical_effect
    if effect is None:
        return Text(
            name="effects",
            title=title,
            paragraphs=("More than the head lies above this layer, and an early version didn't measure what follows.",),
        )
    content = result.content
    chosen = [int(f) for f in result.by_mass[:_SHOWN] if not result.is_of(f, "dead")]
    expected = (
        f" A {content.attribute} feature should raise the logit of that {content.attribute}'s {content.label}."
        if content.values
        else ""
    )
    return Table(
        name="effects",
        title=f"{title}, at their typical strength",
        note=f"strength x {_effect(result)}, of the {len(chosen)} features with the largest mean activation.{expected}",
        columns=(
            Column(name="feature"),
            Column(name="category"),
            *(Column(name=heading, decimals=2) for heading in class_headings(content)),
        ),
        rows=tuple(
            (f, result.category_of(f), *(float(v) if np.isfinite(v) else None for v in effect[f])) for f in chosen
        ),
    )


def _effect(result: SaeResult) -> str:
    if result.effect_by_gradient:
        return "W_d . d logit / d activation (to first order: the gradient, weighted by the feature's activation)"
    return "W_d . W_head"


def _values(result: SaeResult) -> Matrix:
    content = result.content
    title = f"Mean activation {in_or_with(content)} each {content.attribute}"
    means, named = result.attribute_response, (content.attribute, content.values)
    return _responses(result, means, named, "colors", title, content.attribute, result.value_colors)


def _classes(result: SaeResult) -> Matrix:
    content = result.content
    title, cue = f"Mean activation for each {content.label}", "shape" if content.label == "digit" else content.label
    return _responses(result, result.label_response, (content.label, content.classes), "digits", title, cue)


def _responses(
    result: SaeResult,
    responses: NDArray[np.float32],
    columns: tuple[str, tuple[str, ...]],
    name: str,
    title: str,
    cue: str,
    colors: Colors = (),
) -> Matrix:
    """Of the features that do most. responses: (n, k), by value or by class; columns: what these are called, all of
    them and each. cue: what columns differ by."""
    note = columns_differ_by(result.content, cue, result.probe_images, repaintable=result.is_painted)
    chosen = result.by_mass[:_SHOWN]
    response = responses[chosen].astype(np.float64)
    return Matrix(
        name=name,
        title=f"{title}, most active features",
        note=f"{note} In percent of each row's maximum.",
        values=100 * response / np.maximum(response.max(1, keepdims=True), 1e-12),
        row_labels=tuple(f"{feature} {result.category_of(feature)}" for feature in chosen),
        column_labels=columns[1],
        row_axis="feature",
        column_axis=columns[0],
        unit="%",
        column_colors=colors,
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


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"
