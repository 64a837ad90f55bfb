"""One image under attack: kept ready to answer between two key presses, and told while the attack climbs."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Event
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.ask.kept_drawings import drawings_of_digit
from lazytui.analyses.attack.analysis import SURE, UNITS, problem_of, resolve
from lazytui.analyses.attack.live_question import AttackQuestion
from lazytui.analyses.attack.params import AttackParams, AttackSetting
from lazytui.analyses.attack.result import AttackResult
from lazytui.analyses.core.execute import recorded_params, recorded_result, validate
from lazytui.analyses.core.live_session import LiveAnswer, LiveSession, opening_message
from lazytui.analyses.networks.model_under_study import (
    ModelUnderStudy,
    ModelUnderStudyParams,
    ignore_advice,
    load_model_under_study,
    remembered_digits,
    require_at_hand,
    trained_with,
    weights_written,
)
from lazytui.attacks import ATTACKS
from lazytui.attacks.attack import Norm
from lazytui.attacks.source_pools import source_pool
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, Split, build_dataset
from lazytui.errors import BadInput, LazytuiError, UsageError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

if TYPE_CHECKING:
    from torch import Tensor

    from lazytui.attacks.problem import Problem

Image = NDArray[np.uint8]
Shares = NDArray[np.float32]
T = TypeVar("T")

_SECONDS_BETWEEN_ANSWERS = 0.1
"""Seconds between two answers while an attack climbs."""

_MOST_FRAMES = 50
"""So many images of a climb are kept, evenly spaced."""


@dataclass(frozen=True, eq=False)
class Source:
    """An image as it is. image: (28, 28, 3) uint8. probabilities: (10,) float32, the network's.

    already_fooled: whether that is what is wanted already. sensitivity: (28, 28, 3) float32, log-odds that one level of
    255 more of a value adds to what is wanted: the goal's gradient; None where the network has none.
    """

    image: Image
    probabilities: Shares
    already_fooled: bool
    sensitivity: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class Frame:
    """An image on the way: (28, 28, 3) uint8, that of a step, rounded."""

    step: int
    image: Image


@dataclass(frozen=True, eq=False)
class Climb:
    """How far an attack has come. probabilities: (steps, 10) float32, at each step, before anything is rounded.

    image: (28, 28, 3) uint8, what it has made; now: (10,) float32, what the network says of that.
    frames: images on the way, evenly spaced, once it is done. frame: the one to show instead of what it has made.
    """

    probabilities: Shares
    image: Image
    now: Shares
    frames: tuple[Frame, ...] = ()
    frame: Frame | None = None

    @property
    def shown_image(self) -> Image:
        return self.frame.image if self.frame else self.image

    @property
    def shown_probabilities(self) -> Shares:
        found: Shares = self.probabilities[self.frame.step] if self.frame else self.now
        return found


@dataclass(frozen=True, eq=False)
class AttackAnswer(LiveAnswer[AttackQuestion]):
    """networks: their names. palette: the digits' colors. sources: how many images the pool has.

    planned: the attack's steps; 0 for one that only queries.

    fooled: whether it reached the goal; None while it climbs. smallest: the smallest budget that a run found for this
    image, infinite where none was enough; None where no run looked. found: the same by the search that the question
    asked for. budget: what the image is attacked with, where that isn't the question's own.
    """

    networks: tuple[str, ...] = ()
    palette: str = ""
    sources: int = 0
    source: Source | None = None
    climb: Climb | None = None
    fooled: bool | None = None
    planned: int = 0
    smallest: float | None = None
    found: float | None = None
    budget: float | None = None

    @property
    def attacked(self) -> AttackQuestion:
        """The question with the budget that the image is attacked with."""
        if self.budget is None:
            return self.question
        return replace(self.question, params=self.question.params.model_copy(update={"epsilon": self.budget}))

    def at_frame(self, frame: Frame | None) -> AttackAnswer:
        """The same with the image of a step of the climb instead of what came of it."""
        return replace(self, climb=replace(self.climb, frame=frame)) if self.climb else self

    def with_smallest(self, found: float) -> AttackAnswer:
        """The largest budget is shown where none was enough."""
        return replace(self, found=found, budget=found if math.isfinite(found) else self.question.params.budget)


@dataclass(frozen=True)
class _OpenNetworks:
    """Networks that are kept open, and the data of the first's training. key: what was asked for, and its weights."""

    key: tuple[object, ...]
    names: tuple[str, ...]
    networks: tuple[ModelUnderStudy, ...]
    data: BiasedDataset


class AttackSession(LiveSession[AttackQuestion, AttackAnswer]):
    """The networks of the last question stay open for the next."""

    command = "attack-image"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._open_networks: _OpenNetworks | None = None
        self._pool = lru_cache(maxsize=6)(source_pool)
        self._finished = lru_cache(maxsize=2)(_FinishedRun.load)

    def empty_answer(self, question: AttackQuestion) -> AttackAnswer:
        return AttackAnswer(question)

    def partial_answers(self, question: AttackQuestion) -> Iterator[AttackAnswer]:
        params = question.params
        validate("attack", {**params.model_dump(), "largest": None})  # keys may ask what doesn't go together
        key = self._key(params.network_params)
        if self._open_networks is None or self._open_networks.key != key:
            yield AttackAnswer(question, doing=opening_message(params.run))
            self._open_networks = self._open(params, key)
        opened = self._open_networks
        split = self._sources(opened, question)
        smallest, ten = self._smallest(question), opened.data.params.palette
        answer = AttackAnswer(question, networks=opened.names, palette=ten, smallest=smallest, sources=len(split))
        index = min(question.index, len(split) - 1)
        yield from _attacked(answer, opened.networks[question.network], split.take(np.array([index])))

    def run_values(self, question: AttackQuestion) -> dict[str, object]:
        params, networks = question.params, question.params.network_params
        attacked = networks[question.network]
        if self._data_of(attacked) != self._data_of(networks[0]):
            raise UsageError(
                "A run attacks a network on the data of its own training; these images are those of another network: "
                "A goes back to it."
            )
        fields = set(AttackSetting.model_fields) - ({"largest"} if params.epsilon > params.budget else set())
        image = {"pool": question.pool, "image": question.index, "sure": question.sure}
        asked = params.model_dump(include=fields, exclude_defaults=True)
        return {
            **asked,
            "run": attacked.run,
            "model": attacked.model,
            **image,
            "smallest": question.at_smallest,
            "factor": question.factor if question.factor > 1 else None,
        }

    def _data_of(self, network: ModelUnderStudyParams) -> dict[str, object]:
        return trained_with(network, self.workspace).model_dump(include=set(DatasetParams.model_fields))

    def _sources(self, opened: _OpenNetworks, question: AttackQuestion) -> Split:
        params = question.params
        if question.pool == "drawn":
            return drawings_of_digit(self.workspace, params.source_digit)
        return self._pool(opened.data, question.pool, params.source_digit, params.target_class, params.sources)

    def _key(self, networks: list[ModelUnderStudyParams]) -> tuple[object, ...]:
        """The networks as their files are now: a training that goes on writes others."""
        consequence = "any more, so nothing can be asked of it."
        return tuple((network, weights_written(network.run, self.workspace, consequence)) for network in networks)

    def _open(self, params: AttackParams, key: tuple[object, ...]) -> _OpenNetworks:
        first = trained_with(params.network_params[0], self.workspace)
        require_at_hand(first.source)
        resolve(params, self.workspace)
        return _OpenNetworks(
            key,
            names=tuple(self.workspace.find(one.run).display_name for one in params.network_params),
            networks=tuple(load_model_under_study(one, self.workspace, ignore_advice) for one in params.network_params),
            data=build_dataset(first, remembered_digits),
        )

    def _smallest(self, question: AttackQuestion) -> float | None:
        if question.run is None:
            return None
        try:
            return self._finished(question.run).smallest(question)
        except LazytuiError:
            return None  # the screen below says what is wrong with the run


@dataclass(frozen=True)
class _FinishedRun:
    """What a finished run of the analysis asked, and the smallest budgets that it found."""

    params: AttackParams
    result: AttackResult

    @classmethod
    def load(cls, run: RunFolder) -> _FinishedRun:
        params = recorded_params(run)
        assert isinstance(params, AttackParams)
        return cls(params, recorded_result(run))

    def smallest(self, question: AttackQuestion) -> float | None:
        """None where the run asked something else, or this image isn't correct when clean."""
        here = {name: getattr(self.params, name) for name in ("epsilon", "pool", "model", "device")}
        if question.params.model_copy(update=here) != self.params:
            return None
        pools = self.result.networks[question.network].pools
        found = None if question.pool == "drawn" else pools.get(question.pool)
        if found is None or found.perturbations is None:
            return None
        if question.index >= len(found.correct) or not found.correct[question.index]:
            return None
        budgets = found.perturbations.sure_budgets if question.sure else found.perturbations.budgets
        return float(budgets[int(found.correct[: question.index].sum())])


class _Canceled(Exception):
    """Nobody waits for the answer any more."""


@dataclass
class _ClimbRecord:
    """How far a climb has come."""

    probabilities: list[Shares] = field(default_factory=list)
    image: Tensor | None = None
    canceled: Event = field(default_factory=Event)
    _kept: list[tuple[int, Tensor]] = field(default_factory=list)
    _stride: int = 1

    def step(self, images: Tensor, logits: Tensor) -> None:
        if len(self.probabilities) % self._stride == 0:
            self._kept.append((len(self.probabilities), images.clone()))
            if len(self._kept) > _MOST_FRAMES:
                self._kept, self._stride = self._kept[::2], 2 * self._stride
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
        """image, now: where it stands, (1, 3, 28, 28), and what the network says of that."""
        probabilities = list(self.probabilities)
        return Climb(np.array(probabilities, np.float32).reshape(len(probabilities), len(now)), _bytes(image), now)


def _attacked(answer: AttackAnswer, network: ModelUnderStudy, split: Split) -> Iterator[AttackAnswer]:
    """The image as it is, then the attack while it climbs, at last what came of it."""
    import torch

    from lazytui.attacks.observed_attack import ObservedModel
    from lazytui.attacks.problem import require_logits
    from lazytui.models.shapes import CLASSES

    question, entry = answer.question, ATTACKS[answer.question.params.attack]
    record = _ClimbRecord()
    problem = replace(problem_of(question.params, network, split, record.check), arithmetic=nullcontext)  # one image
    problem = problem.with_confidence(SURE) if question.sure else problem
    with torch.no_grad():
        logits = problem.model(problem.images)
    require_logits(logits, CLASSES)
    sensitivity, missing = _sensitivity(problem)
    source = Source(split.images[0], _shares(logits), bool(problem.succeeds(logits)), sensitivity)
    yield (answer := replace(answer, source=source, planned=_planned(question)))
    if entry.needs_gradient and missing:
        raise missing
    searched = question.at_smallest and not source.already_fooled
    if searched and entry.minimizes:  # one climb finds it
        answer = replace(answer, budget=question.params.budget)
    elif searched:
        searching = replace(answer, doing="Looking for the smallest budget that fools it ...")
        found = yield from _working(searching, lambda: _smallest_that_fools(problem, answer.smallest, question), record)
        answer = answer.with_smallest(found)
    climbed = replace(problem, model=ObservedModel(problem.model, record.step))
    made = yield from _working(answer, lambda: _attack_of(answer.attacked.params)(climbed), record)
    with torch.no_grad():
        logits = problem.model(made)
    fooled = bool(problem.succeeds(logits))
    if searched and entry.minimizes:
        answer = answer.with_smallest(
            _whole(_size(made - problem.images, entry.norm), entry.norm) if fooled else math.inf
        )
    climb = replace(record.climb(made, _shares(logits)), frames=record.frames())
    yield replace(answer, climb=climb, fooled=fooled)


def _working(answer: AttackAnswer, work: Callable[[], T], record: _ClimbRecord) -> Generator[AttackAnswer, None, T]:
    """Work in a thread and tell how far a climb has come; whoever stops listening stops it too."""
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


def _smallest_that_fools(problem: Problem, known: float | None, question: AttackQuestion) -> float:
    """The smallest budget, in whole units, at which the attack fools the one image of a problem; or infinity.

    known: the smallest that a run found, which is taken at its word where the attack gets there from its start.
    """

    from lazytui.attacks.minimal_budgets import smallest_budgets

    params = question.params

    def attack(part: Problem) -> Tensor:
        return _attack_of(params.model_copy(update={"epsilon": float(part.epsilon)}))(part)

    if known is not None and math.isfinite(known):
        at_it = problem.with_budget(known)
        if bool(at_it.is_fooled(attack(at_it))):
            return known
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
