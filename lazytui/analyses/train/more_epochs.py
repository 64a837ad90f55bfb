"""More epochs of a training that is done: a run of its own, which goes on where the shorter one ended."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazytui.analyses.core import execute
from lazytui.analyses.core.older_records import updated_params
from lazytui.analyses.train.params import TrainParams
from lazytui.runs.run_folder import LONGER_FILE, RESUME_FILE, RunFolder
from lazytui.runs.saved_options import without_nulls
from lazytui.runs.workspace import Workspace
from lazytui.training.length_dependence import length_matters

if TYPE_CHECKING:
    from lazytui.training.resume_state import Snapshot


def furthest_shorter(params: TrainParams, recorded: Mapping[str, Any], workspace: Workspace) -> RunFolder | None:
    """Of the finished trainings of fewer epochs, and the same otherwise, the longest that `params` can go on from.

    wanted: the parameters as they will be recorded. The newest of several; None where no such one keeps its state, or
    where it wouldn't be exact: the weights at the end are those of a training that never stopped in between.
    """
    shorter = [run for run in workspace.readable_runs() if is_shorter(run, recorded) and not why_not(run, params)]
    return max(reversed(shorter), key=lambda run: run.record.params["epochs"], default=None)


def why_not(shorter: RunFolder, params: TrainParams) -> str:
    """Why a finished training can't go on to these parameters, of which only the epochs differ; empty where it can."""
    if reason := length_matters(params):
        return f"A longer training isn't a continuation of it: {reason}."
    if (shorter.path / LONGER_FILE).exists():
        return ""
    return "It has no saved state to continue from: an older version made it, or another run started it."


def go_on_from(
    shorter: RunFolder,
    params: TrainParams,
    workspace: Workspace,
    *,
    name: str | None = None,
    started_by: str | None = None,
) -> tuple[RunFolder, int]:
    """A queued run that begins where the shorter one ended, and the step of that. The shorter one stays as it is.

    Raises BadInput, before anything is written, for a state that is damaged or of another training.
    """
    snapshot = _final_state(shorter)
    from lazytui.training.resume_state import save_snapshot

    def fill(folder: Path) -> None:
        save_snapshot(snapshot, folder / RESUME_FILE)

    return execute.create("train", params, workspace, name=name, started_by=started_by, fill=fill), snapshot.step


def sentence_on_the_beginning(run: RunFolder, shorter: RunFolder, step: int) -> str:
    return f"{run.id} continues where {shorter.id} ended, at step {step}; its curves include that run's points."


def is_shorter(run: RunFolder, recorded: Mapping[str, Any]) -> bool:
    """Whether a run is a finished training of these parameters, but for fewer epochs."""
    params, epochs = updated_params(run.record.params), run.record.params.get("epochs")
    if run.record.kind != "train" or not isinstance(epochs, int) or epochs >= recorded["epochs"]:
        return False
    same = without_nulls({**params, "epochs": recorded["epochs"]}) == without_nulls(recorded)
    return same and run.status.state == "done"


def _final_state(run: RunFolder) -> Snapshot:
    from lazytui.system.torch_import import require_torch

    require_torch()
    from lazytui.training.resume_state import load_snapshot, unusable_state

    path = run.path / LONGER_FILE
    snapshot = load_snapshot(path)
    if snapshot is None or snapshot.step != execute.recorded_result(run).steps:
        raise unusable_state(path)
    return snapshot
