"""A second network beside the first, asked about the very same images: how it is named, and whether that is fair."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field, model_validator

from lazytui.analyses.core.analysis import RunReference
from lazytui.analyses.networks.model_under_study import SubjectParams, recorded_training, trained_with
from lazytui.analyses.networks.model_under_study import resolve as resolve_subject
from lazytui.analyses.networks.network_pair import require_shared_data
from lazytui.errors import UsageError
from lazytui.runs.workspace import Workspace


class PairParams(SubjectParams):
    """Which network is looked at, and which other one beside it."""

    against: Annotated[str | None, RunReference(kinds=("train",))] = Field(
        None, description="A second trained network, to be asked about the very same images and shown beside it."
    )
    against_model: str | None = Field(None, description="The architecture of the second network, as for --model.")

    @model_validator(mode="after")
    def _check_against(self) -> PairParams:
        if self.against is None and self.against_model is not None:
            raise ValueError("--against-model needs --against: there is no second network yet.")
        return self


P = TypeVar("P", bound=PairParams)


def resolve(params: P, workspace: Workspace) -> P:
    """Make sure that the data can be rebuilt and suit both networks, and record which they are."""
    first, *second = subjects(params, workspace)
    if second:
        if params.against == params.run:
            raise UsageError(f"{params.run} can't be set against itself: name another network.")
        asked = trained_with(first, workspace)
        require_shared_data(params.run, asked, second[0].run, recorded_training(second[0].run, workspace))
    return params.model_copy(update={"source": first.source})


def subjects(params: PairParams, workspace: Workspace) -> list[SubjectParams]:
    """The first network and the second, where there is one; of neither is code taken that a person didn't name."""
    first = resolve_subject(first_subject(params), workspace)
    second = second_subject(params.model_copy(update={"source": first.source}))
    return [first, resolve_subject(second, workspace, option="--against-model")] if second else [first]


def first_subject(params: PairParams) -> SubjectParams:
    """The first network alone."""
    return SubjectParams(run=params.run, model=params.model, source=params.source, device=params.device)


def second_subject(params: PairParams) -> SubjectParams | None:
    """The second network, where there is one; shown the data that are asked for the first."""
    if params.against is None:
        return None
    return SubjectParams(run=params.against, model=params.against_model, source=params.source, device=params.device)
