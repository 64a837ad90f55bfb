"""Where networks look: the verdict, tables that compare one or two networks, and the figures of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import in_or_with, region, subject
from lazytui.analyses.core.metric_catalog import metric_of, metric_text, metrics_of
from lazytui.analyses.gradcam.image_words import evidence_names, reason_names
from lazytui.analyses.gradcam.map_pictures import NetworkView, examples, gallery, matching_values
from lazytui.analyses.gradcam.map_verdict import verdict
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.analyses.gradcam.result import GradcamResult, NetworkMaps
from lazytui.analyses.gradcam.score_figures import map_scores
from lazytui.analyses.gradcam.shown_images import shown_images
from lazytui.analyses.networks.network_pair import AGAINST
from lazytui.data.content import Content
from lazytui.figures.kinds import Cell, Column, Figure, Share, Table
from lazytui.saliency.checks.reason_categories import ON_STROKE

ENERGIES = ("energy_in_mask", "energy_uniform", "energy_center_prior", "energy_shuffled", "energy_perfect")


def figures(params: GradcamParams, result: GradcamResult) -> list[Figure]:
    if result.second is None:
        views = [NetworkView.from_maps(params, "", result.first)]
    else:
        networks = (result.first, result.second)
        views = [NetworkView.from_maps(params, name, maps) for name, maps in zip(result.names, networks, strict=True)]
    all_figures: list[Figure] = [verdict(views), *_on_masks(views), *_reasons(views)]
    all_figures += _of_network(views[0])
    all_figures += [
        replace(figure, name=f"{AGAINST}-{figure.name}") for view in views[1:] for figure in _of_network(view)
    ]
    return [*all_figures, _metrics(views)]


def _of_network(view: NetworkView) -> list[Figure]:
    """The figures of one network, beside the tables that compare."""
    return [*shown_images(view), *matching_values(view), *examples(view), *map_scores(view), *gallery(view)]


def _on_masks(views: Sequence[NetworkView]) -> list[Table]:
    """None where masks of the images aren't known."""
    return [_energies(views), _evidence(views)] if all(view.maps.scores for view in views) else []


def _energies(views: Sequence[NetworkView]) -> Table:
    """Energy in the mask beside everything that it has to be compared with."""
    content, rows = views[0].content, []
    for name in ENERGIES:
        values = [view.maps.metrics[name] for view in views]
        metric = metric_of(name, content)
        rows.append((metric.title, *(None if v is None else 100 * v for v in values), metric.meaning))
    return Table(
        name="energy",
        title=f"Does it look at the {subject(content)}?",
        note=f"Share of the evidence on the {_where(content)}, and what maps reach without looking at it. A "
        "coarse map can't exceed the upper bound of its size.",
        shares=tuple(
            Share(view.name or "each of these", int(np.isfinite(view.maps.scores.energy).sum()), "maps with evidence")
            for view in views
            if view.maps.scores
        ),
        columns=(
            Column(name="map"),
            *(Column(name=view.name or "energy in the mask", unit="%") for view in views),
            Column(name="what it is"),
        ),
        rows=tuple(rows),
    )


def _where(content: Content) -> str:
    return "stroke (gray above 0.3)" if region(content) == "stroke" else region(content)


def _category_table(
    name: str,
    title: str,
    note: str,
    views: Sequence[NetworkView],
    categories: Sequence[str],
    sort: Callable[[NetworkMaps], NDArray[np.uint8]],
) -> Table:
    """A row for each category, with how many images of each network are of it and their share. sort: the categories of
    a network's images."""
    columns = [Column(name="answers")]
    for view in views:
        columns += [Column(name=f"{view.name} images".strip()), Column(name="share", unit="%")]
    rows = []
    for index, category in enumerate(categories):
        cells: list[Cell] = [category]
        for view in views:
            sorted_into = sort(view.maps)
            count = int((sorted_into == index).sum())
            cells += [count, 100 * count / max(len(sorted_into), 1)]
        rows.append(tuple(cells))
    return Table(name=name, title=title, note=note, columns=tuple(columns), rows=tuple(rows))


def _evidence(views: Sequence[NetworkView]) -> Table:
    content = views[0].content
    return _category_table(
        "ways",
        f"Correct or incorrect, evidence on or off the {region(content)}",
        f"On the {region(content)}: the image's own mask holds more of the map than {ON_STROKE:.0%} of other images' "
        "masks. 5 % of images pass by chance. How many pass for a network that reads shape depends on the layer, so "
        "compare networks at the same layer. Where the evidence lies says nothing about reasons.",
        views,
        evidence_names(content),
        lambda maps: maps.categories,
    )


def _reasons(views: Sequence[NetworkView]) -> list[Table]:
    """None where nothing was repainted."""
    content = views[0].content
    recolored = [view.maps.recoloring for view in views if view.maps.recoloring]
    if len(recolored) < len(views):
        return []
    return [
        _category_table(
            "causes",
            "Correct or incorrect, and why",
            f"{len(recolored[0].reasons):,} images, by repainting and not by the map. Right for the wrong reason: in "
            f"more than half of the other {content.attribute}s the same {subject(content)} is classified differently. "
            f"Wrong because of the {content.attribute}: correct {in_or_with(content)} its own {content.attribute}. "
            f"Unknown: images without {content.attribute}.",
            views,
            reason_names(content),
            lambda maps: maps.recoloring.reasons if maps.recoloring else np.zeros(0, np.uint8),
        )
    ]


def _metrics(views: Sequence[NetworkView]) -> Table:
    """All metrics, a column for each network."""
    rows = [
        (metric.title, *(metric_text(name, view.maps.metrics.get(name)) for view in views), metric.meaning)
        for name, metric in metrics_of(views[0].maps.metrics, views[0].content).items()
    ]
    return Table(
        name="metrics",
        title="Metrics",
        note="A dash: undefined.",
        columns=(
            Column(name="metric"),
            *(Column(name=view.name or "value") for view in views),
            Column(name="what it is"),
        ),
        rows=tuple(rows),
    )
