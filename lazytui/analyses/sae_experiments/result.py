"""What the result of `sae-experiments` holds: each network's experiments, and what two have to do with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.runs.result_contents import (
    ANY,
    Array,
    Contents,
    Count,
    Damaged,
    Metric,
    Name,
    Number,
    check_metrics,
    counts,
    images,
    indices,
    numbers,
)
from lazytui.runs.saved_result import Result
from lazytui.sae.category_names import CATEGORIES
from lazytui.sae.dose_positions import FACTORS

if TYPE_CHECKING:
    from lazytui.analyses.sae_experiments.params import SaeExperimentsParams


class Network(TypedDict):
    name: Name
    layer: Name
    color_features: Count


class SaeExperimentsFacts(TypedDict):
    networks: Annotated[list[Network], Field(min_length=1, max_length=2)]
    palette: PaletteName
    bridge: NotRequired[Number | None]


_SPLITS = ("easy", "hard", "balanced")
_MEASURED = ("intact", "without_color", "color_alone", "random", "directions")
_SCORES = ("removal_score", "removal_score_random", "removal_score_directions", "balanced_head")
_SWAPS = ("swap_before", "swap_after", "swap_random")
_AGREEMENT = ("same_category", "same_category_by_chance", "partner_cosine")
_INJECTED = ("inject_before", "inject_source", "inject_target", "inject_random")


def _metrics(_params: SaeExperimentsParams, facts: SaeExperimentsFacts) -> dict[str, Metric]:
    shares = [f"{split}_{name}" for split in _SPLITS for name in _MEASURED]
    ends = [f"{split}_{name}_{end}" for split in _SPLITS for name in _MEASURED[3:] for end in ("low", "high")]
    prefixes = ("", "against_")[: len(facts["networks"])]
    return {f"{prefix}{name}": ANY for prefix in prefixes for name in (*shares, *ends, *_SCORES, *_SWAPS)}


def _arrays(_params: SaeExperimentsParams, facts: SaeExperimentsFacts) -> dict[str, Array]:
    arrays = {
        "partners": counts("partners", 4).optional,
        "partner_cosine": numbers("partners").along_with("partners"),
        "inject_target": numbers(10).optional,
        **{name: numbers(10).along_with("inject_target") for name in _INJECTED if name != "inject_target"},
    }
    for number in range(len(facts["networks"])):
        arrays |= {f"{number}/{name}": array for name, array in _of_a_network(number).items()}
    return arrays


def _of_a_network(number: int) -> dict[str, Array]:
    single = f"single features of {number}"
    arrays = {
        "dose": numbers(len(FACTORS), 3),
        "single": counts(single),
        "single_accuracy": numbers(single, 2),
        "balanced_head": numbers(1),
        **dict.fromkeys(_SWAPS, numbers(10, 10)),
    }
    for split in _SPLITS:
        draws = f"draws on {split} of {number}"
        arrays |= {
            **{f"{split}_{name}": numbers(1) for name in ("intact", "without", "without_others")},
            f"{split}_mass": numbers(2),
            f"{split}_pool": counts(2),
            **{f"{split}_{name}": numbers(draws) for name in ("directions", "random", "random_mass")},
            f"{split}_random_sizes": counts(draws),
        }
    return arrays | _gazes(number)


def _gazes(number: int) -> dict[str, Array]:
    """There where the network has a map."""
    first, shown, maps = f"{number}/gaze_before", f"shown of {number}", (f"height of {number}", f"width of {number}")
    beside = {
        "gaze_after": numbers(shown, *maps),
        "gaze_images": images(shown),
        "gaze_digits": indices(shown, below=10),
        **{f"gaze_{when}_said": indices(shown, below=10) for when in ("before", "after")},
        **{f"gaze_{when}_energy": numbers(f"looked at of {number}") for when in ("before", "after")},
    }
    return {
        "gaze_before": numbers(shown, *maps).optional,
        **{name: array.along_with(first) for name, array in beside.items()},
    }


def _agrees(_params: SaeExperimentsParams, result: Result) -> None:
    """What lies between two networks needs two, and what is told of it."""
    arrays = result.arrays
    if {"partners", "inject_target"} & set(arrays) and len(result.facts["networks"]) < 2:
        raise Damaged("it lacks the second network")
    if "partners" in arrays:
        check_metrics(dict.fromkeys(_AGREEMENT, ANY), result.metrics)
        if (arrays["partners"].astype(int)[:, [1, 3]] >= len(CATEGORIES)).any():
            raise Damaged("its array 'partners' has categories that don't exist")
    elif "inject_target" in arrays and "bridge" not in result.facts:
        raise Damaged("it lacks the fact 'bridge'")


CONTENTS: Contents[SaeExperimentsParams] = Contents(
    facts=SaeExperimentsFacts,
    metrics=_metrics,
    arrays=_arrays,
    may_be_empty=frozenset({"partners", *(f"single features of {number}" for number in (0, 1))}),
    agrees=_agrees,
)
