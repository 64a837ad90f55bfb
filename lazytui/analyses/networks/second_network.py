"""A second network beside the first, on the same images: how it is named, and whether that is fair."""

from __future__ import annotations

from typing import Annotated, Self, TypeVar

from pydantic import Field, model_validator

from lazytui.analyses.core.analysis import RunReference
from lazytui.analyses.networks.model_under_study import (
    ModelUnderStudyParams,
    NetworkParams,
    recorded_training,
    trained_with,
)
from lazytui.analyses.networks.model_under_study import resolve as resolve_network
from lazytui.analyses.networks.network_pair import require_shared_data
from lazytui.analyses.networks.other_data import require_same_classes
from lazytui.errors import UsageError
from lazytui.runs.workspace import Workspace


class SecondNetworkParams(NetworkParams):
    """Which network is asked, and which other one beside it."""

    against: Annotated[str | None, RunReference(kinds=("train",))] = Field(
        None, description="A second trained network to compare with, on the same images."
    )
    against_model: str | None = Field(None, description="The architecture of the second network, as for --model.")

    @model_validator(mode="after")
    def _check_against(self) -> Self:
        if self.against is None and self.against_model is not None:
            raise ValueError("--against-model needs --against: there is no second network yet.")
        return self


class PairParams(SecondNetworkParams, ModelUnderStudyParams):
    """Which network is looked at, and which other one beside it, on which data."""


P = TypeVar("P", bound=PairParams)


def resolve(params: P, workspace: Workspace) -> P:
    """Make sure that the data can be rebuilt and suit both networks, and record which they are."""
    first, *second = pair_params(params, workspace)
    if second:
        if params.against == params.run:
            raise UsageError(f"{params.run} can't be compared with itself: name another network.")
        require_fair(first, second[0].run, workspace)
    return params.model_copy(update={"source": first.source})


def require_fair(first: ModelUnderStudyParams, second: str, workspace: Workspace) -> None:
    """Raise BadInput where the second network can't be fairly asked about the data that the first one is shown.

    Data that both were asked to be shown only need the same classes.
    """
    shown, learned = trained_with(first, workspace), recorded_training(second, workspace)
    if first.paints_otherwise:
        require_same_classes(second, learned, shown)
    else:
        require_shared_data(first.run, shown, second, learned)


def pair_params(params: PairParams, workspace: Workspace) -> list[ModelUnderStudyParams]:
    """The first network and the second, where there is one; of neither is code taken that a person didn't name."""
    first = resolve_network(first_model_params(params), workspace)
    second = second_model_params(params.model_copy(update={"source": first.source}))
    return [first, resolve_network(second, workspace, option="--against-model")] if second else [first]


def first_model_params(params: PairParams) -> ModelUnderStudyParams:
    """The first network alone."""
    return ModelUnderStudyParams(run=params.run, model=params.model, device=params.device, **params.other_data)


def second_model_params(params: PairParams) -> ModelUnderStudyParams | None:
    """The second network, where there is one; shown the data that are asked for the first."""
    if params.against is None:
        return None
    return ModelUnderStudyParams(
        run=params.against, model=params.against_model, device=params.device, **params.other_data
    )
