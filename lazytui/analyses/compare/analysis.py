"""Compare: trainings grouped by recipe, means over seeds, and plain training for as many steps beside each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from lazytui.analyses.compare.attack_leaderboard import attack_all, attack_table, require_attackable
from lazytui.analyses.compare.params import CompareParams
from lazytui.analyses.compare.result import CompareResult, read, write
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.core.metric_catalog import OF_SELECTORS
from lazytui.analyses.recipe.known_recipes import known_recipes
from lazytui.analyses.select.candidate_scores import find_plain_training, require_no_custom_code
from lazytui.analyses.select.ranking import by_seed, require_one_data_set, with_selector_metrics
from lazytui.analyses.select.ranking_figures import choice_figures
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.leaderboard_figures import leaderboard_figures
from lazytui.analyses.trainings.recipe_groups import labeled_groups, measured_rank, ranked_groups
from lazytui.analyses.trainings.training_lookup import (
    Trainings,
    known_trainings,
    missing_comparisons,
    not_among,
    same_training,
    trained_params,
)
from lazytui.code_permission import is_custom
from lazytui.counted_nouns import counted
from lazytui.data.splits import find_data
from lazytui.errors import BadInput, LazytuiError
from lazytui.figures.kinds import Figure
from lazytui.runs.formatting import state_clause
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


def resolve(params: CompareParams, workspace: Workspace) -> CompareParams:
    """Name the trainings; all must be done, and what belongs beside them must be ours to train."""
    runs = [workspace.find(reference) for reference in params.runs]
    runs = runs or [run for run in known_trainings(workspace) if run.status.state == "done"]
    if not runs:
        raise BadInput(f"There is no finished training in {workspace.path} to compare: begin with lazytui run train.")
    for run in runs:
        if run.status.state != "done":
            raise BadInput(
                f"{run.reference} isn't done, it {state_clause(run.status)}: there is nothing to compare yet."
            )
        recorded_result(run)
        if params.plain and is_custom(model := trained_params(run).model):
            raise BadInput(
                f"{run.reference} was trained with the custom code {model}, which a comparison doesn't execute: "
                "leave that training out, or compare without plain ones: --no-plain"
            )
    if params.attack:
        require_attackable(runs, params.attack, workspace)
    if params.rank in OF_SELECTORS:
        _require_rankable(params, runs, workspace)
    return params.model_copy(update={"runs": tuple(dict.fromkeys(workspace.reference(run) for run in runs))})


def _require_rankable(params: CompareParams, runs: Sequence[RunFolder], workspace: Workspace) -> None:
    """Raise UsageError or BadInput where the networks can't be ranked without labels."""
    require_no_custom_code(runs)
    require_one_data_set(params.rank, {run.reference: trained_params(run) for run in runs})
    find_data(trained_params(runs[0]))
    for of_seed in [] if params.plain else by_seed(runs):
        find_plain_training(of_seed, workspace)


def run(params: CompareParams, report: Report) -> CompareResult:
    trainings = Trainings()
    for reference in params.runs:
        trainings.add(report.workspace.find(reference))
    missing = trainings.missing_comparisons() if params.plain else []
    known_runs = list(known_trainings(report.workspace, report.note)) if missing else []
    if sentence := reference_trainings(len(not_among(map(trained_params, known_runs), missing))):
        report.note(f"{sentence}; --no-plain leaves them out")
    trained_now = 0
    for number, trained in enumerate(missing):
        report.check()
        report.progress(number, len(missing), "plain trainings")
        beside = _plain_run(trained, known_runs, report)
        trained_now += beside.record.started_by == report.run.id
        trainings.add(beside)
    report.progress(len(missing), len(missing), "plain trainings")
    groups = trainings.groups
    if params.attack:
        groups = attack_all(groups, params.attack, report)
    if params.rank in OF_SELECTORS:
        groups = with_selector_metrics(groups, params.property or (), "auto", report)
    runs = sum(len(group.runs) for group in groups)
    return CompareResult(recipes=len(groups), runs=runs, plain_trained=trained_now, groups=groups)


def reference_trainings(count: int) -> str:
    """What is to be said of the trainings that a comparison makes itself; empty where it makes none."""
    if not count:
        return ""
    return f"trains {counted(count, 'plain network')} first, to compare with"


def planned(params: CompareParams, done: Sequence[RunFolder], workspace: Workspace) -> str:
    """How many trainings a comparison is going to start, and why, before it runs. done: the workspace's trainings."""
    if not params.plain:
        return ""
    readable = list(_readable(done))
    try:
        compared = list(_readable(map(workspace.find, params.runs))) if params.runs else readable
    except LazytuiError:
        return ""  # its form says so
    return reference_trainings(len(not_among(readable, missing_comparisons(compared))))


def _readable(runs: Iterable[RunFolder]) -> Iterator[TrainParams]:
    for run in runs:
        with suppress(BadInput):
            yield trained_params(run)


def _plain_run(trained: TrainParams, known_runs: Iterable[RunFolder], report: Report) -> RunFolder:
    """A finished plain training: one of those that the workspace has already, or else a new one."""
    from lazytui.analyses.core.execute import find_or_execute

    def longer() -> RunFolder | None:
        return _longer_than_known(trained, report)

    how = "plain" if trained.method == "erm" else trained.method
    doing = f"training a {how} {trained.model} for {counted(trained.epochs, 'epoch')}, seed {trained.seed}"
    return find_or_execute("train", trained, list(same_training(trained, known_runs)), doing, report, new=longer)


def _longer_than_known(trained: TrainParams, report: Report) -> RunFolder | None:
    """A new run that goes on where a shorter training of the same ended; None where none can."""
    from lazytui.analyses.train.more_epochs import furthest_shorter, go_on_from, sentence_on_the_beginning

    shorter = furthest_shorter(trained, trained.model_dump(mode="json"), report.workspace)
    if shorter is None:
        return None
    try:
        run, step = go_on_from(shorter, trained, report.workspace, started_by=report.run.id)
    except BadInput as error:
        report.note(f"passed over: {error}")
        return None
    report.note(sentence_on_the_beginning(run, shorter, step))
    return run


def figures(params: CompareParams, result: CompareResult) -> list[Figure]:
    groups = result.groups
    rank = measured_rank(groups, params.rank)
    figures_of_comparison = leaderboard_figures(groups, rank=rank, x=params.x, y=params.y)
    if params.attack:
        figures_of_comparison.append(attack_table(ranked_groups(groups, rank), params.attack))
    figures_of_comparison[1:1] = choice_figures(groups, rank)
    return [*figures_of_comparison, *known_recipes(labeled_groups(groups))]


ANALYSIS = Analysis(params=CompareParams, run=run, figures=figures, write=write, read=read, resolve=resolve)
