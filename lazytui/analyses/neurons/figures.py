"""A layer's neurons: the verdict, tables, ablation curves, pictures and training; then a page for each character."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.core.content_words import columns_differ_by, in_or_with, of_probe
from lazytui.analyses.neurons.layer_pictures import layer_pictures, most_selective
from lazytui.analyses.neurons.neuron_page import neuron_page
from lazytui.analyses.neurons.neuron_rows import neuron_rows
from lazytui.analyses.neurons.neuron_tables import effects, information, polysemanticity
from lazytui.analyses.neurons.params import STAND_IN, NeuronsParams
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.analyses.neurons.training_figures import through_training
from lazytui.analyses.train.figures import chance
from lazytui.counted_nouns import counted
from lazytui.errors import BadInput
from lazytui.figures.kinds import Figure, Lines, Matrix, Reference, Series, Text
from lazytui.neurons.roles import ROLES


def figures(params: NeuronsParams, result: NeuronsResult) -> list[Figure]:
    if result.information_margin is None:
        raise BadInput(
            "This neuron analysis was made by an older version, which gave a role to neurons without one: run neurons "
            "again."
        )
    knows_attribute = bool(result.content.values)
    all_figures: list[Figure] = [
        _verdict(params.ablate, result),
        *([_scatter(result)] if knows_attribute else []),
        information(result),
        effects(result),
        polysemanticity(result),
        *(_curves(split, params.ablate, result) for split in ("hard", "easy")),
        *([_colors(result)] if knows_attribute else []),
        *layer_pictures(result),
        _spectrum(result),
        *through_training(result),
        neuron_rows(result),
    ]
    for neuron in _most_selective(result, params.pages):
        all_figures += neuron_page(result, neuron)
    return all_figures


def _most_selective(result: NeuronsResult, count: int) -> list[int]:
    """The neurons that get a page: so many attribute-selective ones with the largest excess, then label-selective."""
    order = np.argsort(-result.excess, kind="stable")
    attribute = [int(neuron) for neuron in order if result.role[neuron] == ROLES.index("traitor")]
    label = [int(neuron) for neuron in order[::-1] if result.role[neuron] == ROLES.index("hero")]
    return attribute[:count] + label[:count]


def _verdict(ablate: str, result: NeuronsResult) -> Text:
    title = "traitors and heroes" if result.content.values else f"information on the {result.content.label}"
    return Text(
        name="verdict",
        title=f"The neurons of {result.layer}: {title}",
        paragraphs=(f"{_roles(result)} {_unpainted(result)}".strip(), _ablations(ablate, result)),
    )


def _roles(result: NeuronsResult) -> str:
    content = result.content
    others = f"{result.mixed} mixed, {result.silent} silent, {result.flat} flat"
    measured = f"Measured on {of_probe(content, result.probe_images, repaintable=result.repaintable)}."
    if not content.values:
        return (
            f"Of {result.neurons} neurons {result.label_selective} have information on the {content.label}, beyond its "
            f"95 % error (listed as heroes); {others}. {measured} No attribute of these images is known, so whether "
            f"they read the {content.label} itself or a shortcut to it isn't measured."
        )
    return (
        f"Of {result.neurons} neurons {result.attribute_selective} are traitors (more information on the "
        f"{content.attribute} than on the {content.label}) and {result.label_selective} are heroes (more on the "
        f"{content.label}), beyond the 95 % error of the difference; {others}. {measured}"
    )


def _unpainted(result: NeuronsResult) -> str:
    """What there isn't where nothing can be repainted."""
    if result.repaintable or not result.content.values:
        return ""
    return f"No other {result.content.attribute} can be painted on these images, so neurons aren't patched."


def _ablations(ablate: str, result: NeuronsResult) -> str:
    """Whether hard accuracy rises without the attribute-selective neurons, beside ablating any others."""
    hard, easy = result.hard, result.easy
    first, random = hard.attribute_first.astype(np.float64), hard.random.astype(np.float64)
    area, peaks = random.mean(1), random.max(1)
    first_name, _ = _orders(result)
    ends = ("the worst traitors go first", "they go last")
    if not result.content.values:
        ends = ("the least informative ones go first", "they go last")
    return (
        f"Intact, the network is right on {_percent(hard.intact)} of {result.samples.hard:,} hard images; with all of "
        f"its {counted(int(result.ablated[-1]), 'active neuron')} {STAND_IN[ablate]}, on {_percent(first[-1])}. "
        "Averaged over the "
        f"stages, hard accuracy is {_percent(hard.attribute_first_mean)} if {ends[0]}, "
        f"{_percent(hard.label_first_mean)} if {ends[1]}, and {_percent(hard.random_mean)} in random order (20 "
        f"draws, {_percent(area.min())} to {_percent(area.max())}). It peaks at {_percent(first.max())} with "
        f"{int(result.ablated[first.argmax()])} ablated, {first_name}; in random order at {_percent(peaks.mean())} "
        f"(at most {_percent(peaks.max())}). Easy accuracy, averaged likewise: {_percent(easy.attribute_first_mean)}, "
        f"{_percent(easy.label_first_mean)} and {_percent(easy.random_mean)}."
    )


def _orders(result: NeuronsResult) -> tuple[str, str]:
    """What the order by excess on the attribute is called, and the reverse."""
    return ("traitors first", "heroes first") if result.content.values else ("least informative first", "most first")


def _scatter(result: NeuronsResult) -> Lines:
    """Each neuron as a point: its information on the attribute against that on the label."""
    label, attribute = result.content.label, result.content.attribute
    color, digit = (bits.astype(np.float64) for bits in (result.attribute_information, result.label_information))
    members = [(role, result.role == number) for number, role in enumerate(ROLES)]
    return Lines(
        name="scatter",
        title=f"Each neuron: information on the {label} against the {attribute}",
        note="A point is a neuron, its color and mark its role. Mutual information in bits, minus that under shuffled "
        f"labels: to the right, neurons that describe the {attribute}; upward, those that describe the {label}.",
        series=tuple(Series(name=role, x=color[of], y=digit[of]) for role, of in members if of.any()),
        x_label=f"{attribute} MI, bits",
        y_label=f"{label} MI, bits",
        joined=False,
    )


def _curves(split: str, ablate: str, result: NeuronsResult) -> Lines:
    ablation, images = result.by_split(split)
    x, random = result.ablated.astype(np.float64), ablation.random.astype(np.float64)
    first, last = _orders(result)
    series = {
        first: ablation.attribute_first,
        last: ablation.label_first,
        "random order": random.mean(0),
        "random, lowest": random.min(0),
        "random, highest": random.max(0),
    }
    return Lines(
        name=f"without-{split}",
        title=f"{split.capitalize()} accuracy as neurons are ablated",
        note=f"Neurons {STAND_IN[ablate]}, of the {int(x[-1])} that are ever active; {images:,} images. Random: mean "
        "and extremes of 20 orders. All orders end where all neurons are ablated; if that is chance level, only what "
        "lies above it is an improvement.",
        series=tuple(Series(name=name, x=x, y=y.astype(np.float64)) for name, y in series.items()),
        x_label="ablated neurons",
        y_label="accuracy",
        low=0.0,
        references=(chance(result.content),),
    )


def _colors(result: NeuronsResult) -> Matrix:
    content = result.content
    chosen = most_selective(result)
    response = result.attribute_response[chosen].astype(np.float64)
    return Matrix(
        name="colors",
        title=f"Mean activation {in_or_with(content)} each {content.attribute}: largest and smallest excess on "
        f"{content.attribute}",
        note=columns_differ_by(content, content.attribute, result.probe_images, repaintable=result.repaintable)
        + " In percent of each row's maximum.",
        values=100 * response / np.maximum(np.abs(response).max(1, keepdims=True), 1e-12),
        row_labels=tuple(f"{neuron} {result.role_of(neuron)}" for neuron in chosen),
        column_labels=content.values,
        row_axis="neuron",
        column_axis=content.attribute,
        unit="%",
        column_colors=result.value_colors,
    )


def _spectrum(result: NeuronsResult) -> Lines:
    variances = result.spectrum.astype(np.float64)
    share = np.cumsum(variances) / max(float(variances.sum()), 1e-12)
    return Lines(
        name="spectrum",
        title="Dimensionality of the layer",
        note=f"Variance explained by the first principal components of {len(variances)} neurons' activations. "
        f"Participation ratio {result.participation_ratio:.1f}; {result.components_for_90_percent:.0f} "
        "components explain 90 %.",
        series=(Series(name="variance explained", x=np.arange(1.0, len(share) + 1), y=share),),
        x_label="components",
        y_label="share",
        low=0.0,
        high=1.0,
        references=(Reference(name="90 %", value=0.9),),
    )


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"
