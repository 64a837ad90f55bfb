"""What `concepts` finds: TCAV scores of every color and digit for every class, beside those of random images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.runs.results.result_contents import SHARE, Count, Name, counts, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields

if TYPE_CHECKING:
    from lazytui.analyses.concepts.params import ConceptsParams

KINDS = ("color", "digit")
"""Of concepts: first the ten colors, by the digit that each belongs to, then the ten digits."""
CONCEPTS = 10 * len(KINDS)


@dataclass(frozen=True, kw_only=True, eq=False)
class ConceptsResult:
    """color_score, digit_score: mean over classes of the score of the class's own color, and of its own digit.

    scores: (20, 10, runs), by concept and class: the share of the class's images whose score rises along a vector of
    the concept. random: (10, R), the same along R vectors of random images. accuracy: (20,), how well the vectors tell
    images with the concept from others, balanced, mean over runs. images: (10,), of each class. fitted: images with a
    concept that its vectors are fitted to, and as many random ones. dimensions: of the layer's activation.
    """

    color_score: Annotated[float | None, SHARE]
    digit_score: Annotated[float | None, SHARE]
    layer: Name
    dimensions: Count
    fitted: Count
    palette_name: PaletteName
    images: Annotated[NDArray[np.int64], counts(10)]
    scores: Annotated[NDArray[np.float64], shares(CONCEPTS, 10, "runs").defined]
    random: Annotated[NDArray[np.float64], shares(10, "vectors").defined]
    accuracy: Annotated[NDArray[np.float64], shares(CONCEPTS).defined]


def read(_params: ConceptsParams, saved: Result) -> ConceptsResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    return read_fields(ConceptsResult, saved)
