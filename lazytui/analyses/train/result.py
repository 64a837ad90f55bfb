"""What the result of `train` holds: the network's metrics, and the curves of its training."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired

from typing_extensions import TypedDict

from lazytui.runs.result_contents import COUNT, SHARE, Array, Contents, Count, Metric, Name, Note, numbers

if TYPE_CHECKING:
    from lazytui.analyses.train.params import TrainParams


class TrainFacts(TypedDict):
    images_seen: NotRequired[Count | None]
    fingerprint: NotRequired[Name]
    at_chance: NotRequired[list[Note]]


def _metrics(_params: TrainParams, _facts: TrainFacts) -> dict[str, Metric]:
    shown = ("easy_accuracy", "hard_accuracy")
    return {**dict.fromkeys(shown, SHARE), "steps": COUNT}


def _arrays(_params: TrainParams, _facts: TrainFacts) -> dict[str, Array]:
    return {"history_step": numbers("points").defined}


CONTENTS: Contents[TrainParams] = Contents(
    facts=TrainFacts,
    metrics=_metrics,
    arrays=_arrays,
    others=numbers("points").unbounded,
    may_be_empty=frozenset({"points"}),
)
