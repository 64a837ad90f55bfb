"""Two networks side by side: what the second's metrics and figures are called, and whether both suit the same data."""

from __future__ import annotations

from lazytui.analyses.networks.other_data import require_same_classes
from lazytui.counted_nouns import listed
from lazytui.data.content import Content
from lazytui.data.params import DatasetParams
from lazytui.errors import BadInput

AGAINST = "against"
"""What the names of the second network's metrics, arrays and figures begin with."""


def require_shared_data(first: str, data: DatasetParams, second: str, trained: DatasetParams) -> None:
    """Raise BadInput when the second network, trained with `trained`, can't be fairly asked about `data`.

    first, second: what the networks are called. Another palette gives each color to another digit, so that the
    color-follow rate would mean something else; color in another place it has never seen, nor another attribute.
    """
    require_same_classes(second, trained, data)
    learned, shown = trained.content, data.content
    if trained.value_colors and data.value_colors:
        if trained.value_colors != data.value_colors:
            difference = f"gives other colors to the {shown.labels} (palette {trained.palette}, not {data.palette})"
        elif trained.placement != data.placement:
            difference = f"has its color elsewhere (placement {trained.placement}, not {data.placement})"
        else:
            return
    elif (learned.attribute, learned.values, learned.aligned) != (shown.attribute, shown.values, shown.aligned):
        difference = f"has other attributes ({_attribute(learned)}, not {_attribute(shown)})"
    else:
        return
    raise BadInput(
        f"{second} and {first} can't be compared on the same images: the training data set of {second} {difference}."
    )


def _attribute(content: Content) -> str:
    return f"{content.attribute}: {listed(content.values)}" if content.values else "none"


def was_held_out(data: DatasetParams, trained: DatasetParams) -> bool:
    """Whether the easy split of `data` has no image that a network trained with `trained` has learned from."""
    same = (data.seed, data.train_size, data.validation_share) == (
        trained.seed,
        trained.train_size,
        trained.validation_share,
    )
    return same or data.source != trained.source
