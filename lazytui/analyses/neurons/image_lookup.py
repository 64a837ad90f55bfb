"""Where a named image is found: among each class with each value, in a split, or among drawings that were kept."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.ask.kept_drawings import kept_drawings, require_any
from lazytui.analyses.networks.image_choice import DRAWN, NamedImage, index_of_image
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset
from lazytui.errors import BadInput
from lazytui.evaluation.predictions import SPLIT_NAMES
from lazytui.runs.workspace import Workspace


def require_drawings(images: Iterable[NamedImage], workspace: Workspace) -> None:
    """Raises BadInput where one of them is a drawing that isn't kept."""
    for named in images:
        if named.split == DRAWN:
            _drawn_image(named, workspace)


def require_splits(images: Iterable[NamedImage], data: DatasetParams) -> None:
    """Raises BadInput where one of them names no split and nothing can be repainted."""
    if data.plants:
        return
    for named in images:
        if not named.split:
            raise BadInput(
                f"Nothing can be repainted in these images: name a split of {named.text!r:.60}, such as "
                f"hard {named.text:.60}."
            )


def find_image(named: NamedImage, data: BiasedDataset, workspace: Workspace) -> NDArray[np.uint8]:
    """(h, w, 3) uint8. Raises BadInput where there is no such image."""
    if named.split == DRAWN:
        return _drawn_image(named, workspace)
    split = data.split(SPLIT_NAMES[named.split]) if named.split else data.cue_conflict
    image: NDArray[np.uint8] = split.images[index_of_image(named.text, split, named.split or "cue-conflict")]
    return image


def _drawn_image(named: NamedImage, workspace: Workspace) -> NDArray[np.uint8]:
    drawings = require_any(kept_drawings(workspace))
    if int(named.text) >= len(drawings):
        raise BadInput(f"There is no drawing {named.text}: they go from 0, the newest, to {len(drawings) - 1}.")
    return drawings[int(named.text)].image
