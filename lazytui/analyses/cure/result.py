"""What `cure` finds: what the network goes by, what was tried, and the network that goes by it least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from lazytui.audit.editors import EDITORS
from lazytui.runs.results.result_contents import ANY, COUNT, SHARE, Count, Damaged, Name, Note, Number
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields

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
    """A training that was tried. score: by what is chosen, None where undefined. accuracy: on held-out images of the
    same bias."""

    rung: Annotated[Count, Field(ge=1)]
    method: Name
    run: Name
    epochs: Annotated[Count, Field(ge=1)]
    steps: Count
    score: Rate | None
    accuracy: Rate


@dataclass(frozen=True, kw_only=True)
class CureResult:
    """named: the property that the network goes by; empty where none was found, and then nothing was tried. groups: the
    run that told them; None where that can't be done. selector: by which is chosen; judged_by: images of the
    smaller of its two parts. before: the network as it was, as a
    trial. chosen: the reference of the best one, where it is better. lost_before, lost_after: of the property.

    hard_before, hard_after: accuracy on conflicting images, by which nothing was chosen.
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

    @property
    def best(self) -> Trial | None:
        """The trial that was chosen."""
        return next((one for one in reversed(self.trials) if one.run == self.chosen), None)


def read(_params: CureParams, saved: Result) -> CureResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    result = read_fields(CureResult, saved)
    if result.named and (result.named not in EDITORS or result.before is None or result.lost_before is None):
        raise Damaged("it names a property that there isn't, or nothing of the network before")
    if not result.named and result.trials:
        raise Damaged("it found nothing, and tried to cure it")
    if (result.chosen is None) != (result.best is None):
        raise Damaged("it chose what it didn't try")
    return result
