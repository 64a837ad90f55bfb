"""How probable each class is to one network, or to several beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.data.content import Content
from lazytui.figures.kinds import Bars, Figure, Matrix

_NAME, _TITLE = "probabilities", "Probability, %"

Colors = tuple[tuple[int, int, int], ...]


def probabilities_figure(
    probabilities: Sequence[NDArray[np.float32]], names: Sequence[str], content: Content, value_colors: Colors = ()
) -> Figure:
    """Bars of one network; of several a table. probabilities: (classes,) each. names: what they are called.

    value_colors: of each value of the attribute, 0 to 255, where they have any: a class has that of its own.
    """
    percents = [100 * shares.astype(np.float64) for shares in probabilities]
    classes, colors = content.classes, _class_colors(content, value_colors)
    if len(percents) == 1:
        return Bars(name=_NAME, title=_TITLE, labels=classes, values=percents[0], decimals=0, high=100.0, colors=colors)
    return Matrix(
        name=_NAME,
        title=_TITLE,
        values=np.stack(percents, axis=1),
        row_labels=classes,
        column_labels=tuple(names),
        low=0.0,
        high=100.0,
        row_colors=colors,
    )


def _class_colors(content: Content, value_colors: Colors) -> Colors:
    """None where not every class has a value of its own."""
    own = dict(zip(content.aligned, value_colors, strict=False))
    return tuple(own[label] for label in range(len(content.classes))) if len(own) == len(content.classes) else ()
