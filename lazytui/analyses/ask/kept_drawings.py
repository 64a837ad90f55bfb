"""The images of runs of `ask`, drawn by hand or from files, as a split for what looks at images one by one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.ask.params import AskParams
from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.data.content import Content
from lazytui.data.splits import Split
from lazytui.errors import BadInput, LazytuiError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

NO_DIGIT = 255
"""The label of an image of which nobody said what it shows."""

MOST = 200


@dataclass(frozen=True, eq=False)
class KeptDrawing:
    """run: which one. image: (height, width, 3) uint8. digit: the class that it shows; NO_DIGIT where nobody said."""

    run: str
    image: NDArray[np.uint8]
    digit: int

    @property
    def name(self) -> str:
        return "drawing" if self.digit == NO_DIGIT else f"drawing of a {self.digit}"


def kept_drawings(workspace: Workspace) -> list[KeptDrawing]:
    """The newest first; runs that aren't done or are damaged are passed over."""
    kept: list[KeptDrawing] = []
    for run in reversed(workspace.runs()):
        with suppress(LazytuiError):
            if len(kept) < MOST and run.record.kind == "ask" and run.status.state == "done":
                kept.append(_drawing(run))
    return kept


def _drawing(run: RunFolder) -> KeptDrawing:
    params = recorded_params(run)
    assert isinstance(params, AskParams)

    digit = NO_DIGIT if params.label is None else params.label
    return KeptDrawing(run.reference, recorded_result(run).first.image, digit)


def drawings_of_digit(workspace: Workspace, digit: int, content: Content) -> Split:
    """Those that show it. Raises BadInput where there is none."""
    shown = [one for one in kept_drawings(workspace) if one.digit == digit and _has_size(one.image, content)]
    if not shown:
        what = f"a {digit}" if content.label == "digit" else content.classes[digit]
        raise BadInput(
            f"No drawing of {what} is kept: I opens the canvas, g there keeps what is on it and asks which "
            f"{content.label}."
        )
    return split_of(shown, content)


def _has_size(image: NDArray[np.uint8], content: Content) -> bool:
    return image.shape[:2] == (content.height, content.width)


def require_any(drawings: Sequence[KeptDrawing]) -> Sequence[KeptDrawing]:
    """The drawings. Raises BadInput where there is none."""
    if not drawings:
        raise BadInput("No drawing is kept yet: I opens the canvas, and g there keeps what is on it.")
    return drawings


def split_of(drawings: Sequence[KeptDrawing], content: Content) -> Split:
    """Without colors and shapes, which nobody knows of them. Raises BadInput where there is none.

    content: of the data set that they are shown in place of.
    """
    return Split(
        np.stack([drawing.image for drawing in require_any(drawings)]),
        np.array([drawing.digit for drawing in drawings], np.uint8),
        np.full(len(drawings), content.unknown, np.uint8),
        np.zeros((len(drawings), *drawings[0].image.shape[:2]), np.uint8),
        content,
    )
