"""How probable each digit is to one network, or to several beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lazytui.data.palettes import palette
from lazytui.evaluation.predictions import DIGITS
from lazytui.figures.kinds import Bars, Figure, Matrix

_NAME, _TITLE = "probabilities", "Probability, %"


def probabilities_figure(
    probabilities: Sequence[NDArray[np.float32]], names: Sequence[str], palette_name: str
) -> Figure:
    """Bars of one network; of several a table. probabilities: (10,) each. names: what they are called."""
    percents = [100 * shares.astype(np.float64) for shares in probabilities]
    colors = palette(palette_name).colors
    if len(percents) == 1:
        return Bars(name=_NAME, title=_TITLE, labels=DIGITS, values=percents[0], decimals=0, high=100.0, colors=colors)
    return Matrix(
        name=_NAME,
        title=_TITLE,
        values=np.stack(percents, axis=1),
        row_labels=DIGITS,
        column_labels=tuple(names),
        low=0.0,
        high=100.0,
        row_colors=colors,
    )
