"""Ablation of the neurons that a person marks, answered between two key presses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.live_session import LiveAnswer, LiveSession, opening
from lazytui.analyses.networks.model_under_study import require_at_hand, trained_with, weights_written
from lazytui.analyses.neurons.analysis import Session, session
from lazytui.analyses.neurons.params import STAND_IN, NeuronsParams
from lazytui.analyses.neurons.patch_request import Patch, Patched, shifts
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.figures.kinds import Bars, Reference
from lazytui.runs.workspace import Workspace

SPLITS = ("easy", "hard")
Accuracies = Mapping[str, float]
"""In [0, 1], by split."""

_DRAWS_A_STEP = 5
"""Random draws between two looks at whether something else is asked by now."""


@dataclass(frozen=True)
class AblationQuestion:
    """params: whose layer it is. active: the neurons that random ones are drawn from. mode: what stands in for marked
    ones."""

    params: NeuronsParams
    active: tuple[int, ...]
    marked: tuple[int, ...]
    mode: Literal["mean", "zero"]
    patch: Patch | None = None
    """Instead of taking them out: what marked ones do in another image."""


@dataclass(frozen=True)
class AblationAnswer(LiveAnswer[AblationQuestion]):
    """random: without as many neurons drawn at random, an entry a draw."""

    intact: Accuracies | None = None
    ablated: Accuracies | None = None
    random: tuple[Accuracies, ...] = ()
    patched: Patched | None = None

    @property
    def has_figures(self) -> bool:
        """Whether there is something to draw."""
        return bool(self.intact or self.patched)


@dataclass(frozen=True)
class _Open:
    """A layer that is kept open. written: when the weights were, since a training that goes on writes others."""

    params: NeuronsParams
    written: int
    session: Session
    intact: Accuracies


class AblationSession(LiveSession[AblationQuestion, AblationAnswer]):
    """The layer of the last question stays open for the next."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._kept: _Open | None = None

    def unanswered(self, question: AblationQuestion) -> AblationAnswer:
        return AblationAnswer(question)

    def grow(self, question: AblationQuestion) -> Iterator[AblationAnswer]:
        params = question.params
        written = weights_written(params.run, self.workspace, "any more, so nothing can be taken out of it.")
        if self._kept is None or (self._kept.params, self._kept.written) != (params, written):
            require_at_hand(trained_with(params, self.workspace).source)
            yield AblationAnswer(question, doing=opening(params.run))
            opened = session(params, self.workspace)
            self._kept = _Open(params, written, opened, opened.ablation.accuracies([]))
        yield from (self._patched if question.patch else self._ablate)(question, self._kept)

    def _patched(self, question: AblationQuestion, kept: _Open) -> Iterator[AblationAnswer]:
        assert question.patch is not None
        into, source = (kept.session.grid[[shown.index]] for shown in (question.patch.into, question.patch.source))
        before, itself = kept.session.ablation.unablated_logits(np.concatenate([into, source]))
        shift = kept.session.ablation.patch(into, source, question.marked)[0]
        yield AblationAnswer(question, patched=Patched(before, before + shift, itself))

    def _ablate(self, question: AblationQuestion, kept: _Open) -> Iterator[AblationAnswer]:
        ablation = kept.session.ablation
        answer = AblationAnswer(
            question, intact=kept.intact, ablated=ablation.accuracies(question.marked, question.mode)
        )
        yield answer
        drawn = self._draws(question)
        for start in range(0, len(drawn), _DRAWS_A_STEP):
            part = drawn[start : start + _DRAWS_A_STEP]
            more = tuple(ablation.accuracies(draw.tolist(), question.mode) for draw in part)
            yield (answer := replace(answer, random=answer.random + more))

    def _draws(self, question: AblationQuestion) -> NDArray[np.int64]:
        """(draws, marked): as many neurons as are marked, again and again; no more than are active."""
        from lazytui.neurons.ablation import random_orders

        orders = random_orders(len(question.active), question.params.seed)[:, : len(question.marked)]
        return np.array(question.active, np.int64)[orders] if orders.size else np.empty((0, 0), np.int64)


def bars(answer: AblationAnswer, result: NeuronsResult) -> Bars:
    """What came of the question."""
    asked = answer.question
    if asked.patch and answer.patched:
        return shifts(asked.patch, answer.patched, len(asked.marked), result.palette)
    return accuracies(answer, result)


def accuracies(answer: AblationAnswer, result: NeuronsResult) -> Bars:
    """Easy and hard accuracy as they are, without the marked neurons, and without as many random ones."""
    asked, images = answer.question, result.samples
    marked = len(asked.marked)
    drawn = min(marked, len(asked.active))
    draws = len(answer.random)
    labels, values, intervals = [], [], []
    for split in SPLITS:
        rows = [[each[split]] if each else [] for each in (answer.intact, answer.ablated)]
        rows.append([each[split] for each in answer.random])
        labels += [f"{split}, {which}" for which in ("intact", f"without {marked} marked", f"without {drawn} random")]
        values += [float(np.mean(row)) if row else np.nan for row in rows]
        intervals += [[min(row), max(row)] if len(row) > 1 else [np.nan, np.nan] for row in rows]
    return Bars(
        name="surgery",
        title=f"Without {marked} neuron{'s' * (marked != 1)} of {result.layer}, {STAND_IN[asked.mode]}",
        note=f"{images.easy:,} easy and {images.hard:,} hard images. Random: {draws} draws among the "
        f"{len(asked.active)} active neurons, mean and extremes.",
        labels=tuple(labels),
        values=100 * np.array(values),
        unit="%",
        high=100.0,
        intervals=100 * np.array(intervals),
        references=(Reference(name="chance", value=10.0),),
    )
