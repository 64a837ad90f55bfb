"""What can be chosen of `sae-experiments`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from lazytui.analyses.core.analysis import Params, RunReference

if TYPE_CHECKING:
    pass


class SaeExperimentsParams(Params):
    """Whose features, and on how many images."""

    sae: Annotated[str, RunReference(kinds=("sae",), argument=True)] = Field(
        description="A run of `lazytui run sae`, whose features are edited."
    )
    against: Annotated[str | None, RunReference(kinds=("sae",))] = Field(
        None,
        description="A second run of sae: of a cured network, to which the attribute's features are transferred; or of "
        "the same layer with another seed, in which the features are matched.",
    )
    model: str | None = Field(
        None,
        description="The networks' architecture, if it is custom code; code that only a run names is never executed.",
    )
    samples: int = Field(2000, ge=100, le=100_000, description="Images of each split that accuracies are measured on.")
    draws: int = Field(20, ge=3, le=1000, description="Random draws of features with which each result is compared.")
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the draws.")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )
