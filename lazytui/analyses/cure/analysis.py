"""Cure: audit a network, infer groups without labels, try methods by successive halving, and audit the best one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lazytui.analyses.audit.params import AuditParams
from lazytui.analyses.audit.result import AuditResult
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.core.execute import find_or_execute, recorded_params, recorded_result
from lazytui.analyses.cure.candidates import candidates, rungs
from lazytui.analyses.cure.figures import figures
from lazytui.analyses.cure.maps import Found, maps_of
from lazytui.analyses.cure.params import CureParams
from lazytui.analyses.cure.result import CureResult, Loss, Trial, read
from lazytui.analyses.groups.params import GroupsParams
from lazytui.analyses.networks.model_under_study import recorded_training, require_code_named
from lazytui.analyses.select.candidate_scores import Answers, candidate_probabilities, selectors_of
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.training_lookup import known_trainings, same_training, trained_params
from lazytui.counted_nouns import counted
from lazytui.data.splits import build_dataset, find_data
from lazytui.errors import BadInput, UsageError
from lazytui.groups.selectors import PREFERRED
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.training.settings import TrainingSettings

if TYPE_CHECKING:
    from pydantic import BaseModel


def resolve(params: CureParams, workspace: Workspace) -> CureParams:
    """Make sure that the data are there, and that there is time for one training."""
    require_code_named(params, workspace)
    trained = recorded_training(params.run, workspace)
    find_data(trained)
    epochs = params.epochs or trained.epochs or TrainingSettings.model_fields["epochs"].default
    needed = _seconds_per_epoch(params, workspace) * epochs
    if needed > params.seconds:
        raise UsageError(
            f"--budget {params.budget} is too small for one training of {counted(epochs, 'epoch')}, which takes about "
            f"{needed:,.0f} s, as fast as {params.run}'s: choose a larger budget or fewer --epochs."
        )
    return params.model_copy(update={"epochs": epochs})


def _seconds_per_epoch(params: CureParams, workspace: Workspace) -> float:
    """Of the network's own training; 0 of one that was trained elsewhere."""
    run = workspace.find(params.run, kinds=("train",))
    trained = trained_params(run)
    return float(recorded_result(run).seconds) / trained.epochs if trained.epochs else 0.0


def run(params: CureParams, report: Report) -> CureResult:
    network = report.workspace.find(params.run, kinds=("train",))
    audit = _find_or_run("audit", _audit_of(params, network), f"auditing {network.display_name}", report)
    audited: AuditResult = recorded_result(audit)
    before = recorded_result(network).metrics.get("hard_accuracy")
    trained = trained_params(network)
    nothing = CureResult(
        steps=0,
        hard_before=before,
        hard_after=None,
        gain=None,
        named="",
        selector=PREFERRED[-1],
        judged_by=0,
        palette_name=trained.palette,
        recorded_content=content_to_keep(trained),
    )
    if not audited.named:
        return nothing
    named = audited.named[0]
    groups_run, why = _groups(params, named, report)
    groups = None if groups_run is None else groups_run.reference
    search = _Search(params, network, audited.named, report)
    first = search.trial_of(0, network)
    settings = candidates(trained, params.methods, named, groups)
    search.halve(settings)
    best = chosen_trial(search.beyond_chance, first, search.judged_by)
    result = replace(
        nothing,
        named=named,
        steps=sum(trial.steps for trial in search.trials),
        groups=groups,
        selector=search.selector,
        map_parts=search.parts,
        judged_by=search.judged_by,
        before=first,
        trials=tuple(search.trials),
        left_out=tuple(filter(None, (why, *search.left_out))),
        lost_before=_loss(audit, named),
    )
    if best is None:
        return result
    cured = report.workspace.find(best.run)
    again = _find_or_run("audit", _audit_of(params, cured), f"auditing {cured.display_name}", report)
    after = recorded_result(cured).metrics.get("hard_accuracy")
    gain = None if before is None or after is None else after - before
    method, layers, maps = search.maps_of(network, cured)
    return replace(
        result,
        chosen=best.run,
        hard_after=after,
        gain=gain,
        lost_after=_loss(again, named),
        map_method=method,
        map_layers=layers,
        maps=maps,
    )


def chosen_trial(trials: Sequence[Trial], before: Trial, judged_by: int) -> Trial | None:
    """The longest training of those near the best, the best of several; None where none is better than the network
    before. judged_by: images that a score rests on."""
    better = [trial for trial in trials if _rank(trial)[:2] > _rank(before)[:2]]
    return max(_near_the_best(better, judged_by), key=lambda trial: (trial.epochs, *_rank(trial)), default=None)


def best_first(trials: Sequence[Trial], judged_by: int) -> list[Trial]:
    """The order in which trainings of one length go on: of those near the best first what has the least to lose between
    accuracy and score, since a network that relies on the property does so more and more; the others by score."""
    near = _near_the_best(trials, judged_by)
    others = [trial for trial in trials if trial not in near]
    return [*sorted(near, key=_gap), *sorted(others, key=_rank, reverse=True)]


def _near_the_best(trials: Sequence[Trial], judged_by: int) -> list[Trial]:
    """Within one (binomial) standard error of it (Breiman 1984)."""
    most = max((_rank(trial)[0] for trial in trials), default=0.0)
    error = math.sqrt(most * (1 - most) / judged_by) if most > 0 else 0.0
    return [trial for trial in trials if _rank(trial)[0] >= most - error]


def _gap(trial: Trial) -> tuple[float, float]:
    """Between accuracy and score; then the larger accuracy first."""
    return (0.0 if trial.score is None else trial.accuracy - trial.score, -trial.accuracy)


def _rank(trial: Trial) -> tuple[float, float, int]:
    """By the selector, then accuracy, then the longer training."""
    return (-1.0 if trial.score is None else trial.score, trial.accuracy, trial.epochs)


def _audit_of(params: CureParams, network: RunFolder) -> AuditParams:
    return AuditParams(
        run=network.reference, model=params.model, device=params.device, images=params.images, seed=params.seed
    )


def _loss(audit: RunFolder, named: str) -> Loss:
    swap = recorded_result(audit).swaps[named]
    return Loss(audit=audit.reference, loss=swap.delta, error=swap.error, flagged=swap.flagged)


def _find_or_run(kind: str, params: BaseModel, doing: str, report: Report) -> RunFolder:
    """A finished run with the same options, or a new one."""
    wanted = params.model_dump(mode="json", exclude_unset=True)
    same = [run for run in report.workspace.readable_runs() if run.record.kind == kind and _has_options(run, wanted)]
    return find_or_execute(kind, params, same, doing, report)


def _has_options(run: RunFolder, wanted: dict[str, Any]) -> bool:
    """Whether a run has these options, and defaults for the rest."""
    try:
        recorded = recorded_params(run)
    except BadInput:
        return False
    values, defaults = (
        recorded.model_dump(mode="json"),
        type(recorded).model_construct(**wanted).model_dump(mode="json"),
    )
    return all(values[name] == value for name, value in defaults.items() if name != "source")


def _groups(params: CureParams, named: str, report: Report) -> tuple[RunFolder | None, str]:
    """The run that inferred them from the property; or else why that can't be done."""
    groups_params = GroupsParams(
        run=params.run, model=params.model, device=params.device, by="property", property=named, seed=params.seed
    )
    try:
        return _find_or_run("groups", groups_params, "inferring groups without labels", report), ""
    except BadInput as error:
        report.note(str(error))
        return None, f"Methods that read groups: {error}"


class _Search:
    """Successive halving over trainings within the budget. trials: in the order of training. The budget counts
    trainings that this run started, also before it was resumed; earlier trainings are reused and cost nothing."""

    def __init__(self, params: CureParams, network: RunFolder, named: Sequence[str], report: Report) -> None:
        from lazytui.system.torch_import import require_torch

        require_torch()
        from lazytui.system.hardware import choose_hardware, configure_torch

        configure_torch()
        self._params, self._report = params, report
        self._hardware = choose_hardware(params.device, "fp32")
        self._split = build_dataset(recorded_training(params.run, report.workspace)).validation
        of_plain = candidate_probabilities(network, network.path, self._split, self._hardware, report)
        selectors = selectors_of(self._split, of_plain, named, report)
        first = self._answers(network)
        defined = [name for name in PREFERRED if math.isfinite(selectors[name](first))]
        self.selector = defined[0] if defined else PREFERRED[-1]
        self.parts = next((name for name in defined if selectors[name].second is not None), PREFERRED[-1])
        self._score, self._accuracy = selectors[self.selector], selectors["accuracy"]
        self._second = selectors[self.parts].second
        self._spent = 0.0
        self.judged_by = self._score.fewest
        self.trials: list[Trial] = []
        self.left_out: list[str] = []

    def _answers(self, run: RunFolder) -> Answers:
        return Answers(run, run.path, self._split, self._hardware, self._report)

    def trial_of(self, rung: int, run: RunFolder) -> Trial:
        answers, trained = self._answers(run), trained_params(run)
        score = self._score(answers)
        return Trial(
            rung=max(rung, 1),
            method=trained.how,
            run=run.reference,
            epochs=max(trained.epochs, 1),
            steps=recorded_result(run).steps,
            score=score if math.isfinite(score) else None,
            accuracy=self._accuracy(answers),
        )

    @property
    def beyond_chance(self) -> list[Trial]:
        """Trials of networks that have learned something: one that guesses loses nothing, and can't be audited."""
        from lazytui.audit.donor_swaps import exceeds_chance

        labels, audited = self._split.labels, min(self._params.images, len(self._split))
        chance = float(np.bincount(labels).max() / len(labels))
        return [trial for trial in self.trials if exceeds_chance(trial.accuracy, chance, audited)]

    def halve(self, settings: list[TrainParams]) -> None:
        """Try all of them briefly, the best for longer, and so on. Each rung has a share of the budget as large as that
        of its epochs, and at least one training."""
        assert self._params.epochs is not None
        plan = rungs(len(settings), self._params.epochs)
        until = np.cumsum([count * epochs for count, epochs in plan]) / sum(count * epochs for count, epochs in plan)
        for rung, (count, epochs) in enumerate(plan, 1):
            settings_by_run: dict[str, TrainParams] = {}
            late = []
            for number, one in enumerate(settings[:count]):
                self._report.check()
                self._report.progress(number, count, f"trainings of rung {rung} of {len(plan)}")
                if settings_by_run and self._spent > self._params.seconds * until[rung - 1]:
                    late.append(one.method)
                elif (run := self._trained(one, epochs)) is not None:
                    self.trials.append(self.trial_of(rung, run))
                    settings_by_run[run.reference] = one
            if late:
                self.left_out.append(
                    f"Not trained for {counted(epochs, 'epoch')}, since the budget was spent: {', '.join(late)}."
                )
            tried = [trial for trial in self.trials if trial.rung == rung]
            settings = [settings_by_run[trial.run] for trial in best_first(tried, self.judged_by)]

    def maps_of(self, network: RunFolder, cured: RunFolder) -> Found:
        """Saliency maps of held-out images of both parts: those that agree with the property and those that contradict
        it, or two environments."""
        assert self._second is not None
        self._report.note("computing saliency maps of both networks")
        return maps_of(network, cured, self._split, self._second, self._hardware)

    def _trained(self, settings: TrainParams, epochs: int) -> RunFolder | None:
        """The finished training; None where it can't be trained."""
        settings = settings.model_copy(update={"epochs": epochs})
        earlier_runs = list(same_training(settings, known_trainings(self._report.workspace)))
        doing = f"training a {settings.model} by {settings.method} for {counted(epochs, 'epoch')}"
        try:
            run = find_or_execute("train", settings, earlier_runs, doing, self._report)
        except (BadInput, UsageError) as error:
            self._report.note(str(error))
            if (reason := f"{settings.method}: {error}"[:2000]) not in self.left_out:
                self.left_out.append(reason)
            return None
        if run.record.started_by == self._report.run.id:  # now, or before this run was killed
            self._spent += float(recorded_result(run).seconds)
        return run


ANALYSIS = Analysis(params=CureParams, run=run, figures=figures, write=write_fields, read=read, resolve=resolve)
