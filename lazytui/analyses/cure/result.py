"""What `cure` finds: the network's shortcut, the trials, and the network that depends on it least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.audit.editors import EDITORS
from lazytui.data.content import Content
from lazytui.runs.results.result_contents import (
    ANY,
    COUNT,
    SHARE,
    Count,
    Damaged,
    Name,
    Note,
    Number,
    flags,
    images,
    indices,
    numbers,
    shares,
)
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import Part, read_fields
from lazytui.saliency.map_names import MethodName

if TYPE_CHECKING:
    from lazytui.analyses.cure.params import CureParams

Rate = Annotated[float, Field(strict=True, ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Accuracy lost when the property comes from another class, with its standard error; by an audit."""

    audit: Name
    loss: Number
    error: Annotated[float, Field(strict=True, ge=0, le=1)]
    flagged: bool


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A training that was tried. score: of the selector, None where undefined. accuracy: on held-out images of the
    same bias."""

    rung: Annotated[Count, Field(ge=1)]
    method: Name
    run: Name
    epochs: Annotated[Count, Field(ge=1)]
    steps: Count
    score: Rate | None
    accuracy: Rate


@dataclass(frozen=True, kw_only=True, eq=False)
class Maps:
    """Held-out images, none of them chosen by a label of the property, and where both networks look.

    images: (shown, h, w, 3). labels: (shown,), their classes. second: (shown,), whether an image is of the second of
    the selector's two parts. before, after: (shown, h, w), raw maps of each network's prediction. says_before,
    says_after: (shown, classes), the probabilities of each.
    """

    images: Annotated[NDArray[np.uint8], images("shown")]
    labels: Annotated[NDArray[np.uint8], indices("shown", below="/classes")]
    second: Annotated[NDArray[np.bool_], flags("shown")]
    before: Annotated[NDArray[np.float32], numbers("shown", "height before", "width before").defined]
    after: Annotated[NDArray[np.float32], numbers("shown", "height after", "width after").defined]
    says_before: Annotated[NDArray[np.float32], shares("shown", "/classes").defined]
    says_after: Annotated[NDArray[np.float32], shares("shown", "/classes").defined]


@dataclass(frozen=True, kw_only=True, eq=False)
class CureResult(OfImages):
    """named: the property that the network relies on; empty where none was found, and then nothing was tried. groups:
    the run that inferred them; None where that can't be done. selector: what decides; judged_by: images that it rests
    on, of two parts those of the smaller. before: the network as it was, as a trial. chosen: the reference of the best
    one, where it is better. lost_before, lost_after: of the property. maps: of the network before and the chosen one,
    by map_method, of map_layers, on images of both parts of the selector map_parts; None where none was chosen, and in
    results of early versions.

    hard_before, hard_after: accuracy on conflicting images, which choose nothing.
    """

    steps: Annotated[int, COUNT]
    hard_before: Annotated[float | None, SHARE]
    hard_after: Annotated[float | None, SHARE]
    gain: Annotated[float | None, ANY]
    named: Annotated[str, Field(strict=True, max_length=400)]
    selector: Name
    judged_by: Count
    groups: Name | None = None
    before: Trial | None = None
    trials: tuple[Trial, ...] = ()
    left_out: tuple[Note, ...] = ()
    chosen: Name | None = None
    lost_before: Loss | None = None
    lost_after: Loss | None = None
    palette_name: PaletteName = "distinct"
    recorded_content: Content | None = None
    map_method: MethodName = "grad-cam"
    map_layers: tuple[Name | None, Name | None] = (None, None)
    map_parts: Name | None = None
    maps: Annotated[Maps | None, Part("map_")] = None

    @property
    def best(self) -> Trial | None:
        """The trial that was chosen."""
        return next((one for one in reversed(self.trials) if one.run == self.chosen), None)


def read(_params: CureParams, saved: Result) -> CureResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    result = read_fields(CureResult, saved, content_sizes(saved))
    if result.named and (result.named not in EDITORS or result.before is None or result.lost_before is None):
        raise Damaged("it names an unknown property, or lacks the network before")
    if not result.named and result.trials:
        raise Damaged("it names no property but has trials")
    if (result.chosen is None) != (result.best is None):
        raise Damaged("it chose a network that it didn't try")
    if result.maps is not None and result.chosen is None:
        raise Damaged("it maps a network that it didn't choose")
    return result
