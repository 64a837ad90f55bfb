"""The images that were asked for one by one: in color, with their maps, and with all ten probabilities."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.gradcam.map_pictures import NetworkView, overlay
from lazytui.analyses.gradcam.result import ShownImages
from lazytui.evaluation.predictions import DIGITS, tone_of
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
    predicted = shown.probabilities.argmax(1)
    return Pixels(
        name="shown-maps",
        title=f"Where it looks: {view.description}",
        note="Each map is scaled to its own maximum, and shows the evidence for the class after the colon.",
        images=shown.images,
        overlay=overlay(shown.maps, view.signed),
        columns=min(len(shown.images), _MOST_COLUMNS),
        captions=tuple(
            f"→ {says}, {share:.0%}: {target}"
            for says, share, target in zip(predicted, shown.probabilities.max(1), shown.targets, strict=True)
        ),
        tones=tuple(map(tone_of, predicted.tolist(), shown.digits.tolist(), shown.colors.tolist())),
    )


def _probabilities(view: NetworkView, shown: ShownImages) -> Table:
    return Table(
        name="shown-probabilities",
        title=f"Probability of each digit, %{view.suffix}",
        columns=(
            Column(name="image"),
            Column(name="number"),
            Column(name="predicted"),
            *(Column(name=digit) for digit in DIGITS),
        ),
        rows=tuple(
            (name, int(index), int(np.argmax(said)), *(100 * float(share) for share in said))
            for name, index, said in zip(_names(view, shown), shown.indices, shown.probabilities, strict=True)
        ),
    )


def _names(view: NetworkView, shown: ShownImages) -> list[str]:
    return [
        f"{view.palette.color_name(int(color))} {digit}"
        for digit, color in zip(shown.digits, shown.colors, strict=True)
    ]
