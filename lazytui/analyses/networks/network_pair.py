"""Two networks side by side: what the second's metrics and figures are called, and whether both suit the same data."""

from __future__ import annotations

from lazytui.analyses.networks.other_data import require_same_classes
from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.errors import BadInput

AGAINST = "against"
"""What the names of the second network's metrics, arrays and figures begin with."""


def require_shared_data(first: str, data: DatasetParams, second: str, trained: DatasetParams) -> None:
    """Raise BadInput when the second network, trained with `trained`, can't be fairly asked about `data`.

    first, second: what the networks are called. Another palette gives each color to another digit, so that the
    color-follow rate would mean something else; color in another place it has never seen.
    """
    require_same_classes(second, trained, data)
    if palette(trained.palette).colors != palette(data.palette).colors:
        difference = f"gives other colors to the digits (palette {trained.palette}, not {data.palette})"
    elif trained.placement != data.placement:
        difference = f"wears its color elsewhere (placement {trained.placement}, not {data.placement})"
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
