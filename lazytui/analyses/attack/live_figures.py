"""What is shown of one image under attack: four pictures, the climb, what the network says, and what came of it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.attack.analysis import SURE, UNITS
from lazytui.analyses.attack.live_answer import AttackAnswer, Climb, Shares, Source
from lazytui.analyses.attack.live_question import AttackQuestion, budget_units
from lazytui.analyses.attack.params import goal_in_words, named_score
from lazytui.analyses.networks.score_choice import score_in_words
from lazytui.attacks import ATTACKS
from lazytui.counted_nouns import with_article
from lazytui.figures.kinds import Figure, Lines, Matrix, Pixels, Reference, Series, Tone

_LEVELS = 255
_GRAY = 128
_REACH = 127
"""How far the strongest value of a signed picture stands off from gray."""


def attack_figures(answer: AttackAnswer) -> list[Figure]:
    """Pictures, climb and probabilities. The source must be known."""
    source = answer.source
    assert source is not None
    return [_pictures(answer, source), _climb(answer), _probabilities(answer, source)]


def _pictures(answer: AttackAnswer, source: Source) -> Pixels:
    question = answer.question
    climb = answer.climb
    made = climb.image if climb else source.image
    strength = max(_REACH // max(int(np.abs(made.astype(np.int16) - source.image).max()), 1), 1)
    shown = climb.shown_image if climb else source.image
    change = shown.astype(np.int16) - source.image
    slope = np.zeros(change.shape, np.float32) if source.sensitivity is None else source.sensitivity
    end = (float(np.abs(slope).max()) or 1.0) / question.factor
    now = climb.shown_probabilities if climb else source.probabilities
    wanted = "score" if question.params.score else "log-odds of what is wanted"
    times = f" x{question.factor:g}" if question.factor != 1 else ""
    captions: list[tuple[str, Tone]] = [
        _prediction_caption(source.probabilities, answer),
        *_scales(source.sensitivity, end),
        (_size(change, question), "plain"),
        _prediction_caption(now, answer),
    ]
    return Pixels(
        name="pictures",
        title=headline(answer),
        note=f"sensitivity: the gradient of the {wanted} by each value, by channel. Signed: they rise "
        "(light) or fall (dark), gray is 0; absolute: black is 0. Below: what the ends of the scale stand for, a level "
        "of 255; times k: k times as strong, so that the ends are reached earlier. added: the change, strengthened; "
        "gray is none; below, the largest of any value, or its Euclidean length.",
        images=np.stack(
            [
                source.image,
                _signed(slope, _REACH / end),
                _absolute(slope, end),
                _signed(change, strength),
                shown,
            ]
        ),
        columns=5,
        column_labels=(
            "source",
            f"sensitivity{times}",
            f"absolute{times}",
            f"added, x {strength}" if (made != source.image).any() else "added",
            f"step {climb.frame.step}" if climb and climb.frame else "result",
        ),
        captions=tuple(text for text, _ in captions),
        tones=tuple(tone for _, tone in captions),
    )


def _signed(values: NDArray[np.floating] | NDArray[np.integer], strength: float) -> NDArray[np.uint8]:
    """(h, w, 3) signed -> so many times as strong, around gray for none."""
    picture: NDArray[np.uint8] = np.rint(_GRAY + strength * values).clip(0, 255).astype(np.uint8)
    return picture


def _absolute(values: NDArray[np.floating], end: float) -> NDArray[np.uint8]:
    """(h, w, 3), black for none and full color from `end` on."""
    picture: NDArray[np.uint8] = np.rint(255 * np.abs(values) / end).clip(0, 255).astype(np.uint8)
    return picture


def _scales(slope: NDArray[np.float32] | None, end: float) -> list[tuple[str, Tone]]:
    """What the ends of both scales stand for."""
    if slope is None:
        return [("no gradient", "muted")] * 2
    return [(f"±{end:.2g}", "plain"), (f"0 to {end:.2g}", "plain")]


def _prediction_caption(probabilities: Shares, answer: AttackAnswer) -> tuple[str, Tone]:
    guess, shown = int(probabilities.argmax()), answer.question.params.source_label(answer.content)
    name = answer.content.classes[guess]
    return f"{name}, {_percent(probabilities[guess])}", "good" if guess == shown else "bad"


def _size(change: NDArray[np.int16], question: AttackQuestion) -> str:
    if ATTACKS[question.params.attack].norm == "linf":
        return f"±{int(np.abs(change).max())} of 255"
    return f"length {np.linalg.norm(change / 255):.2f}"


def _climb(answer: AttackAnswer) -> Lines:
    params = answer.question.params
    if params.score is not None:
        return _score_climb(answer)
    content = answer.content
    probabilities = answer.climb.probabilities if answer.climb else np.empty((0, len(content.classes)), np.float32)
    length = max(answer.planned, len(probabilities))
    source = np.full(length, np.nan)
    source[: len(probabilities)] = probabilities[:, params.source_label(content)]
    wanted = 1 - source
    if params.targeted:
        wanted[: len(probabilities)] = probabilities[:, params.target_label(content)]
    steps = np.arange(length, dtype=np.float64)
    return Lines(
        name="climb",
        title="Probability at each step of the attack" if answer.planned else f"{params.attack} only queries: no steps",
        note="Of the image at each step, before it is rounded to whole levels.",
        series=(
            Series(name=_wanted(answer), x=steps, y=wanted),
            Series(name=_shown(answer), x=steps, y=source),
        ),
        x_label="step",
        y_label="",
        low=0.0,
        high=1.0,
    )


def _score_climb(answer: AttackAnswer) -> Lines:
    scores = answer.climb.scores if answer.climb and answer.climb.scores is not None else np.empty(0)
    length = max(answer.planned, len(scores))
    climbed = np.full(length, np.nan)
    climbed[: len(scores)] = scores
    return Lines(
        name="climb",
        title="The score at each step of the attack" if answer.planned else "No steps: it only queries",
        note="Of the image at each step, before it is rounded to whole levels.",
        series=(Series(name=score_name(answer), x=np.arange(length, dtype=np.float64), y=climbed),),
        x_label="step",
        y_label="",
        references=(Reference(name="threshold", value=answer.question.params.threshold),),
    )


def _probabilities(answer: AttackAnswer, source: Source) -> Matrix:
    now = answer.climb.shown_probabilities if answer.climb else np.full(len(source.probabilities), np.nan)
    return Matrix(
        name="probabilities",
        title="Probability, %",
        values=100 * np.stack([source.probabilities, now]).astype(np.float64),
        row_labels=("before", "now" if answer.climb and answer.climb.frame else "after"),
        column_labels=answer.content.classes,
        low=0.0,
        high=100.0,
        column_colors=answer.class_colors,
    )


# In words


def headline(answer: AttackAnswer) -> str:
    """`neutral 7, source 3 of 100, to a 3: pgd within 12 of 255`"""
    question = answer.attacked
    params = question.params
    number = min(question.index + 1, answer.sources)
    shown = answer.content.classes[params.source_label(answer.content)]
    where = f"{question.pool} {shown}, source {number} of {answer.sources}"
    sure = f", surer than {SURE:g}" if question.sure else ""
    return f"{where}, to {_wanted(answer)}{sure}: {params.attack} within {budget_text(question)}"


def score_name(answer: AttackAnswer) -> str:
    """`margin 3 - 8`; empty where a class is wanted."""
    score = named_score(answer.question.params, answer.content)
    return score_in_words(score, answer.content) if score else ""


def _wanted(answer: AttackAnswer) -> str:
    params = answer.question.params
    if params.score is not None:
        return goal_in_words(params, answer.content)
    return _named(answer, params.target_label(answer.content)) if params.targeted else "anything else"


def _shown(answer: AttackAnswer) -> str:
    return _named(answer, answer.question.params.source_label(answer.content))


def _named(answer: AttackAnswer, label: int) -> str:
    """`a 7`, `an owl`."""
    return with_article(answer.content.classes[label])


def budget_text(question: AttackQuestion) -> str:
    """`12 of 255`, `a length of 1.25`"""
    units = budget_units(question.params)
    return (
        f"{units} of 255"
        if ATTACKS[question.params.attack].norm == "linf"
        else f"a length of {units * UNITS['l2']:.2f}"
    )


def outcome(answer: AttackAnswer) -> str:
    """What came of it, in sentences."""
    source = answer.source
    if source is None or answer.climb is None or answer.fooled is None:
        return ""
    if source.already_fooled and source.score is not None:
        return f"{_says_score(answer, source.score)} as it is: nothing has to be changed, and no rate includes it."
    if source.already_fooled:
        guess = int(source.probabilities.argmax())
        return f"Already classified as {_named(answer, guess)}: nothing has to be changed, and no rate includes it."
    return " ".join(part for part in (_before(source, answer), _outcome(answer, answer.climb), _run(answer)) if part)


def frame_words(answer: AttackAnswer) -> str:
    """`Step 12 of 40: it sees a 7 (93 %).`, while an image on the way is shown."""
    climb = answer.climb
    if climb is None or climb.frame is None:
        return ""
    now = climb.shown_probabilities
    guess = int(now.argmax())
    step = f"Step {climb.frame.step} of {len(climb.probabilities) - 1}"
    return f"{step}: it sees {_named(answer, guess)} ({_percent(now[guess])})."


def _before(source: Source, answer: AttackAnswer) -> str:
    guess = int(source.probabilities.argmax())
    if source.score is not None:
        return f"{_says_score(answer, source.score)} as it is."
    if guess == answer.question.params.source_label(answer.content):
        return ""
    return f"Already classified as {_named(answer, guess)}, not as {_shown(answer)}: no rate includes it."


def _outcome(answer: AttackAnswer, climb: Climb) -> str:
    guess = int(climb.now.argmax())
    prediction = f"it sees {_named(answer, guess)} ({_percent(climb.now[guess])})."
    if climb.score is not None:
        prediction = f"{_says_score(answer, climb.score)}; {prediction}"
    if answer.smallest_found is None and answer.fooled:
        return f"Fooled within the budget that you set, {budget_text(answer.question)}: {prediction}"
    if answer.smallest_found is None:  # it may have been set for another target, or another image
        return (
            f"Not fooled within the budget that you set, {budget_text(answer.question)}: {prediction} ↑ raises it, "
            "Backspace finds the smallest that fools."
        )
    if math.isinf(answer.smallest_found):
        return f"No budget up to {budget_text(answer.attacked)} was found to fool it: at the largest {prediction}"
    return f"Fooled, within the smallest budget that was found for this image: {prediction}"


def _says_score(answer: AttackAnswer, value: float) -> str:
    return f"{score_name(answer)} is {value:.2f}"


def _run(answer: AttackAnswer) -> str:
    if answer.smallest is None:
        return ""
    budget = answer.smallest
    if math.isinf(budget):
        return f"The run found no budget here up to {answer.question.params.budget:g}."
    linf = ATTACKS[answer.question.params.attack].norm == "linf"
    smallest = f"{round(budget * _LEVELS)} of {_LEVELS}" if linf else f"a length of {budget:.2f}"
    return f"Smallest in the run: {smallest}."


def _percent(share: float) -> str:
    return f"{share:.0%}"
