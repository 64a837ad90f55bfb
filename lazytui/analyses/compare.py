"""Compare: trainings grouped by recipe, means over seeds, and plain training for as many steps beside each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from lazytui.analyses.base import Analysis, Params, RunReference
from lazytui.analyses.compare_figures import drawn
from lazytui.analyses.train import TrainParams
from lazytui.errors import BadInput
from lazytui.figures.kinds import Figure
from lazytui.models.factories import is_custom
from lazytui.runs.folder import RunFolder
from lazytui.runs.report import Report
from lazytui.runs.result import Result, load_result
from lazytui.runs.workspace import Workspace
from lazytui.training.methods.options import MethodOptions

MetricName = Literal[
    "easy_accuracy",
    "hard_accuracy",
    "aligned_accuracy",
    "conflicting_accuracy",
    "unbiased_accuracy",
    "worst_group_accuracy",
    "shape_bias",
    "color_follow_rate",
]

_NOT_THE_RECIPE = (
    "seed",
    "device",
    "precision",
    "metrics_every",
    "metrics_samples",
    "checkpoint_seconds",
    "keep_checkpoints",
)
"""What may differ between two trainings of the same recipe."""


class CompareParams(Params):
    """Which trainings are compared, and by what."""

    runs: Annotated[tuple[str, ...], RunReference(kinds=("train",), argument=True)] = Field(
        (), description="Finished trainings; by default all that the workspace has."
    )
    rank: MetricName = Field("unbiased_accuracy", description="The metric that orders the leaderboard.")
    x: MetricName = Field("easy_accuracy", description="Across the scatter of all trainings.")
    y: MetricName = Field("hard_accuracy", description="Up the scatter of all trainings.")
    plain: bool = Field(
        True,
        description="Train what is missing of the plain networks that belong beside them: same architecture, data, "
        "seed and number of steps.",
    )


def settle(params: CompareParams, workspace: Workspace) -> CompareParams:
    """Name the trainings; all must be done, and what belongs beside them must be ours to train."""
    runs = [workspace.find(reference) for reference in params.runs] or _finished(workspace)
    if not runs:
        raise BadInput(f"There is no finished training in {workspace.path} to compare: begin with lazytui run train.")
    for run in runs:
        if run.status.state != "done":
            raise BadInput(f"{run.reference} isn't done, it is {run.status.state}: there is nothing to compare yet.")
        load_result(run.path)
        if params.plain and is_custom(model := _trained(run).model):
            raise BadInput(
                f"{run.reference} was trained with the code {model}, and a comparison runs no code on a run's word: "
                "leave that training out, or compare without plain ones: --no-plain"
            )
    return params.model_copy(update={"runs": tuple(dict.fromkeys(workspace.reference(run) for run in runs))})


def run(params: CompareParams, report: Report) -> Result:
    groups: dict[str, dict[str, Any]] = {}
    for reference in params.runs:
        _add(groups, report.workspace.find(reference))
    missing = [] if not params.plain else _missing(groups)
    known = list(_readable(report.workspace, report.note)) if missing else []
    made = 0
    for number, trained in enumerate(missing):
        report.check()
        report.progress(number, len(missing), "plain trainings")
        beside = _plain_run(trained, known, report)
        made += beside.record.started_by == report.run.id
        _add(groups, beside)
    report.progress(len(missing), len(missing), "plain trainings")
    return Result(
        metrics={
            "recipes": len(groups),
            "runs": sum(len(group["runs"]) for group in groups.values()),
            "plain_trained": made,
        },
        facts={"groups": list(groups.values())},
    )


def _finished(workspace: Workspace) -> list[RunFolder]:
    return [run for run in _readable(workspace) if run.status.state == "done"]


def _readable(workspace: Workspace, told: Callable[[str], object] = lambda _: None) -> Iterator[RunFolder]:
    """The trainings of which all that is compared can be read. told: hears of each other one."""
    for run in workspace.readable_runs():
        if run.record.kind != "train":
            continue
        try:
            _trained(run)
            if run.status.state == "done":
                load_result(run.path)
        except BadInput as error:
            told(f"passed over: {error}")
        else:
            yield run


def _add(groups: dict[str, dict[str, Any]], run: RunFolder) -> None:
    """Put a finished training into the group of its recipe."""
    trained, result = _trained(run), load_result(run.path)
    recipe = recipe_of(trained)
    group = groups.setdefault(_key(recipe), {"recipe": recipe, "plain": _key(recipe_of(plain(trained))), "runs": []})
    group["key"] = _key(recipe)
    if any(known["run"] == run.reference for known in group["runs"]):
        return
    group["runs"].append(
        {
            "run": run.reference,
            "seed": trained.seed,
            "metrics": dict(result.metrics),
            "images_seen": result.facts.get("images_seen"),
        }
    )


def recipe_of(trained: TrainParams) -> dict[str, Any]:
    """All that makes a training what it is, but for the seed."""
    return {name: value for name, value in trained.model_dump(mode="json").items() if name not in _NOT_THE_RECIPE}


def plain(trained: TrainParams) -> TrainParams:
    """Plain training of the same architecture on the same data for the same number of steps."""
    return trained.model_copy(update={"method": "erm", **dict.fromkeys(MethodOptions.model_fields)})


def _missing(groups: Mapping[str, Mapping[str, Any]]) -> list[TrainParams]:
    """The plain trainings that the groups should stand beside and that aren't among them, one a seed."""
    wanted: dict[tuple[str, int], TrainParams] = {}
    for group in groups.values():
        there = {run["seed"] for run in groups.get(group["plain"], {"runs": ()})["runs"]}
        for run in group["runs"]:
            if run["seed"] not in there:
                trained = plain(TrainParams.model_validate({**group["recipe"], "seed": run["seed"]}))
                wanted.setdefault((group["plain"], run["seed"]), trained)
    return list(wanted.values())


def _plain_run(trained: TrainParams, known: Iterable[RunFolder], report: Report) -> RunFolder:
    """A finished plain training: one of those that the workspace has already, or else a new one."""
    from lazytui.analyses.execute import carry, create

    same = list(_same(trained, known))
    done = [run for run in same if run.status.state == "done"]
    if done:
        return done[-1]
    mine = [run for run in same if run.record.started_by == report.run.id]
    report.note(f"training a plain {trained.model} for {trained.epochs} epochs, seed {trained.seed}")
    child = mine[-1] if mine else create("train", trained, report.workspace, started_by=report.run.id)
    carry(child, report.workspace, report.narrator, within=report)
    return child


def _same(trained: TrainParams, runs: Iterable[RunFolder]) -> Iterable[RunFolder]:
    wanted = recipe_of(trained)
    for run in runs:
        other = _trained(run)
        if other.seed == trained.seed and recipe_of(other) == wanted:
            yield run


def _trained(run: RunFolder) -> TrainParams:
    from lazytui.analyses.execute import recorded_params

    params = recorded_params(run)
    assert isinstance(params, TrainParams)
    return params


def _key(recipe: Mapping[str, Any]) -> str:
    return "; ".join(f"{name}={value}" for name, value in recipe.items() if value is not None)


def figures(params: CompareParams, result: Result) -> list[Figure]:
    return drawn(result.facts["groups"], rank=params.rank, x=params.x, y=params.y)


ANALYSIS = Analysis(params=CompareParams, run=run, figures=figures, settle=settle)
