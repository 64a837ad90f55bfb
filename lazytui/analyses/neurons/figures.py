"""The figures of a whole layer's neurons: who is what, what happens without them, what they like, how they relate."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.colors import diverging_colors
from lazytui.figures.kinds import Column, Figure, Lines, Matrix, Pixels, Reference, Series, Table, Text
from lazytui.neurons.role_names import ROLES
from lazytui.runs.saved_result import Result

PLURALS = ("traitors", "heroes", "mixed", "silent", "flat")
"""Many neurons of each role, in the order of ROLES."""

_SHOWN = 16
_LINES = 6
_MAPS = 64
_CHANCE = Reference(name="chance", value=0.1)
STAND_IN = {"mean": "replaced by their mean activation", "zero": "set to zero"}


def overview(ablate: str, result: Result) -> list[Figure]:
    """What there is to see of the layer as a whole. ablate: what stood in for neurons in the ordered ablations."""
    figures: list[Figure | None] = [
        _verdict(ablate, result),
        table(result),
        effects(result),
        polysemanticity(result),
        *(_curves(split, ablate, result) for split in ("hard", "easy")),
        _colors(result),
        _preferred(result),
        _class_images(result),
        _inverted(result),
        _filters(result),
        _feature_maps(result),
        _relations(result),
        _spectrum(result),
        *_through_training(result),
    ]
    return [figure for figure in figures if figure is not None]


def excess(result: Result) -> NDArray[np.float64]:
    """(C,) bits: how much more a neuron tells of the color than of the digit."""
    color, digit = (result.arrays[f"{cue}_information"].astype(np.float64) for cue in ("color", "digit"))
    return color - digit


def characters(result: Result, count: int) -> list[int]:
    """The neurons that are told of first: so many of the traitors with the largest excess, then of the heroes."""
    order = np.argsort(-excess(result), kind="stable")
    role = result.arrays["role"].astype(np.int64)
    traitors = [int(neuron) for neuron in order if role[neuron] == ROLES.index("traitor")]
    heroes = [int(neuron) for neuron in order[::-1] if role[neuron] == ROLES.index("hero")]
    return traitors[:count] + heroes[:count]


def role_of(result: Result, neuron: int) -> str:
    return ROLES[int(result.arrays["role"][neuron])]


def color_names(result: Result) -> tuple[str, ...]:
    return palette(result.facts["palette"]).names


def _verdict(ablate: str, result: Result) -> Text:
    told, metrics = result.facts, result.metrics
    counts = {name: int(metrics[name] or 0) for name in PLURALS}
    rest = ", ".join(f"{counts[name]} {name}" for name in PLURALS[2:])
    return Text(
        name="verdict",
        title=f"The neurons of {told['layer']}: traitors and heroes",
        paragraphs=(
            f"Of {int(metrics['neurons'] or 0)} neurons {counts['traitors']} tell more of the color than of the digit "
            f"(traitors) and {counts['heroes']} more of the digit (heroes), by more than the 95 % error of the "
            f"difference; {rest}. "
            f"Measured on {told['probe_images']:,} images that show every digit in every color equally often.",
            _without(ablate, result),
        ),
    )


def _without(ablate: str, result: Result) -> str:
    """Whether hard accuracy rises without the traitors, with what happens without any others."""
    arrays, metrics = result.arrays, result.metrics
    traitors, random = (arrays[name].astype(np.float64) for name in ("hard_traitors_first", "hard_random"))
    area, peaks = random.mean(1), random.max(1)
    return (
        f"Intact, the network is right on {_percent(metrics['hard_intact'])} of {result.facts['samples']['hard']:,} "
        f"hard images; with all of its {int(arrays['ablated'][-1])} active neurons {STAND_IN[ablate]}, on "
        f"{_percent(traitors[-1])}. "
        f"Averaged over the stages between, hard accuracy is {_percent(metrics['hard_without_traitors'])} if the worst "
        f"traitors go first, {_percent(metrics['hard_without_heroes'])} if they go last, and "
        f"{_percent(metrics['hard_without_random'])} in random order (20 draws, {_percent(area.min())} to "
        f"{_percent(area.max())}). It peaks at {_percent(traitors.max())} with "
        f"{int(arrays['ablated'][traitors.argmax()])} gone, traitors first; in random order at "
        f"{_percent(peaks.mean())} (at most {_percent(peaks.max())}). Easy accuracy, averaged likewise: "
        f"{_percent(metrics['easy_without_traitors'])}, {_percent(metrics['easy_without_heroes'])} and "
        f"{_percent(metrics['easy_without_random'])}."
    )


def table(result: Result) -> Table:
    """Every neuron with its role and what it tells, those that tell most of the color first."""
    arrays, names = result.arrays, color_names(result)
    return Table(
        name="neurons",
        title=f"Every neuron of {result.facts['layer']}: what it tells",
        note="MI: what the activation tells of color and of digit, in bits, less what shuffled labels show on average; "
        f"at most 3.32, and by chance under {float(arrays['information_bound'].max()):.4f}. ±: 95 % error of their "
        "difference; beyond it a neuron is a traitor or a hero. Each is decided by itself: of neurons that tell of "
        f"both alike up to 5 % get a role, of {len(arrays['role'])} up to {math.ceil(0.05 * len(arrays['role']))}. "
        "CSI: color selectivity, a third of it, 0 to 1, with the preferred color. sel: class selectivity (largest - "
        "rest) / (largest + rest) of the means by digit, with the preferred digit.",
        columns=(
            Column(name="neuron"),
            Column(name="role"),
            Column(name="color MI", decimals=3),
            Column(name="digit MI", decimals=3),
            Column(name="±", decimals=3),
            Column(name="CSI", decimals=2),
            Column(name="color"),
            Column(name="sel", decimals=2),
            Column(name="digit"),
        ),
        rows=tuple(
            (
                neuron,
                role_of(result, neuron),
                *(_value(result, name, neuron) for name in ("color_information", "digit_information")),
                _value(result, "information_margin", neuron),
                _value(result, "color_selectivity", neuron),
                names[int(arrays["color_response"][neuron].argmax())],
                _value(result, "digit_selectivity", neuron),
                int(arrays["digit_response"][neuron].argmax()),
            )
            for neuron in _told_in_order(result)
        ),
    )


def effects(result: Result) -> Table:
    """Every neuron with what it does: what the network loses without it, and what it alone can carry over."""
    images = result.facts["samples"]
    intact = {split: result.metrics[f"{split}_intact"] or 0.0 for split in ("easy", "hard")}
    return Table(
        name="effects",
        title=f"Every neuron of {result.facts['layer']}: what it does",
        note=f"easy, hard: change of accuracy, in points, when it is held at its mean (0: at zero), on "
        f"{images['easy']:,} and {images['hard']:,} images. color: by how much the logit of a color's digit rises when "
        "only this neuron sees the image in that color; digit: the same with another shape in the same color; means of "
        "90 pairs.",
        columns=(
            Column(name="neuron"),
            Column(name="role"),
            *(Column(name=f"{split}{sign}") for split in ("easy", "hard") for sign in ("", " 0")),
            Column(name="color", decimals=3),
            Column(name="digit", decimals=3),
        ),
        rows=tuple(
            (
                neuron,
                role_of(result, neuron),
                *(
                    100 * (_value(result, f"{split}_without_{mode}", neuron) - intact[split])
                    for split in ("easy", "hard")
                    for mode in ("mean", "zero")
                ),
                _value(result, "color_patch", neuron),
                _value(result, "digit_patch", neuron),
            )
            for neuron in _told_in_order(result)
        ),
    )


def polysemanticity(result: Result) -> Table:
    """Every neuron with how many digits its strongest images show, and how strong it is at all."""
    largest = max(float(result.arrays["strength"].max()), 1e-12)
    return Table(
        name="polysemanticity",
        title=f"Every neuron of {result.facts['layer']}: does it stand for one thing?",
        note="entropy: of the digits in its strongest 1 % of images, 0 (one digit) to 1 (all alike). strength: the "
        "95th percentile of the mean of its five strongest positions; share: of the layer's largest. polysemanticity: "
        "entropy x share, since the entropy of a neuron that is hardly active means nothing. given: bits that it tells "
        "of the digit once the color is known.",
        columns=(
            Column(name="neuron"),
            Column(name="role"),
            Column(name="entropy", decimals=2),
            Column(name="strength", decimals=3),
            Column(name="share", decimals=2),
            Column(name="polysemanticity", decimals=2),
            Column(name="given", decimals=3),
        ),
        rows=tuple(
            (
                neuron,
                role_of(result, neuron),
                _value(result, "entropy", neuron),
                _value(result, "strength", neuron),
                _value(result, "strength", neuron) / largest,
                _value(result, "polysemanticity", neuron),
                _value(result, "digit_given_color", neuron),
            )
            for neuron in _told_in_order(result)
        ),
    )


def _value(result: Result, name: str, neuron: int) -> float:
    return float(result.arrays[name][neuron])


def _told_in_order(result: Result) -> list[int]:
    """All neurons, the largest excess on color first, silent ones last."""
    silent = result.arrays["role"] == ROLES.index("silent")
    return [int(neuron) for neuron in np.lexsort((-excess(result), silent))]


def _curves(split: str, ablate: str, result: Result) -> Lines:
    arrays = result.arrays
    x = arrays["ablated"].astype(np.float64)
    random = arrays[f"{split}_random"].astype(np.float64)
    series = {
        "traitors first": arrays[f"{split}_traitors_first"],
        "heroes first": arrays[f"{split}_heroes_first"],
        "random order": random.mean(0),
        "random, lowest": random.min(0),
        "random, highest": random.max(0),
    }
    return Lines(
        name=f"without-{split}",
        title=f"{split.capitalize()} accuracy as more and more neurons are taken out",
        note=f"Neurons {STAND_IN[ablate]}, of the {int(x[-1])} that are ever active; "
        f"{result.facts['samples'][split]:,} images. Random: 20 orders, their mean and extremes. Towards the right "
        "every order ends where all are gone; where that is guessing, only what lies above chance is an improvement.",
        series=tuple(Series(name=name, x=x, y=y.astype(np.float64)) for name, y in series.items()),
        x_label="neurons taken out",
        y_label="accuracy",
        low=0.0,
        references=(_CHANCE,),
    )


def _colors(result: Result) -> Matrix:
    ten = palette(result.facts["palette"])
    chosen = _strongest(result)
    response = result.arrays["color_response"][chosen].astype(np.float64)
    return Matrix(
        name="colors",
        title="Mean activation in each color: neurons that tell most of the color, and those that tell least",
        note=f"{result.facts['probe_images']:,} images, every digit equally often in every color, so that what differs "
        "between columns is color alone. Each row is in percent of its largest value.",
        values=100 * response / np.maximum(np.abs(response).max(1, keepdims=True), 1e-12),
        row_labels=tuple(f"{neuron} {role_of(result, neuron)}" for neuron in chosen),
        column_labels=ten.names,
        row_axis="neuron",
        column_axis="color",
        unit="%",
        column_colors=ten.colors,
    )


def _preferred(result: Result) -> Pixels:
    chosen = _strongest(result)
    places = np.searchsorted(result.arrays["pictured"], chosen)
    stable, response = result.arrays["stability"], result.arrays["preferred_response"]
    strength = np.maximum(result.arrays["strength"][chosen], 1e-12)
    return Pixels(
        name="preferred",
        title="Preferred inputs: what makes a neuron most active",
        note="Found by gradient ascent from random noise, one start each. Below: neuron, role, its activation there "
        "relative to its strength on images, and the mean cosine between what several starts end in (near 0: the "
        "picture shows the start, not the neuron).",
        images=result.arrays["preferred"][0, places].astype(np.uint8),
        columns=8,
        captions=tuple(
            f"{neuron} {role_of(result, neuron)} {response[place] / own:.1f}x cos {stable[place]:.2f}"
            for neuron, place, own in zip(chosen, places, strength, strict=True)
        ),
    )


def _class_images(result: Result) -> Pixels:
    images = result.arrays["class_images"].astype(np.uint8)
    return Pixels(
        name="class-images",
        title="Class images: what makes each digit's logit largest",
        note="Gradient ascent from random noise; a row is another start. The color that each digit wore in training "
        "stands beside it.",
        images=images.reshape(-1, *images.shape[2:]),
        columns=10,
        row_labels=tuple(f"start {start + 1}" for start in range(len(images))),
        column_labels=tuple(f"{digit} {name}" for digit, name in zip(DIGITS, color_names(result), strict=True)),
    )


def _inverted(result: Result) -> Pixels:
    return Pixels(
        name="inverted",
        title=f"What {result.facts['layer']} has kept of an image",
        note="Below each digit, an image found from noise that makes the layer do the same: what it doesn't show of "
        "the digit, the layer has forgotten.",
        images=np.concatenate([result.arrays["originals"], result.arrays["inverted"]]).astype(np.uint8),
        columns=10,
        row_labels=("shown", "found"),
        column_labels=DIGITS,
    )


def _filters(result: Result) -> Pixels | None:
    if "filters" not in result.arrays:
        return None
    filters = result.arrays["filters"].astype(np.uint8)[:_MAPS]
    return Pixels(
        name="filters",
        title="First-layer filters in red, green and blue",
        note="Mid-gray is a weight of 0; each filter is scaled by its largest weight. A colored filter sees color.",
        images=filters,
        columns=8,
        captions=tuple(map(str, range(len(filters)))),
    )


def _feature_maps(result: Result) -> Pixels | None:
    """Each neuron's map of the red 1, the strongest first."""
    if "feature_maps" not in result.arrays:
        return None
    maps = result.arrays["feature_maps"][1].astype(np.float64)
    order = np.argsort(-maps.max((1, 2)), kind="stable")[:_MAPS]
    gray = 255 * np.clip(maps[order] / max(float(maps.max()), 1e-12), 0, 1)
    return Pixels(
        name="feature-maps",
        title=f"Feature maps of the {color_names(result)[0]} 1",
        note=f"What {len(order)} neurons do at each position, those that are most active on it first; white is the "
        "layer's largest activation on it.",
        images=np.repeat(gray[..., None], 3, axis=3).astype(np.uint8),
        columns=16,
        captions=tuple(map(str, order)),
    )


def _relations(result: Result) -> Pixels:
    order = result.arrays["clustered"].astype(np.int64)
    related = [result.arrays[name][np.ix_(order, order)] for name in ("correlation", "shared_information")]
    return Pixels(
        name="relations",
        title="Neuron by neuron: correlation and shared information",
        note=f"{len(order)} neurons in an order that puts similar ones side by side (average linkage on "
        "|correlation|). Left: Pearson correlation of their activations, orange 1, dark 0, blue -1. Right: mutual "
        "information less what shuffled images show, of the most there could be: dark 0, as independent ones "
        "have, orange 1.",
        images=np.stack([diverging_colors(values, "dark") for values in related]),
        columns=2,
        captions=("correlation", "adjusted mutual information"),
    )


def _spectrum(result: Result) -> Lines:
    variances = result.arrays["spectrum"].astype(np.float64)
    share = np.cumsum(variances) / max(float(variances.sum()), 1e-12)
    return Lines(
        name="spectrum",
        title="How many directions the layer uses",
        note=f"Variance held by the first principal components of {len(variances)} neurons' activations. Participation "
        f"ratio {result.metrics['participation_ratio']:.1f}; {result.metrics['components_for_90_percent']:.0f} "
        "components hold 90 %.",
        series=(Series(name="variance held", x=np.arange(1.0, len(share) + 1), y=share),),
        x_label="components",
        y_label="share",
        low=0.0,
        high=1.0,
        references=(Reference(name="90 %", value=0.9),),
    )


def _through_training(result: Result) -> list[Figure]:
    """When it locks on to color: roles and information at the checkpoints that the training kept."""
    if "training_step" not in result.arrays:
        return []
    steps = result.arrays["training_step"].astype(np.float64)
    roles = result.arrays["training_role"].astype(np.int64)
    counts = {
        name: (roles == index).sum(1).astype(np.float64) for index, name in enumerate(PLURALS) if (roles == index).any()
    }
    color, digit = (result.arrays[f"training_{cue}_information"].astype(np.float64) for cue in ("color", "digit"))
    through = color - digit
    middle = {
        f"{cue}, {word}": np.quantile(values, share, axis=1)
        for cue, values in {"color": color, "digit": digit}.items()
        for word, share in (("median neuron", 0.5), ("best neuron", 1.0))
    }
    return [
        Lines(
            name="training-roles",
            title="When it locks on to color: neurons in each role through training",
            note=f"{len(steps)} checkpoints; roles at each are measured as at the end, on the same images.",
            series=tuple(Series(name=name, x=steps, y=count) for name, count in counts.items()),
            x_label="step",
            y_label="neurons",
            low=0.0,
        ),
        Lines(
            name="training-information",
            title="When it locks on to color: what the neurons tell through training",
            note="Mutual information of a neuron's activation with color and with digit, less what shuffled labels "
            "show; digit and color are independent in these images.",
            series=tuple(Series(name=name, x=steps, y=values) for name, values in middle.items()),
            x_label="step",
            y_label="bits",
            low=0.0,
        ),
        Lines(
            name="training-neurons",
            title="When it locks on to color: single neurons through training",
            note="Information on color less that on digit, of the neurons that tell most of the color in the end, and "
            "of those that tell least.",
            series=tuple(
                Series(name=f"{neuron} {role_of(result, neuron)}", x=steps, y=through[:, neuron])
                for neuron in _strongest(result, _LINES)
            ),
            x_label="step",
            y_label="bits",
        ),
    ]


def _strongest(result: Result, count: int = _SHOWN) -> NDArray[np.int64]:
    """The neurons that pictures show: half with the largest excess on color, half with the least, silent ones last."""
    pictured = result.arrays["pictured"].astype(np.int64)
    scored = [n for n in pictured if role_of(result, n) in {"traitor", "hero", "mixed"}] or list(pictured)
    order = np.array(scored)[np.argsort(-excess(result)[scored], kind="stable")]
    if len(order) <= count:
        return order
    return np.concatenate([order[: count // 2], order[-(count // 2) :]])


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"
