"""What the result of `sae` holds: how good the autoencoder is, and what each of its features stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lazytui.analyses.core.exemplar_result import check_pictured, evidence_arrays
from lazytui.analyses.core.fact_readers import PaletteName
from lazytui.runs.result_contents import ANY, DEFINED, Array, Contents, Count, Metric, Name, counts, indices, numbers
from lazytui.runs.saved_result import Result
from lazytui.sae.category_names import CATEGORIES

if TYPE_CHECKING:
    from lazytui.analyses.sae.params import SaeParams

OneOrMore = Annotated[int, Field(strict=True, ge=1, le=10**15)]


class SaeFacts(TypedDict):
    layer: Name
    dimensions: Count
    features: OneOrMore
    samples: OneOrMore
    probe_images: Count
    palette: PaletteName
    fingerprint: Name


_OF_EACH = (
    "density",
    "probe_density",
    "strength",
    "color_selectivity",
    "digit_selectivity",
    "color_bound",
    "digit_bound",
)


def _metrics(_params: SaeParams, _facts: SaeFacts) -> dict[str, Metric]:
    kept = [
        f"{split}_{measure}_{how}"
        for split in ("easy", "hard")
        for measure in ("accuracy", "cross_entropy")
        for how in ("intact", "reconstructed", "recovered")
    ]
    found = [f"{category}_features" for category in CATEGORIES]
    return {**dict.fromkeys((*kept, *found, "unexplained_variance", "dead_share"), ANY), "l0": DEFINED}


def _arrays(_params: SaeParams, facts: SaeFacts) -> dict[str, Array]:
    features = facts["features"]
    return {
        "category": indices(features, below=len(CATEGORIES)),
        **dict.fromkeys(_OF_EACH, numbers(features)),
        "largest": numbers(features).defined,
        "color_response": numbers(features, 10),
        "digit_response": numbers(features, 10),
        "heat": numbers(features, 10, 10),
        "histogram": counts(features, "bins"),
        "effect": numbers(features, 10).optional,
        "nearest": indices(features, "near", below=features),
        "nearest_cosine": numbers(features, "near"),
        "neurons": counts(features, "near neurons"),
        "neuron_correlation": numbers(features, "near neurons"),
        **evidence_arrays(features),
        "history_step": counts("points"),
        **{f"history_{name}": numbers("points") for name in ("unexplained", "l0", "dead_share")},
    }


def _agrees(_params: SaeParams, result: Result) -> None:
    check_pictured(result)


CONTENTS: Contents[SaeParams] = Contents(
    facts=SaeFacts,
    metrics=_metrics,
    arrays=_arrays,
    may_be_empty=frozenset({"pictured", "evidence", "points"}),
    agrees=_agrees,
)
