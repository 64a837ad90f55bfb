"""The images that were asked for one by one: as they are, with their maps, and with all probabilities."""

from __future__ import annotations

from lazytui.analyses.gradcam.map_pictures import NetworkView
from lazytui.analyses.gradcam.result import ShownImages
from lazytui.analyses.networks.class_choice import class_cell
from lazytui.analyses.networks.image_choice import group_name
from lazytui.evaluation.predictions import tone_of
from lazytui.figures.kinds import Column, Figure, Pixels, Table

_MOST_COLUMNS = 5


def shown_images(view: NetworkView) -> list[Figure]:
    """Nothing where no image was asked for."""
    shown = view.maps.shown
    return [] if shown is None else [_images(view, shown), _maps(view, shown), _probabilities(view, shown)]


def _images(view: NetworkView, shown: ShownImages) -> Pixels:
    return Pixels(
        name="shown",
        title=f"The images that were asked for{view.suffix}",
        images=shown.images,
        columns=min(len(shown.images), _MOST_COLUMNS),
        captions=tuple(_names(view, shown)),
    )


def _maps(view: NetworkView, shown: ShownImages) -> Pixels:
    predicted, classes = shown.probabilities.argmax(1), view.content.classes
    return Pixels(
        name="shown-maps",
        title=f"Where it looks: {view.description}",
        note="Each map is scaled to its own maximum, and shows the evidence for what stands after the colon.",
        images=shown.images,
        overlay=view.overlay(shown.maps),
        columns=min(len(shown.images), _MOST_COLUMNS),
        captions=tuple(
            f"→ {classes[says]}, {share:.0%}: {view.score or classes[target]}"
            for says, share, target in zip(predicted, shown.probabilities.max(1), shown.targets, strict=True)
        ),
        tones=tuple(map(tone_of, predicted, shown.labels, view.content.aligned_classes[shown.attributes])),
    )


def _probabilities(view: NetworkView, shown: ShownImages) -> Table:
    classes = view.content.classes
    return Table(
        name="shown-probabilities",
        title=f"Probability of each {view.content.label}, %{view.suffix}",
        columns=(
            Column(name="image"),
            Column(name="number"),
            Column(name="predicted"),
            *(Column(name=name) for name in classes),
        ),
        rows=tuple(
            (
                name,
                int(index),
                class_cell(view.content.classes[int(probabilities.argmax())]),
                *(100 * float(share) for share in probabilities),
            )
            for name, index, probabilities in zip(_names(view, shown), shown.indices, shown.probabilities, strict=True)
        ),
    )


def _names(view: NetworkView, shown: ShownImages) -> list[str]:
    return [
        group_name(view.content, label, attribute)
        for label, attribute in zip(shown.labels.tolist(), shown.attributes.tolist(), strict=True)
    ]
