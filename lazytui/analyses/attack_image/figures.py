"""One image under attack: the verdict, its pictures, the probabilities at each step and those before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazytui.analyses.attack.analysis import SURE
from lazytui.analyses.attack.live_answer import AttackAnswer, Climb, Source
from lazytui.analyses.attack.live_figures import attack_figures, budget_text, score_name
from lazytui.analyses.attack.live_question import AttackQuestion
from lazytui.analyses.attack.params import named_score
from lazytui.analyses.attack_image.result import AttackImageResult
from lazytui.analyses.networks.class_choice import class_cell
from lazytui.analyses.networks.score_choice import Margin
from lazytui.data.content import Content
from lazytui.figures.kinds import Column, Figure, Lines, Reference, Series, Table, Text

if TYPE_CHECKING:
    from lazytui.analyses.attack_image.params import AttackImageParams


def figures(params: AttackImageParams, result: AttackImageResult) -> list[Figure]:
    question = AttackQuestion(params.of_pool, params.pool_chosen, params.image, sure=params.sure, factor=params.factor)
    answer = AttackAnswer(
        question,
        networks=(result.name,),
        palette=result.palette_name,
        recorded_content=result.recorded_content,
        sources=result.sources,
        source=Source(result.image, result.before, result.already_fooled, result.sensitivity, result.score_before),
        climb=Climb(result.steps, result.adversarial, result.after, scores=result.scores, score=result.score_after),
        fooled=bool(result.fooled),
        planned=result.planned,
        budget=result.budget,
    )
    return [
        _verdict(params, result, answer),
        *attack_figures(answer),
        *_by_budget(params, result, answer.content),
        _by_step(result, answer.content),
    ]


def _verdict(params: AttackImageParams, result: AttackImageResult, answer: AttackAnswer) -> Text:
    before, after = (answer.content.classes[shares.argmax()] for shares in (result.before, result.after))
    score = score_name(answer)
    sentences = [f"Of the clean image the network says {before} ({result.before.max():.0%})."]
    if score and result.score_before is not None:
        sentences.append(f"The {score} is {result.score_before:.3g}; the goal is above {params.threshold:g}.")
    if result.already_fooled:
        sentences.append("That is the goal already: nothing has to be changed, and no rate includes it.")
    else:
        within = budget_text(answer.attacked)
        fooled = "Fooled" if result.fooled else "Not fooled"
        sentences.append(f"{fooled} within {within}: it says {after} ({result.after.max():.0%}).")
        if score and result.score_after is not None:
            sentences.append(f"The {score} is {result.score_after:.3g} then.")
        if result.fooled and result.steps_until_fooled is not None:
            sentences.append(f"The goal is first reached at step {result.steps_until_fooled:.0f} of {result.planned}.")
        sentences.append(_smallest("fools", result.smallest_budget, params))
        if not score:
            surely = "makes the goal more probable than .9"
            sentences.append(_smallest(surely, result.smallest_sure_budget, params))
    return Text(name="verdict", title="One image under attack", paragraphs=(" ".join(sentences),))


def _smallest(what: str, budget: float | None, params: AttackImageParams) -> str:
    if budget is None:
        return f"No budget up to {params.budget:g} {what}."
    question = AttackQuestion(params.of_pool.model_copy(update={"epsilon": budget}))
    return f"The smallest budget that {what}: {budget_text(question)} ({budget:.4g})."


def _by_budget(params: AttackImageParams, result: AttackImageResult, content: Content) -> list[Lines]:
    """The probabilities over the budget; nothing where nobody asked."""
    if result.budgets is None or result.by_budget is None:
        return []
    x = np.concatenate([[0.0], result.budgets])
    shares = np.concatenate([result.before[None], result.by_budget]).astype(np.float64)
    shown = _shown_classes(params, content)
    series = [Series(name=f"P({content.classes[label]})", x=x, y=shares[:, label]) for label in shown]
    if (others := np.delete(shares, shown, axis=1)).size:
        series.append(Series(name="highest other", x=x, y=others.max(1)))
    return [
        Lines(
            name="by-budget",
            title="Probabilities over the budget",
            note="Probabilities for the image attacked with each budget separately, after rounding to whole "
            "levels; at 0 the image is clean. An attack may miss what a better one finds, so that a curve can fall.",
            series=tuple(series),
            x_label="budget",
            y_label="probability",
            low=0.0,
            high=1.0,
            references=() if params.score else (Reference(name="sure", value=SURE),),
        )
    ]


def _shown_classes(params: AttackImageParams, content: Content) -> list[int]:
    """Those whose probabilities the attack is about."""
    score, source = named_score(params, content), params.source_label(content)
    if score is None:
        return [source, *([params.target_label(content)] if params.targeted else [])]
    return list(dict.fromkeys([source, *((score.first, score.second) if isinstance(score, Margin) else ())]))


def _by_step(result: AttackImageResult, content: Content) -> Table:
    return Table(
        name="by-step",
        title=f"Probability of each {content.label} at each step, %",
        note="Of the image at each step, before it is rounded to whole levels.",
        columns=(Column(name="step"), Column(name="predicted"), *(Column(name=name) for name in content.classes)),
        rows=tuple(
            (
                step,
                class_cell(content.classes[probabilities.argmax()]),
                *(100 * float(share) for share in probabilities),
            )
            for step, probabilities in enumerate(result.steps)
        ),
    )
