"""Attack of one image, as the app attacks it live."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.attack.analysis import SURE
from lazytui.analyses.attack.analysis import resolve as resolve_pool
from lazytui.analyses.attack.live import AttackSession
from lazytui.analyses.attack.live_answer import AttackAnswer, Climb
from lazytui.analyses.attack.live_question import AttackQuestion
from lazytui.analyses.attack.pool_choice import image_pools_of, require_pool
from lazytui.analyses.attack_image.figures import figures
from lazytui.analyses.attack_image.params import AttackImageParams
from lazytui.analyses.attack_image.result import AttackImageResult, read
from lazytui.analyses.core.analysis import Analysis
from lazytui.analyses.networks.model_under_study import trained_with
from lazytui.analyses.networks.other_data import with_data_named
from lazytui.data.content import Content
from lazytui.errors import BadInput
from lazytui.runs.progress_report import Report
from lazytui.runs.results.typed_result import write_fields
from lazytui.runs.workspace import Workspace


def resolve(params: AttackImageParams, workspace: Workspace) -> AttackImageParams:
    """Make sure that the network and the data can be had, and record which these are."""
    content = trained_with(params.of_pool, workspace).content
    pool_params = params.of_pool.in_content(content)
    there = image_pools_of(pool_params, content)
    pool = params.pool or there[0]
    require_pool(pool, there, pool_params)
    if pool != "drawn":
        pool_params = pool_params.model_copy(update={"pool": pool})
    resolved = resolve_pool(pool_params, workspace).model_dump(include={"source", "source_class", "target_class"})
    return params.model_copy(update={**resolved, "pool": pool})


def run(params: AttackImageParams, report: Report) -> AttackImageResult:
    report.note("loading torch and the network")
    session = AttackSession(report.workspace)
    question = AttackQuestion(params.of_pool, params.pool_chosen, params.image, sure=params.sure)
    report.note("looking for the smallest budget that fools")
    searched = _last_answer(session, replace(question, at_smallest=True, sure=False), report)
    surely = None
    if params.score is None:
        surely = _last_answer(session, replace(question, at_smallest=True, sure=True), report)
    if params.smallest:
        answer = surely if surely and params.sure else searched
    else:
        report.note(f"attacking within {params.epsilon:g}")
        answer = _last_answer(session, question, report)
    budgets = np.linspace(0, params.budget, params.budgets + 1)[1:]
    source, climb = answer.source, answer.climb
    assert source is not None and climb is not None
    return AttackImageResult(
        fooled=float(bool(answer.fooled)),
        budget=answer.attacked.params.epsilon,
        smallest_budget=_finite(searched.smallest_found),
        smallest_sure_budget=_finite(surely.smallest_found) if surely else None,
        steps_until_fooled=_first_step(params, answer.content, climb),
        score_before=source.score,
        score_after=climb.score,
        scores=climb.scores,
        planned=answer.planned,
        sources=answer.sources,
        name=answer.networks[0],
        palette_name=answer.palette,
        recorded_content=answer.recorded_content,
        already_fooled=source.already_fooled,
        image=source.image,
        adversarial=climb.image,
        before=source.probabilities,
        after=climb.now,
        steps=climb.probabilities,
        budgets=budgets if params.budgets else None,
        by_budget=_by_budget(session, question, budgets, report) if params.budgets else None,
        sensitivity=source.sensitivity,
    )


def _by_budget(
    session: AttackSession, question: AttackQuestion, budgets: NDArray[np.float64], report: Report
) -> NDArray[np.float32]:
    """(b, classes): what the network says of the image attacked with each budget."""
    report.note(f"attacking with {len(budgets)} budgets")
    rows = []
    for number, budget in enumerate(budgets.tolist()):
        report.progress(number, len(budgets), "budgets")
        at_budget = replace(question, params=question.params.model_copy(update={"epsilon": budget}))
        climb = _last_answer(session, at_budget, report).climb
        assert climb is not None
        rows.append(climb.now)
    return np.array(rows, np.float32)


def _last_answer(session: AttackSession, question: AttackQuestion, report: Report) -> AttackAnswer:
    """Raises BadInput where there is none."""
    answer = session.empty_answer(question)
    for answer in session.partial_answers(question):
        report.check()
        if answer.sources and question.index >= answer.sources:
            raise BadInput(
                f"The {question.pool} pool has {answer.sources:,} images of {question.params.source_name}, so there "
                f"is no image {question.index:,}: they go from 0 to {answer.sources - 1:,}."
            )
    return answer


def _finite(budget: float | None) -> float | None:
    return None if budget is None or math.isinf(budget) else budget


def _first_step(params: AttackImageParams, content: Content, climb: Climb) -> float | None:
    if climb.scores is not None:
        above = np.flatnonzero(climb.scores > params.threshold)
        return float(above[0]) if len(above) else None
    source, target = params.source_label(content), params.target_label(content)
    for step, shares in enumerate(climb.probabilities):
        goal = float(shares[target] if params.targeted else 1 - shares[source])
        most_probable = int(shares.argmax()) == target or (not params.targeted and int(shares.argmax()) != source)
        if goal > SURE if params.sure else most_probable:
            return float(step)
    return None


ANALYSIS = Analysis(
    params=AttackImageParams,
    run=run,
    figures=with_data_named(figures),
    write=write_fields,
    read=read,
    resolve=resolve,
    label=lambda params: params.attack,
)
