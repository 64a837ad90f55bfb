"""Scrambling: the property that an audit named is exchanged between training images, so it predicts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from lazytui.errors import BadInput, unknown_name
from lazytui.system.lazy_torch import torch
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods.base import MethodContext, MethodEntry, MethodOptions
from lazytui.training.methods.erm import PlainTraining

if TYPE_CHECKING:
    import numpy as np
    from numpy.random import Generator
    from numpy.typing import NDArray
    from torch import Tensor

    from lazytui.audit.editors.base import CueEditor
    from lazytui.audit.scene import Scene
    from lazytui.data.content import Content
    from lazytui.data.device_split import Batch

_TRIED = 50
"""Images that show whether the property can be exchanged at all."""
_DONORS = 10
"""Random images that are looked at for one with an object."""


class Options(MethodOptions):
    scrambled: str = Field(
        "hue",
        description="Property to exchange at random between images, by its name in `lazytui run audit`: hue, "
        "position, border and others; several separated by commas.",
    )


class Scrambling(PlainTraining):
    """Plain training on images each of which has the property of a random other one, of any class; or several, each
    of another one.

    Each image is edited once, when it is first drawn, by the audit's own editor: an edit takes up to 20 ms, which in
    every epoch would be most of the work. Donors are drawn by seed and image, so that a resume finds the same. An image
    without an object stays as it is where the editor needs one.
    """

    options: Options

    def __init__(self, context: MethodContext) -> None:
        import numpy as np

        from lazytui.audit.editors import EDITORS

        super().__init__(context)
        self._editors: list[CueEditor] = [EDITORS[name] for name in _names(self.options)]
        self._needs_object = any(editor.needs_object for editor in self._editors)
        self._originals = context.data.train.images
        self._edited = self._originals.copy()
        self._done = np.zeros(len(self._originals), bool)
        self._require_exchange(np.arange(min(_TRIED, len(self._originals))))

    @classmethod
    def refusal(cls, settings: LoopSettings, options: Options, content: Content) -> str:  # noqa: ARG003
        from lazytui.audit.editors import EDITORS

        unknown = next((name for name in _names(options) if name not in EDITORS), None)
        if unknown is None:
            return ""
        return f"scrambles what the audit exchanges. {unknown_name('property', unknown, EDITORS)}"

    def batch(self, indices: Tensor) -> Batch:
        from lazytui.data.device_split import Batch, to_float

        rows, device = indices.cpu().numpy(), indices.device
        images = to_float(torch.from_numpy(self.scrambled(rows)).to(device))
        return Batch(images, self.context.labels[indices], self.context.attributes[indices], indices)

    def scrambled(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        """(b, h, w, 3): these training images, each with the property of its donor."""
        import numpy as np

        from lazytui.audit.donor_swaps import to_bytes, with_properties

        for row in np.unique(rows[~self._done[rows]]).tolist():
            host = self._scene(row)
            random = np.random.default_rng((self.context.seed, row))
            donors = [self._donor(row, random) for _ in self._editors]
            self._edited[row] = to_bytes([with_properties(host, self._editors, donors).image])[0]
            self._done[row] = True
        return self._edited[rows]

    def _donor(self, row: int, random: Generator) -> Scene:
        """Another image; of those that are drawn the first with an object, where one is needed and there is one."""
        others = (row + random.integers(1, len(self._originals), _DONORS)) % len(self._originals)
        scenes = [self._scene(other) for other in others.tolist()]
        return next(filter(self._serves, scenes), scenes[0])

    def _serves(self, scene: Scene) -> bool:
        return not self._needs_object or scene.object is not None

    def _scene(self, row: int) -> Scene:
        import numpy as np

        from lazytui.audit.scene import Scene

        return Scene(np.asarray(self._originals[row] / 255, np.float32))

    def _require_exchange(self, rows: NDArray[np.int64]) -> None:
        name, number = " and ".join(_names(self.options)), len(rows)
        if (exchangeable := sum(self._serves(self._scene(row)) for row in rows.tolist())) < number / 2:
            raise BadInput(
                f"The method scramble can't exchange the property {name}: only {exchangeable} of {number} training "
                "images have an object that stands out from its ground."
            )
        if (self.scrambled(rows) == self._originals[rows]).all():
            raise BadInput(f"The method scramble has nothing to exchange: {number} training images are of one {name}.")


def _names(options: Options) -> list[str]:
    return [name.strip() for name in options.scrambled.split(",")]


ENTRY = MethodEntry(
    "scramble",
    "A property that an audit named is exchanged between training images, so that it predicts nothing.",
    Scrambling,
    options=Options,
    alters_images=True,
    varies="the processor edits each image when it is first drawn",
)
