"""What neurons and features have in common in their results: the images that each responds to, kept once."""

from __future__ import annotations

from lazytui.data.palettes import NO_COLOR
from lazytui.runs.result_contents import Array, Damaged, Size, images, indices, numbers
from lazytui.runs.saved_result import Result


def evidence_arrays(of: Size) -> dict[str, Array]:
    """of: how many neurons or features there are; those in `pictured` have images."""
    return {
        "pictured": indices("pictured", below=of),
        "top": indices("pictured", "strongest", below="evidence"),
        "top_values": numbers("pictured", "strongest"),
        "quantiles": indices("pictured", "spread", below="evidence"),
        "quantile_values": numbers("pictured", "spread"),
        "evidence_images": images("evidence"),
        "evidence_digits": indices("evidence", below=10).optional,
        "evidence_colors": indices("evidence", below=NO_COLOR + 1).optional,
    }


def check_pictured(result: Result) -> None:
    """Those that have images are told by number, each once and in order. Raises Damaged."""
    pictured = result.arrays["pictured"].astype(int)
    if (pictured[1:] <= pictured[:-1]).any():
        raise Damaged("its array 'pictured' is out of order")
