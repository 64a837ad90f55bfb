"""One image under attack, kept ready to answer between two key presses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lazytui.analyses.ask.kept_drawings import drawings_of_digit
from lazytui.analyses.attack.analysis import resolve
from lazytui.analyses.attack.live_answer import AttackAnswer
from lazytui.analyses.attack.live_climb import climbing_answers
from lazytui.analyses.attack.live_question import AttackQuestion
from lazytui.analyses.attack.params import AttackParams, AttackSetting
from lazytui.analyses.attack.pool_choice import image_pools_of, require_pool
from lazytui.analyses.attack.result import AttackResult
from lazytui.analyses.core.content_facts import content_to_keep
from lazytui.analyses.core.execute import recorded_params, recorded_result, validate
from lazytui.analyses.core.live_session import LiveSession, opening_message
from lazytui.analyses.networks.model_under_study import (
    ModelUnderStudy,
    ModelUnderStudyParams,
    ignore_advice,
    load_model_under_study,
    remembered_images,
    require_at_hand,
    trained_with,
    weights_written,
)
from lazytui.attacks.source_pools import Pool, source_pool
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, Split, build_dataset
from lazytui.errors import LazytuiError, UsageError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace


@dataclass(frozen=True, eq=False)
class _OpenNetworks:
    """Networks that are kept open, and the data of the first's training. key: what was asked for, and its weights."""

    key: tuple[object, ...]
    names: tuple[str, ...]
    networks: tuple[ModelUnderStudy, ...]
    data: BiasedDataset


def _pool_of(opened: _OpenNetworks, name: Pool, source: int, target: int, count: int) -> Split:
    return source_pool(opened.data, name, source, target, count)


class AttackSession(LiveSession[AttackQuestion, AttackAnswer]):
    """The networks of the last question stay open for the next."""

    command = "attack-image"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._open_networks: _OpenNetworks | None = None
        self._pool = lru_cache(maxsize=6)(_pool_of)
        self._finished = lru_cache(maxsize=2)(_FinishedRun.load)

    def empty_answer(self, question: AttackQuestion) -> AttackAnswer:
        return AttackAnswer(question)

    def partial_answers(self, question: AttackQuestion) -> Iterator[AttackAnswer]:
        params = question.params
        validate("attack", {**params.model_dump(), "largest": None})  # keys may ask what doesn't go together
        if params.score and question.sure:
            raise UsageError("--sure needs a probability, and a score has none: raise --above instead.")
        key = self._key(params.network_params)
        if self._open_networks is None or self._open_networks.key != key:
            yield AttackAnswer(question, doing=opening_message(params.run))
            self._open_networks = self._open(params, key)
        opened = self._open_networks
        split = self._sources(opened, question)
        answer = AttackAnswer(
            question,
            networks=opened.names,
            palette=opened.data.params.palette,
            recorded_content=content_to_keep(opened.data.params),
            smallest=self._smallest(question),
            sources=len(split),
        )
        index = min(question.index, len(split) - 1)
        yield from climbing_answers(answer, opened.networks[question.network], split.take(np.array([index])))

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
        changed = params.model_dump(include=fields, exclude_defaults=True)
        return {
            **changed,
            "run": attacked.run,
            "model": attacked.model,
            **image,
            "smallest": question.at_smallest,
            "factor": question.factor if question.factor > 1 else None,
        }

    def _data_of(self, network: ModelUnderStudyParams) -> dict[str, object]:
        return trained_with(network, self.workspace).model_dump(include=set(DatasetParams.model_fields))

    def _sources(self, opened: _OpenNetworks, question: AttackQuestion) -> Split:
        params, content = question.params, opened.data.content
        source, target = params.source_label(content), params.target_label(content)
        require_pool(question.pool, image_pools_of(params, content), params)
        if question.pool == "drawn":
            return drawings_of_digit(self.workspace, source, content)
        return self._pool(opened, question.pool, source, target, params.sources)

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
            data=build_dataset(first, remembered_images),
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
        pool_result = None if question.pool == "drawn" else pools.get(question.pool)
        if pool_result is None or pool_result.perturbations is None:
            return None
        if question.index >= len(pool_result.correct) or not pool_result.correct[question.index]:
            return None
        budgets = pool_result.perturbations.sure_budgets if question.sure else pool_result.perturbations.budgets
        if budgets is None:
            return None
        return float(budgets[int(pool_result.correct[: question.index].sum())])
