"""What an editor is: it gives one image a property of another, and changes as little else as it can.

An editor's file ends in its ENTRIES, mostly one. What every editor must hold (tests/audit/test_editors.py): an image
given its own property stays as it is; given another's, it has that; the donor's object doesn't come along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lazytui.audit.scene import Image, Scene


@dataclass(frozen=True)
class CueEditor:
    """One property that can be exchanged.

    phrase: what a network relies on, in a sentence ("the hue"). freedom: numbers that it takes from the donor, at 32
    pixels; of several properties that explain a network the one with the fewest is named. edit: (host, donor) -> image;
    it may assume that both have an object where `needs_object`. describe: scene -> (p,) float, the property in
    numbers, as many for every image of a size. graded: whether near values look alike, so that a network takes an
    image also for classes with a value near the donor's. room: whether enough of an image is left by its object for
    the property to be seen; None where objects don't hide it.
    """

    name: str
    phrase: str
    freedom: int
    edit: Callable[[Scene, Scene], Image]
    describe: Callable[[Scene], NDArray[np.float64]]
    needs_object: bool = False
    graded: bool = False
    room: Callable[[Scene], bool] | None = None

    def is_in(self, scene: Scene) -> bool:
        """Whether an image has the property, to take it from there or to give it another."""
        return not self.needs_object or scene.object is not None

    def is_shown(self, scene: Scene) -> bool:
        """Whether it also has room to be seen."""
        return self.is_in(scene) and (self.room is None or self.room(scene))
