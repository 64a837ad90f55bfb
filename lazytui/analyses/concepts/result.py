"""What `concepts` finds: TCAV scores of every value and class for every class, beside those of random images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_facts import OfImages, content_sizes
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.data.content import NO_CLASS, Content
from lazytui.runs.results.result_contents import SHARE, Count, Name, counts, shares
from lazytui.runs.results.saved_result import Result
from lazytui.runs.results.typed_result import read_fields

if TYPE_CHECKING:
    from lazytui.analyses.concepts.params import ConceptsParams


@dataclass(frozen=True, kw_only=True, eq=False)
class ConceptsResult(OfImages):
    """color_score, digit_score: mean over classes of the score of the class's own value of the attribute, and of the
    concept of the class itself; the first is None where no value goes with any class.

    scores: (concepts, classes, runs), by concept and class: the share of the class's images whose score rises along a
    vector of the concept. Concepts are first the values of the attribute, then the classes. random: (classes, R), the
    same along R vectors of random images. accuracy: (concepts,), balanced, on images with the concept and others,
    mean over runs. images: (classes,), of each class. fitted: images with a concept that its vectors
    are fitted to, and as many random ones. dimensions: of the layer's activation. recorded_content: of the images; None
    where they are digits in the palette's colors.
    """

    color_score: Annotated[float | None, SHARE]
    digit_score: Annotated[float | None, SHARE]
    layer: Name
    dimensions: Count
    fitted: Count
    palette_name: PaletteName
    images: Annotated[NDArray[np.int64], counts("classes")]
    scores: Annotated[NDArray[np.float64], shares("concepts", "classes", "runs").defined]
    random: Annotated[NDArray[np.float64], shares("classes", "vectors").defined]
    accuracy: Annotated[NDArray[np.float64], shares("concepts").defined]
    recorded_content: Content | None = None


def own_classes(content: Content) -> list[int]:
    """Of each concept the class that it goes with, NO_CLASS for none: values first, then classes."""
    return [*content.aligned, *range(len(content.classes))]


def own_value_rows(content: Content) -> list[int]:
    """The concepts that are a value which goes with a class."""
    return [row for row, label in enumerate(content.aligned) if label != NO_CLASS]


def read(_params: ConceptsParams, saved: Result) -> ConceptsResult:
    """Raises Damaged where it isn't what `write_fields` makes."""
    sizes = content_sizes(saved)
    return read_fields(ConceptsResult, saved, sizes | {"concepts": sizes["values"] + sizes["classes"]})
