"""The figures of an autoencoder: how good it is, what its features stand for, and how it was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lazytui.data.palettes import palette
from lazytui.figures.kinds import Cell, Column, Figure, Histogram, Lines, Matrix, Series, Table, Text
from lazytui.runs.saved_result import Result
from lazytui.sae.category_names import CATEGORIES

if TYPE_CHECKING:
    from lazytui.analyses.sae.params import SaeParams

_SHOWN = 24
_DENSITY_BINS = 24
_COSINE_BINS = 20


def overview(params: SaeParams, result: Result) -> list[Figure]:
    """What there is to see of the dictionary as a whole."""
    history = {
        name.removeprefix("history_"): column.astype(np.float64)
        for name, column in result.arrays.items()
        if name.startswith("history_")
    }
    return [
        _verdict(params, result),
        table(result),
        says(result),
        _colors(result),
        _quality(result),
        *curves(history),
        _densities(result),
        _cosines(result),
    ]


def curves(history: Mapping[str, NDArray[np.float64]]) -> list[Figure]:
    """The charts of a training, from its curves as columns, those that are there; also while it goes."""
    charts = [
        ("unexplained", "What is left unexplained while it trains", "share of variance", True),
        ("l0", "Active features a sample while it trains", "features", False),
        ("dead_share", "Features that weren't active since the point before", "share", False),
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
        note="On the samples it learns from, over the steps since the point before.",
        series=(Series(name=name.replace("_", " "), x=history["step"], y=history[name]),),
        x_label="step",
        y_label=y_label,
        log_y=log_y,
        low=None if log_y else 0.0,
    )


def category_of(result: Result, feature: int) -> str:
    return CATEGORIES[int(result.arrays["category"][feature])]


def favorite(result: Result, feature: int, cue: str) -> int:
    """The color or digit that it is most active for."""
    return int(result.arrays[f"{cue}_response"][feature].argmax())


def by_mass(result: Result) -> NDArray[np.int64]:
    """All features, those first that do most on average: strength x the share of images they are active on."""
    return np.argsort(-masses(result), kind="stable")


def masses(result: Result) -> NDArray[np.float64]:
    """(n,): what each feature does on average, over images that it is active on and such that it isn't."""
    strength, density = (result.arrays[name].astype(np.float64) for name in ("strength", "probe_density"))
    return np.asarray(strength * density)


def telling(result: Result, count: int) -> list[int]:
    """The features that are told of first: so many of each category that can be told of, by mass."""
    order = by_mass(result)
    each = ([int(f) for f in order if category_of(result, f) == name][:count] for name in CATEGORIES[:-1])
    return [feature for features in each for feature in features]


def _verdict(params: SaeParams, result: Result) -> Text:
    told, metrics = result.facts, result.metrics
    explained = 1 - (metrics["unexplained_variance"] or 0.0)
    counts = {name: int(metrics[f"{name}_features"] or 0) for name in CATEGORIES}
    kept = (
        f"With x_hat in its place the network is right on {_percent(metrics['easy_accuracy_reconstructed'])} of the "
        f"easy images (intact {_percent(metrics['easy_accuracy_intact'])}) and on "
        f"{_percent(metrics['hard_accuracy_reconstructed'])} of the hard ones (intact "
        f"{_percent(metrics['hard_accuracy_intact'])})."
    )
    if counts["dead"] == told["features"]:
        return Text(name="verdict", title="All features are dead", paragraphs=(all_dead(params), kept))
    return Text(
        name="verdict",
        title=f"The features of {told['layer']}",
        paragraphs=(
            f"{told['features']:,} features explain {100 * explained:.2f} % of the variance of {told['dimensions']:,} "
            f"dimensions with {metrics['l0']:.1f} of them active at a time; {_percent(metrics['dead_share'])} are "
            f"never active. {kept}",
            f"{counts['color']} stand for a color, {counts['digit']} for a digit, {counts['both']} for both, "
            f"{counts['mixed']} for neither (mixed), measured on {told['probe_images']:,} images that show every digit "
            f"in every color equally often; {counts['dead']} are active on none of them.",
            "A low error doesn't show that these are the network's own features: lazytui run sae-selfcheck measures "
            "how well each variant finds features that are known.",
        ),
    )


def all_dead(params: SaeParams) -> str:
    """Why nothing is active, and what to change."""
    price = f"a smaller --lam than {params.lam:g}" if params.lam is not None else "--variant topk"
    return (
        f"No feature is active on any image, so there is nothing to tell of. Try {price}, a smaller --lr than "
        f"{params.lr:g}, or more --steps than {params.steps}."
    )


def table(result: Result, labels: Mapping[int, str] | None = None, chosen: Sequence[int] | None = None) -> Table:
    """Features with what they stand for, those first that do most. labels: what a person calls them. chosen: which of
    them; by default every one."""
    names = palette(result.facts["palette"]).names
    chosen = by_mass(result).tolist() if chosen is None else chosen
    return Table(
        name="features",
        title=f"Every feature of the layer {result.facts['layer']}: what it stands for",
        note="density: share of the samples it learned from on which it is active, in percent. strength: mean "
        "activation where it is active. sel: mean activation for its favorite color or digit over the mean of all ten, "
        "1 to 10, on images that show every digit in every color equally often; it counts from 2, if no shuffling of "
        "the labels reaches it. cos: of the nearest other direction.",
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


def known(result: Result, labels: Mapping[int, str], feature: int) -> dict[str, Cell]:
    """What the table says of one feature, by name; density in percent."""
    names = palette(result.facts["palette"]).names
    columns = ("feature", "category", "density", "strength", "color", "color_selectivity", "digit", "digit_selectivity")
    told = dict(zip((*columns, "nearest_cosine"), _row(result, feature, names), strict=True))
    return {**told, "label": labels.get(feature)}


def _row(result: Result, feature: int, names: tuple[str, ...]) -> tuple[Cell, ...]:
    arrays = result.arrays
    dead = category_of(result, feature) == "dead"
    return (
        feature,
        category_of(result, feature),
        100 * float(arrays["density"][feature]),
        float(arrays["strength"][feature]),
        None if dead else names[favorite(result, feature, "color")],
        None if dead else float(arrays["color_selectivity"][feature]),
        None if dead else favorite(result, feature, "digit"),
        None if dead else float(arrays["digit_selectivity"][feature]),
        float(arrays["nearest_cosine"][feature, 0]),
    )


def says(result: Result) -> Table | Text:
    """What the features that do most add to each digit's logit."""
    title = "What features say to each digit's logit"
    if "effect" not in result.arrays:
        return Text(
            name="effects",
            title=title,
            paragraphs=("More than the head lies above this layer, so a direction adds no fixed amount to a logit.",),
        )
    names = palette(result.facts["palette"]).names
    chosen = [int(f) for f in by_mass(result)[:_SHOWN] if category_of(result, f) != "dead"]
    strength = result.arrays["strength"].astype(np.float64)
    return Table(
        name="effects",
        title=f"{title}, at their typical strength",
        note=f"strength x W_d . W_head, of the {len(chosen)} features that do most. For a color feature, look at the "
        "digit that wore its color.",
        columns=(
            Column(name="feature"),
            Column(name="category"),
            *(Column(name=f"{digit} {name}", decimals=2) for digit, name in enumerate(names)),
        ),
        rows=tuple(
            (f, category_of(result, f), *(float(v) for v in strength[f] * result.arrays["effect"][f])) for f in chosen
        ),
    )


def _colors(result: Result) -> Matrix:
    ten = palette(result.facts["palette"])
    chosen = by_mass(result)[:_SHOWN]
    response = result.arrays["color_response"][chosen].astype(np.float64)
    return Matrix(
        name="colors",
        title="Mean activation in each color, of the features that do most",
        note=f"{result.facts['probe_images']:,} images, every digit equally often in every color, so that what differs "
        "between columns is color alone. Each row is in percent of its largest value.",
        values=100 * response / np.maximum(response.max(1, keepdims=True), 1e-12),
        row_labels=tuple(f"{feature} {category_of(result, feature)}" for feature in chosen),
        column_labels=ten.names,
        row_axis="feature",
        column_axis="color",
        unit="%",
        column_colors=ten.colors,
    )


def _quality(result: Result) -> Table:
    metrics = result.metrics
    rows = []
    for split in ("easy", "hard"):
        for what, title in (("accuracy", "accuracy"), ("cross_entropy", "cross-entropy")):
            kept = metrics[f"{split}_{what}_recovered"]
            rows.append(
                (
                    f"{split} {title}",
                    metrics[f"{split}_{what}_intact"],
                    metrics[f"{split}_{what}_reconstructed"],
                    None if kept is None else 100 * kept,
                )
            )
    return Table(
        name="recovered",
        title="What the network says when x_hat stands in for the layer",
        note="recovered: of what is lost when the mean activation stands there, how much x_hat keeps.",
        columns=(
            Column(name="measure"),
            Column(name="intact", decimals=4),
            Column(name="with x_hat", decimals=4),
            Column(name="recovered", unit="%", decimals=2),
        ),
        rows=tuple(rows),
    )


def _densities(result: Result) -> Histogram:
    density = result.arrays["density"].astype(np.float64)
    floor = 1 / result.facts["samples"]
    edges = np.linspace(np.log10(floor), 0, _DENSITY_BINS + 1)
    counts, _ = np.histogram(np.log10(np.maximum(density[density > 0], floor)), edges)
    return Histogram(
        name="densities",
        title="On what share of the samples features are active",
        note=f"Powers of ten: -2 is one sample in a hundred. {int((density == 0).sum())} dead features aren't in it.",
        edges=edges,
        counts=counts.astype(np.int64),
        x_label="log10 of the share",
        unit="features",
    )


def _cosines(result: Result) -> Histogram:
    nearest = result.arrays["nearest_cosine"][:, 0].astype(np.float64)
    edges = np.linspace(min(0.0, float(nearest.min())), 1, _COSINE_BINS + 1)
    counts, _ = np.histogram(nearest, edges)
    return Histogram(
        name="cosines",
        title="How near the nearest other direction is",
        note="Cosine of each decoder row with its nearest neighbor; near 1, two features share one direction.",
        edges=edges,
        counts=counts.astype(np.int64),
        x_label="cosine",
        unit="features",
    )


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"
