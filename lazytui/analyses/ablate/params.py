"""What can be chosen of `ablate`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lazytui.analyses.core.analysis import Params, RunReference
from lazytui.analyses.neurons.params import PLURALS


class AblateParams(Params):
    """Which neurons are ablated, and what replaces their activations."""

    neurons: Annotated[str, RunReference(kinds=("neurons",), argument=True)] = Field(
        description="A run of `lazytui run neurons`, whose neurons are ablated."
    )
    neuron: str = Field(
        "traitors",
        description=f"The neurons: numbers and spans such as 3,17,20-24, or roles: {', '.join(PLURALS)}.",
        examples=list(PLURALS),
    )
    stand_in: Literal["mean", "zero"] = Field(
        "mean", description="What replaces their activations: their mean, or zero."
    )
    patch: str | None = Field(
        None,
        description="Also patch their activations from one image into another, such as 'red 1 into green 1', and show "
        "every logit; 'hard red 7 into easy 17' names images of a split by color and digit (value and class) or by "
        "number, 'drawn 0' the newest image that `lazytui run ask` kept.",
    )
    model: str | None = Field(
        None,
        description="The network's architecture, if it is custom code; code that only a run names is never executed.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )
