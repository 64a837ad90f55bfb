"""Groups of training images that a run inferred without labels, in place of the attribute of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from lazytui.analyses.core.execute import recorded_params, recorded_result
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.train.same_data import OF_OTHER_SPLITS, differing_options
from lazytui.errors import UsageError
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class _GroupsParams(Protocol):
    """Of the parameters of groups, which build on trainings."""

    run: str


class _Found(Protocol):
    """Of their result."""

    like: NDArray[np.uint8]
    contradicting: NDArray[np.bool_]


def inferred_groups(params: TrainParams, workspace: Workspace) -> NDArray[np.uint8]:
    """(n,): the class that each training image is like. Raises UsageError where they are of other images, or no image
    contradicts."""
    run = workspace.find(params.groups or "", kinds=("groups",))
    groups_params, groups = cast("_GroupsParams", recorded_params(run)), cast("_Found", recorded_result(run))
    trained = recorded_params(workspace.find(groups_params.run, kinds=("train",)))
    assert isinstance(trained, TrainParams)
    if other := differing_options(params, trained, OF_OTHER_SPLITS):
        raise UsageError(
            f"The groups of {run.reference} are of other training images than these: {', '.join(other)} "
            f"{'differs' if len(other) == 1 else 'differ'}."
        )
    if not groups.contradicting.any():
        raise UsageError(f"No training image contradicts in {run.reference}, so there are no groups to balance.")
    return groups.like
