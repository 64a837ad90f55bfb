"""How much it takes to fool the networks of a comparison: each attacked alike, by recipe and pool of sources."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lazytui.analyses.attack.analysis import resolve as resolve_attack
from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.trainings.recipe_groups import Group
from lazytui.analyses.trainings.training_lookup import trained_params
from lazytui.analyses.trainings.trainings_result import RecipeTrainings, TrainedRun
from lazytui.attacks import ATTACKS
from lazytui.code_permission import is_custom
from lazytui.errors import BadInput
from lazytui.evaluation.seed_statistics import SeedMean, mean_over_seeds
from lazytui.figures.kinds import Cell, Column, Interval, Table
from lazytui.runs.progress_report import Report
from lazytui.runs.results.saved_result import finite_metrics
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


def require_attackable(runs: Sequence[RunFolder], attack: str, workspace: Workspace) -> None:
    """Raise UsageError or BadInput where a network can't be attacked so."""
    for run in runs:
        if is_custom(model := trained_params(run).model):
            raise BadInput(
                f"{run.reference} was trained with the custom code {model}, which a comparison doesn't execute: "
                "leave that training out, or compare without --attack"
            )
        resolve_attack(AttackParams(run=run.reference, attack=attack), workspace)


def attack_all(groups: Sequence[RecipeTrainings], attack: str, report: Report) -> list[RecipeTrainings]:
    """Attack every network of the groups; the same groups with what came of that."""
    runs = [run for group in groups for run in group.runs]
    attacked: dict[str, TrainedRun] = {}
    attack_runs = [run for run in report.workspace.readable_runs() if run.record.kind == "attack"]
    for number, run in enumerate(runs):
        report.check()
        report.progress(number, len(runs), "networks attacked")
        attack_params = resolve_attack(AttackParams(run=run.run, attack=attack), report.workspace)
        metrics = finite_metrics(recorded_result(_attack_run(attack_params, attack_runs, report)).metrics)
        attacked[run.run] = replace(run, attacked=metrics)
    report.progress(len(runs), len(runs), "networks attacked")
    return [replace(group, runs=[attacked[run.run] for run in group.runs]) for group in groups]


def _attack_run(params: AttackParams, attack_runs: Sequence[RunFolder], report: Report) -> RunFolder:
    """The same attack, done: one that the workspace has already, or else a new one."""
    from lazytui.analyses.core.execute import find_or_execute

    recorded = params.model_dump(mode="json")
    same = [run for run in attack_runs if run.record.params == recorded]
    return find_or_execute("attack", params, same, f"attacking {params.run}", report)


def attack_table(groups: Sequence[Group], attack: str) -> Table:
    """By recipe and pool, the means over seeds."""
    content = groups[0].content
    params = AttackParams(run="any", attack=attack).in_content(content)
    source = content.classes[params.source_label(content)]
    shown = f"the {source}s" if content.label == "digit" else f"images of {source}"
    relation = "in" if content.attribute == "color" else "with"
    own, every = (f"{relation} {which} {content.attribute}" for which in ("their own", "every"))
    pools = f"{own}, {every}, {relation} the target's" if content.values else "all there are"
    return Table(
        name="attacked",
        title=f"Minimal perturbation, {params.source_class} to {params.target_class}, by {attack}",
        note=f"Sources: {shown} of the test split {pools}: {params.sources} of each, or as many as there are. at "
        "target: percent of these that are already "
        "classified as the target when clean. "
        f"budget: the smallest {_unit(attack)} that fools, median over the sources that are correct when clean, mean "
        f"over seeds; ∞ where half of the seeds or more have no such median up to {params.budget:g}, a dash where "
        f"fewer have none. fooled: percent of those sources within {params.epsilon:g}. Intervals: 95 %, Student's t "
        "over seeds. Networks with fewer than ten right sources have no rates.",
        columns=(
            Column(name="recipe"),
            Column(name="pool"),
            Column(name="at target", decimals=0),
            Column(name="budget", decimals=3),
            Column(name="95 %", decimals=2),
            Column(name="fooled", decimals=0),
            Column(name="of it 95 %", decimals=0),
        ),
        rows=tuple(
            _row(group, pool)
            for group in groups
            for pool in (params.pools if group.content.values else params.pools[1:2])
        ),
    )


def _unit(attack: str) -> str:
    return "change of any value" if ATTACKS[attack].norm == "linf" else "Euclidean distance"


def _row(group: Group, pool: str) -> tuple[Cell, ...]:
    at_target = mean_over_seeds([_percent(value) for value in _values(group, pool, "at_target")])
    fooled = mean_over_seeds([_percent(value) for value in _values(group, pool, "success_rate")]).clip(0, 100)
    budgets = list(_budgets(group, pool))
    censored = sum(map(math.isinf, budgets))
    budget = mean_over_seeds([] if censored else budgets).clip(0, math.inf)
    budget_cell = "∞" if budgets and 2 * censored >= len(budgets) else budget.mean
    return group.label, pool, at_target.mean, budget_cell, _span(budget), fooled.mean, _span(fooled)


def _values(group: Group, pool: str, metric: str) -> Iterator[float | None]:
    for run in group.seeds.values():
        yield (run.attacked or {}).get(f"{pool.replace('-', '_')}_{metric}")


def _budgets(group: Group, pool: str) -> Iterator[float]:
    """The median of each seed's network, infinite where half of its sources are never fooled."""
    medians, unfooled = _values(group, pool, "median_budget"), _values(group, pool, "unfooled")
    for median, censored in zip(medians, unfooled, strict=True):
        if censored is not None:
            yield math.inf if median is None else median


def _span(mean: SeedMean) -> Interval | None:
    return Interval(*mean.interval) if mean.interval else None


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
