"""What the result of `dataset` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from lazytui.data.palettes import NO_COLOR
from lazytui.data.splits import SPLITS
from lazytui.runs.result_contents import Array, Contents, Metric, Name, counts, images, indices

if TYPE_CHECKING:
    from lazytui.analyses.dataset.params import DatasetRunParams


class DatasetFacts(TypedDict):
    source: Name


def _metrics(_params: DatasetRunParams, _facts: DatasetFacts) -> dict[str, Metric]:
    """Those that don't follow from the contingency tables; the others are computed from these."""
    return {f"{split}_images": Metric(low=1, high=1e12, defined=True) for split in SPLITS}


def _arrays(_params: DatasetRunParams, _facts: DatasetFacts) -> dict[str, Array]:
    arrays = {"palette_images": images(10)}
    for split in SPLITS:
        shown = f"{split} samples"
        arrays |= {
            f"{split}_contingency": counts(10, 10),
            f"{split}_images": images(shown),
            f"{split}_digits": indices(shown, below=10),
            f"{split}_colors": indices(shown, below=NO_COLOR + 1),
        }
    return arrays


CONTENTS: Contents[DatasetRunParams] = Contents(facts=DatasetFacts, metrics=_metrics, arrays=_arrays)
