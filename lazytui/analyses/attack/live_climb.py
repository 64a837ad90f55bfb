"""The attack of one image, reported while it climbs."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.attack.analysis import SURE, UNITS, goal_of, problem_of, score_of
from lazytui.analyses.attack.live_answer import AttackAnswer, Climb, Frame, Image, Shares, Source
from lazytui.analyses.attack.live_question import AttackQuestion
from lazytui.analyses.attack.params import AttackParams
from lazytui.analyses.networks.model_under_study import (
    ModelUnderStudy,
)
from lazytui.attacks import ATTACKS
from lazytui.attacks.attack import Norm
from lazytui.data.splits import Split
from lazytui.errors import BadInput

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.attacks.problem import Problem
    from lazytui.models.scores import Score

T = TypeVar("T")

_SECONDS_BETWEEN_ANSWERS = 0.1
"""Seconds between two answers while an attack climbs."""

MOST_FRAMES = 50
"""So many images of a climb are kept, evenly spaced."""


class _Canceled(Exception):
    """Nobody waits for the answer any more."""


@dataclass
class ClimbRecord:
    """How far a climb has come."""

    score: Score | None = None
    probabilities: list[Shares] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    image: Tensor | None = None
    canceled: Event = field(default_factory=Event)
    _kept: list[tuple[int, Tensor]] = field(default_factory=list)
    _stride: int = 1

    def step(self, images: Tensor, logits: Tensor) -> None:
        if len(self.probabilities) % self._stride == 0:
            self._kept.append((len(self.probabilities), images.clone()))
            if len(self._kept) > MOST_FRAMES:
                self._kept, self._stride = self._kept[::2], 2 * self._stride
        if self.score is not None:
            self.scores.append(float(self.score(logits.float())))
        self.probabilities.append(_shares(logits))
        self.image = images  # last: whoever sees it finds its probabilities

    def check(self) -> None:
        if self.canceled.is_set():
            raise _Canceled

    def frames(self) -> tuple[Frame, ...]:
        """Those that were kept, once the climb is done."""
        from lazytui.attacks.levels import round_to_levels

        return tuple(Frame(step, _bytes(round_to_levels(image))) for step, image in self._kept)

    def climb(self, image: Tensor, now: Shares) -> Climb:
        """image, now: where it stands, (1, 3, h, w), and what the network says of that."""
        probabilities = list(self.probabilities)
        shares = np.array(probabilities, np.float32).reshape(len(probabilities), len(now))
        scores = None if self.score is None else np.array(self.scores[: len(probabilities)])
        return Climb(shares, _bytes(image), now, scores=scores)


def climbing_answers(answer: AttackAnswer, network: ModelUnderStudy, split: Split) -> Iterator[AttackAnswer]:
    """The image as it is, then the attack while it climbs, at last what came of it."""
    from lazytui.attacks.observed_attack import ObservedModel
    from lazytui.attacks.problem import require_logits

    question, entry = answer.question, ATTACKS[answer.question.params.attack]
    score = score_of(question.params, network)
    record = ClimbRecord(score)
    problem_as_asked = replace(
        problem_of(question.params, network, split, record.check), arithmetic=nullcontext
    )  # one image

    def goal(part: Problem) -> Problem:
        wanted = goal_of(question.params, score, part)
        return wanted.with_confidence(SURE) if question.sure else wanted

    problem = goal(problem_as_asked)
    logits = _logits(problem_as_asked, problem_as_asked.images)
    require_logits(logits, problem_as_asked.classes)
    sensitivity, missing = _sensitivity(problem)
    fooled = bool(problem.is_fooled(problem.images))
    source = Source(split.images[0], _shares(logits), fooled, sensitivity, _value(score, logits))
    yield (answer := replace(answer, source=source, planned=_planned(question)))
    if entry.needs_gradient and missing:
        raise missing
    searched = question.at_smallest and not source.already_fooled
    if searched and entry.minimizes:  # one climb finds it
        answer = replace(answer, budget=question.params.budget)
    elif searched:
        searching = replace(answer, doing="Looking for the smallest budget that fools it ...")
        smallest = yield from _working(
            searching, lambda: _smallest_that_fools(problem, answer.smallest, question), record
        )
        answer = answer.with_smallest(smallest)
    climbed = goal(replace(problem_as_asked, model=ObservedModel(problem_as_asked.model, record.step)))
    made = yield from _working(answer, lambda: _attack_of(answer.attacked.params)(climbed), record)
    logits = _logits(problem_as_asked, made)
    fooled = bool(problem.is_fooled(made))
    if searched and entry.minimizes:
        answer = answer.with_smallest(
            _whole(_size(made - problem.images, entry.norm), entry.norm) if fooled else math.inf
        )
    climb = replace(record.climb(made, _shares(logits)), frames=record.frames(), score=_value(score, logits))
    yield replace(answer, climb=climb, fooled=fooled)


def _logits(problem: Problem, images: Tensor) -> Tensor:
    """(1, classes), of one image."""
    import torch

    with torch.no_grad():
        return problem.model(images)


def _value(score: Score | None, logits: Tensor) -> float | None:
    return None if score is None else float(score(logits.float()))


def _working(answer: AttackAnswer, work: Callable[[], T], record: ClimbRecord) -> Generator[AttackAnswer, None, T]:
    """Work in a thread and report how far a climb has come; whoever stops listening stops it too."""
    from lazytui.attacks.levels import round_to_levels

    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(work)
        try:
            while wait([future], timeout=_SECONDS_BETWEEN_ANSWERS).not_done:
                image = record.image
                climb = None if image is None else record.climb(round_to_levels(image), record.probabilities[-1])
                yield replace(answer, climb=climb) if climb else answer
        except GeneratorExit:
            record.canceled.set()
            raise
        return future.result()


def _attack_of(params: AttackParams) -> Callable[[Problem], Tensor]:
    """The attack within the params' budget, from the same random starts whenever it is called."""
    import torch

    attack, options = ATTACKS[params.attack].perturb, params.attack_options

    def within(problem: Problem) -> Tensor:
        generator = torch.Generator().manual_seed(params.seed)
        budget = torch.full_like(problem.epsilon, params.epsilon)
        return attack(replace(problem, generator=generator, epsilon=budget), **options)

    return within


def _smallest_that_fools(problem: Problem, budget_of_run: float | None, question: AttackQuestion) -> float:
    """The smallest budget, in whole units, at which the attack fools the one image of a problem; or infinity.

    budget_of_run: the smallest that a run found, which is taken at its word where the attack gets there from its start.
    """

    from lazytui.attacks.minimal_budgets import smallest_budgets

    params = question.params

    def attack(part: Problem) -> Tensor:
        return _attack_of(params.model_copy(update={"epsilon": float(part.epsilon)}))(part)

    if budget_of_run is not None and math.isfinite(budget_of_run):
        at_it = problem.with_budget(budget_of_run)
        if bool(at_it.is_fooled(attack(at_it))):
            return budget_of_run
    unit = UNITS[ATTACKS[params.attack].norm]
    budgets, _ = smallest_budgets(attack, problem, unit, int(params.budget / unit + 1e-6))
    return float(budgets)


def _size(change: Tensor, norm: Norm) -> float:
    """Of one image's."""
    from lazytui.attacks.problem import l2_norm, linf_norm

    return float(linf_norm(change) if norm == "linf" else l2_norm(change))


def _whole(budget: float, norm: Norm) -> float:
    """The next whole unit."""
    return math.ceil(budget / UNITS[norm] - 1e-3) * UNITS[norm]


def _sensitivity(problem: Problem) -> tuple[NDArray[np.float32] | None, BadInput | None]:
    """The goal's gradient a level of 255, or why there is none."""
    from lazytui.attacks.levels import LEVELS

    try:
        gradient, _ = problem.gradient(problem.images)
    except BadInput as error:
        return None, error
    array: NDArray[np.float32] = (gradient[0] / LEVELS).permute(1, 2, 0).cpu().numpy()
    return array, None


def _shares(logits: Tensor) -> Shares:
    array: Shares = logits[0].float().softmax(0).cpu().numpy()
    return array


def _bytes(images: Tensor) -> Image:
    array: Image = (images[0].permute(1, 2, 0) * 255).round().byte().cpu().numpy()
    return array


def _planned(question: AttackQuestion) -> int:
    params = question.params
    if not ATTACKS[params.attack].needs_gradient:
        return 0
    options = params.attack_options
    return int(options.get("steps", 1) * options.get("restarts", 1))
