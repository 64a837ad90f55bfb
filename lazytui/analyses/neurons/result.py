"""What the result of `neurons` holds: what every neuron of a layer tells and does, and pictures of some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from lazytui.analyses.core.exemplar_result import check_pictured, evidence_arrays
from lazytui.analyses.core.fact_readers import EasyAndHard, PaletteName
from lazytui.neurons.role_names import ROLES
from lazytui.runs.result_contents import (
    ANY,
    DEFINED,
    Array,
    Contents,
    Count,
    Metric,
    Name,
    counts,
    images,
    indices,
    numbers,
)
from lazytui.runs.saved_result import Result

if TYPE_CHECKING:
    from lazytui.analyses.neurons.params import NeuronsParams


class NeuronsFacts(TypedDict):
    layer: Name
    shape: list[Count]
    palette: PaletteName
    probe_images: Count
    samples: EasyAndHard
    snippets: list[Name]


_COUNTS = ("neurons", "traitors", "heroes", "mixed", "silent", "flat")
_OF_EACH = (
    "color_information",
    "digit_information",
    "digit_given_color",
    "information_bound",
    "color_selectivity",
    "digit_selectivity",
    "easy_color_information",
    "easy_digit_information",
    "entropy",
    "strength",
    "polysemanticity",
    "color_patch",
    "digit_patch",
    "easy_without_mean",
    "easy_without_zero",
    "hard_without_mean",
    "hard_without_zero",
)
_OF_EACH_AND_TEN = (
    "color_response",
    "digit_response",
    "patch_response",
    "contribution_mean",
    "contribution_zero",
    "red_one_shift",
)
_THROUGH_TRAINING = ("color_information", "digit_information", "information_bound", "color_selectivity", "strength")


def _metrics(_params: NeuronsParams, _facts: NeuronsFacts) -> dict[str, Metric]:
    kinds = ("intact", "without_traitors", "without_heroes", "without_random")
    accuracies = [f"{split}_{kind}" for split in ("easy", "hard") for kind in kinds]
    components = ("participation_ratio", "components_for_90_percent")
    return dict.fromkeys((*_COUNTS, *accuracies), ANY) | dict.fromkeys(components, DEFINED)


def _arrays(_params: NeuronsParams, facts: NeuronsFacts) -> dict[str, Array]:
    every, snippets = "neurons", len(facts["snippets"])
    return {
        "role": indices(every, below=len(ROLES)),
        **dict.fromkeys(_OF_EACH, numbers(every)),
        "information_margin": numbers(every).optional,  # results of early versions lack it
        **dict.fromkeys(_OF_EACH_AND_TEN, numbers(every, 10)),
        "heat": numbers(every, 10, 10),
        "outgoing": numbers(every, 10).optional,
        "red_one_shift_all": numbers(10),
        "red_one_images": images(2),
        "snippet_images": images(snippets),
        "snippet_values": numbers(every, snippets),
        **_ablations(),
        **evidence_arrays(every),
        **_pictures(),
        **_through_training(),
    }


def _ablations() -> dict[str, Array]:
    """As more and more neurons are taken out."""
    arrays = {"ablated": counts("stages")}
    for split in ("easy", "hard"):
        arrays |= {f"{split}_{first}_first": numbers("stages") for first in ("traitors", "heroes")}
        arrays[f"{split}_random"] = numbers("orders", "stages")
    return arrays


def _pictures() -> dict[str, Array]:
    return {
        "preferred": images("starts", "pictured"),
        "preferred_response": numbers("pictured"),
        "stability": numbers("pictured"),
        "clustered": indices("pictured", below="pictured"),
        "correlation": numbers("pictured", "pictured"),
        "shared_information": numbers("pictured", "pictured"),
        "spectrum": numbers("components"),
        "class_images": images("starts of classes", 10),
        "originals": images(10),
        "inverted": images(10),
        "feature_maps": numbers(2, "neurons", "height of maps", "width of maps").optional,
        "filters": Array("u", ("filters", "height of filters", "width of filters", 3), low=0, high=255).optional,
    }


def _through_training() -> dict[str, Array]:
    """There where the training kept weights on its way."""
    first = "training_step"
    return {
        first: counts("checkpoints").optional,
        "training_role": indices("checkpoints", "neurons", below=len(ROLES)).along_with(first),
        **{f"training_{name}": numbers("checkpoints", "neurons").along_with(first) for name in _THROUGH_TRAINING},
    }


def _agrees(_params: NeuronsParams, result: Result) -> None:
    check_pictured(result)


CONTENTS: Contents[NeuronsParams] = Contents(facts=NeuronsFacts, metrics=_metrics, arrays=_arrays, agrees=_agrees)
