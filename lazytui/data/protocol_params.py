"""Options of published data sets besides a planted cue: merged classes, label noise, environments and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lazytui.data.content import LARGEST_SIDE, SMALLEST_SIDE, Content
from lazytui.errors import UsageError
from lazytui.list_values import split_list

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Merge = Literal["halves", "pairs"]
Share = Annotated[float, Field(ge=0, le=1)]

_TEN = 10
_MERGED: dict[Merge, tuple[int, ...]] = {
    "halves": (1, 1, 1, 1, 1, 0, 0, 0, 0, 0),
    "pairs": (0, 0, 1, 1, 2, 2, 3, 3, 4, 4),
}
"""The class that each of ten becomes."""


def _pair(value: Any) -> Any:
    """`0.8,0.9`, or one number for both."""
    parts = split_list(value)
    return parts * 2 if isinstance(parts, tuple) and len(parts) == 1 else parts


_Two = Annotated[tuple[Share, ...], Field(min_length=2, max_length=2)]


class ProtocolParams(BaseModel):
    """Each is None where the source's images are unchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    HEADING: ClassVar[str] = "Data"

    merge: Merge | None = Field(
        None,
        description="Merge the source's ten classes before a cue is planted: halves (the last five against the first "
        "five) or pairs (the first two, the next two, ...). Default: not merged.",
    )
    label_noise: Share | None = Field(
        None,
        description="Share of labels replaced by another class, in every split; the cue follows the noisy label. "
        "Default: none.",
    )
    environments: Annotated[_Two, BeforeValidator(_pair)] | None = Field(
        None,
        description="Biases of two environments, such as 0.8,0.9, to which training images belong in turn, for the "
        "methods irm and rex. --bias is then their mean. Default: no environments.",
    )
    hard_bias: Share | None = Field(
        None,
        description="Share of images in an inverted hard split that keep their class's own value. Default: 0.",
    )
    subsample: int | None = Field(
        None,
        ge=2,
        le=8,
        description="Keep only every n-th row and column of the source's images. Default: all of them.",
    )
    cue_level: str | None = Field(
        None,
        description="Level of a cue that has several: severity-1 to severity-4 of lff-color, magnitude-large to "
        "variance-high of spuco-ground (lazytui cues lists them). Default: the first.",
    )

    def merged_content(self, of_source: Content) -> Content:
        """What a source holds once its classes are joined and its images thinned. Raises UsageError where that can't
        be done."""
        changes: dict[str, Any] = {}
        if self.merge:
            if len(of_source.classes) != _TEN or of_source.values:
                raise UsageError(
                    f"--merge {self.merge} needs ten classes and images without an attribute of their own; these have "
                    f"{len(of_source.classes)} classes."
                )
            changes |= {"classes": _joined(of_source.classes, self.merge), "label": "class"}
        if self.subsample:
            sides = {name: -(-getattr(of_source, name) // self.subsample) for name in ("height", "width")}
            if min(sides.values()) < SMALLEST_SIDE:
                raise UsageError(
                    f"--subsample {self.subsample} leaves images of {sides['height']} x {sides['width']} pixels; sides "
                    f"must have {SMALLEST_SIDE} to {LARGEST_SIDE}."
                )
            changes |= sides
        return of_source.model_copy(update=changes)

    def merged_labels(self, labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(n,) uint8: the classes that those of the source become."""
        import numpy as np

        return np.array(_MERGED[self.merge], np.uint8)[labels] if self.merge else labels


def _joined(classes: tuple[str, ...], merge: Merge) -> tuple[str, ...]:
    if merge == "halves":
        return f"{classes[5]} to {classes[9]}", f"{classes[0]} to {classes[4]}"
    return tuple(f"{one} or {other}" for one, other in zip(classes[::2], classes[1::2], strict=True))
