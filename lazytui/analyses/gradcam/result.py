"""What the result of `gradcam` holds: maps of one network's answers with what they are worth, or of two networks'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from lazytui.analyses.networks.second_network_result import read_pair
from lazytui.analyses.train.params import TrainParams
from lazytui.data.palettes import NO_COLOR
from lazytui.runs.result_contents import ANY, Array, Contents, Count, Damaged, Metric, Name, images, indices, numbers
from lazytui.runs.saved_result import Result
from lazytui.saliency.map_names import MethodName
from lazytui.saliency.reason_categories import EVIDENCE_METRICS, NO_EVIDENCE, REASONS

if TYPE_CHECKING:
    from lazytui.analyses.gradcam.params import GradcamParams

Side = Annotated[int, Field(strict=True, ge=1, le=4096)]


class GradcamFacts(TypedDict):
    name: NotRequired[Name]
    trained: TrainParams
    layer: Name | None
    map_size: Annotated[list[Side], Field(min_length=2, max_length=2)]
    images: Count
    checked: Count
    randomized: NotRequired[list[Name]]
    gallery_methods: NotRequired[Annotated[list[MethodName], Field(min_length=1)]]
    gallery_layer: NotRequired[Name | None]


_METRICS = (
    "energy_in_mask",
    "energy_uniform",
    "energy_center_prior",
    "energy_shuffled",
    "energy_perfect",
    "focus_score",
    "looking_at_digit",
    *EVIDENCE_METRICS,
)
_CURVES = ("deletion", "insertion", "random_deletion", "random_insertion")
_RECOLORED = (
    "redrawn_drop",
    "recolored_drop",
    "flips_difference_low",
    "flips_difference_high",
    "right_for_wrong_reason_share",
    "wrong_because_of_color_share",
)


def _metrics(_params: GradcamParams, facts: GradcamFacts) -> dict[str, Metric]:
    checked = (*(f"{curve}_auc" for curve in _CURVES), "randomization_null") if facts["checked"] else ()
    recolored = _RECOLORED if _recolored(facts) else ()
    return dict.fromkeys((*_METRICS, *checked, *recolored), ANY)


def _recolored(facts: GradcamFacts) -> bool:
    return bool(facts["checked"]) and TrainParams.model_validate(facts["trained"]).placement != "none"


def _arrays(_params: GradcamParams, facts: GradcamFacts) -> dict[str, Array]:
    size = facts["map_size"]
    arrays = {
        **dict.fromkeys(("energy", "energy_shuffled", "energy_perfect", "standing"), numbers("images")),
        "ways": indices("images", below=NO_EVIDENCE + 1),
        "digits": indices("images", below=10),
        "colors": indices("images", below=NO_COLOR + 1),
        "predicted": indices("images", below=10),
        "example_places": indices("examples", below="images"),
        "example_images": images("examples"),
        "example_maps": numbers("examples", *size),
        "example_logits": numbers("examples", 10),
        "example_targets": indices("examples", below=NO_COLOR + 1),
        "cue_conflict_images": images(100),
        "cue_conflict_maps": numbers(100, *size),
        "cue_conflict_logits": numbers(100, 10),
        "cue_conflict_targets": indices(100, below=NO_COLOR + 1),
    }
    if facts["checked"]:
        arrays |= {f"curve_{curve}": numbers("points of curves") for curve in _CURVES}
        arrays["randomization"] = numbers(len(facts.get("randomized", ())))
    if _recolored(facts):
        arrays["recolored_drops"] = numbers(facts["checked"], 10)
        arrays["causes"] = indices(facts["checked"], below=len(REASONS))
    return arrays | _gallery(facts)


def _gallery(facts: GradcamFacts) -> dict[str, Array]:
    methods = facts.get("gallery_methods")
    if methods is None:
        return {}
    maps = {f"gallery_{method}": numbers("gallery", f"height of {method}", f"width of {method}") for method in methods}
    return {"gallery_places": indices("gallery", below=100), **maps}


def _agrees(_params: GradcamParams, result: Result) -> None:
    """What was checked are the first of the images, and what was drawn anew has a name."""
    checked, seen = result.facts["checked"], len(result.arrays["ways"])
    if checked > seen:
        raise Damaged(f"its fact 'checked' is {checked:,}, of {seen:,} images")
    if checked and "randomized" not in result.facts:
        raise Damaged("it lacks the fact 'randomized'")


_ONE: Contents[GradcamParams] = Contents(facts=GradcamFacts, metrics=_metrics, arrays=_arrays, agrees=_agrees)


def read(params: GradcamParams, result: Result) -> Result:
    """Raises Damaged where the result isn't what `gradcam` makes."""
    return read_pair(_ONE, params, result)
