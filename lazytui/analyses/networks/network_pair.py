"""Two networks in one result: what belongs to the second, and whether the two can be asked about the same data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.errors import BadInput
from lazytui.runs.saved_result import Result

AGAINST = "against"
"""What the names of the second network's metrics, arrays and figures begin with."""


def of_second(result: Result) -> Result:
    """The result as if the second network alone had been asked."""
    return Result(
        metrics=_own(result.metrics),
        facts={**result.facts, **result.facts[AGAINST]},
        arrays={**result.arrays, **_own(result.arrays)},
    )


def names(result: Result) -> tuple[str, str]:
    """What the two are called; told apart by number where they are called the same."""
    first, second = str(result.facts["name"]), str(result.facts[AGAINST]["name"])
    return (first, second) if first != second else (f"{first} (1)", f"{second} (2)")


def _own(named: Mapping[str, Any]) -> dict[str, Any]:
    prefix = f"{AGAINST}_"
    return {name.removeprefix(prefix): value for name, value in named.items() if name.startswith(prefix)}


def require_shared_data(first: str, data: DatasetParams, second: str, trained: DatasetParams) -> None:
    """Raise BadInput when the second network, trained with `trained`, can't be fairly asked about `data`.

    first, second: what the networks are called. Another palette gives each color to another digit, so that the
    color-follow rate would mean something else; color in another place, or other classes, it has never seen.
    """
    if palette(trained.palette).colors != palette(data.palette).colors:
        difference = f"gives other colors to the digits (palette {trained.palette}, not {data.palette})"
    elif trained.placement != data.placement:
        difference = f"wears its color elsewhere (placement {trained.placement}, not {data.placement})"
    elif (trained.source == "fashion") != (data.source == "fashion"):
        difference = f"shows other classes (source {trained.source}, not {data.source})"
    else:
        return
    raise BadInput(
        f"{second} and {first} can't be asked about the same images: what {second} learned from {difference}."
    )


def was_held_out(data: DatasetParams, trained: DatasetParams) -> bool:
    """Whether the easy split of `data` has no digit that a network trained with `trained` has learned from."""
    same = (data.seed, data.train_size, data.validation_share) == (
        trained.seed,
        trained.train_size,
        trained.validation_share,
    )
    return same or data.source != trained.source
