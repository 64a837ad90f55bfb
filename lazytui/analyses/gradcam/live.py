"""Where networks look, image by image: networks stay loaded, so that answers come at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.live_session import LiveAnswer, LiveSession, opening_message
from lazytui.analyses.gradcam import analysis as gradcam
from lazytui.analyses.gradcam.answer_sort import AnswerCategories, AnswerSort
from lazytui.analyses.gradcam.params import GradcamParams, read_target, target_class
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
from lazytui.analyses.networks.score_choice import ScoreName, load_named_score
from lazytui.analyses.networks.second_network import first_model_params, pair_params
from lazytui.analyses.train.params import TrainParams
from lazytui.data.splits import Split, build_dataset
from lazytui.evaluation.predictions import SPLIT_NAMES
from lazytui.runs.workspace import Workspace
from lazytui.saliency.checks.localization import Masks, object_masks
from lazytui.saliency.checks.one_map_scores import MapScores, score_map
from lazytui.saliency.map_names import METHODS

if TYPE_CHECKING:
    from torch import nn

    from lazytui.saliency.explainer import Explainer, Explanation
    from lazytui.saliency.maps_by_name import MapRequest

MOST = 1000
"""Images of a split that are browsed, its first; a run looks at all of them."""


@dataclass(frozen=True)
class SaliencyQuestion:
    """params: which networks, split, method, layer and target. image_index: in the split."""

    params: GradcamParams
    image_index: int


@dataclass(frozen=True, eq=False)
class BrowsedSplit:
    """The images to browse, the first of a split of `whole` images. trained: how they are painted. names: of those that
    aren't painted, such as drawings."""

    split: Split
    whole: int
    trained: TrainParams
    names: tuple[str, ...] = ()

    @cached_property
    def masks(self) -> Masks | None:
        """(n, height, width) bool, what the images show; None where that isn't known."""
        return object_masks(self.split)

    @property
    def has_masks(self) -> bool:
        return self.masks is not None


@dataclass(frozen=True, eq=False)
class ImageExplanation:
    """One network's answer about one image. heat: (h, w) float32, raw and signed. probabilities: (classes,) float32.
    scores: None where it isn't known where the image shows its object."""

    network: str
    heat: NDArray[np.float32]
    layer: str | None
    target: int
    probabilities: NDArray[np.float32]
    scores: MapScores | None

    @property
    def is_empty(self) -> bool:
        """Whether the map is nowhere above zero."""
        return not (self.heat > 0).any()


Q = TypeVar("Q")


@dataclass(frozen=True, eq=False)
class BrowsedAnswer(LiveAnswer[Q]):
    """What is known of one of the browsed images."""

    browsed: BrowsedSplit | None = None


@dataclass(frozen=True)
class SaliencyAnswer(BrowsedAnswer[SaliencyQuestion]):
    """network: what names the first network's run from now on. methods, layers: those that all of the networks have;
    layers with height and width. categories: of the first network. advice: what is to be said of what they put out.
    """

    network: str = ""
    methods: tuple[str, ...] = ()
    layers: tuple[tuple[str, tuple[int, int]], ...] = ()
    explanations: tuple[ImageExplanation, ...] = ()
    categories: AnswerCategories | None = None
    advice: tuple[str, ...] = ()


@dataclass(frozen=True)
class _OpenNetwork:
    """A network with its explainer on a split."""

    name: str
    model: nn.Module
    explainer: Explainer
    advice: str


class SaliencySession(LiveSession[SaliencyQuestion, SaliencyAnswer]):
    """Networks, splits and what was found out about them are kept for the next question."""

    command = "gradcam"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._network = lru_cache(maxsize=4)(self._load)
        self._split = lru_cache(maxsize=3)(self._paint)
        self._open_network = lru_cache(maxsize=8)(self._prepare)
        self._album = lru_cache(maxsize=3)(self._first_of)
        self._sorts: WeakKeyDictionary[nn.Module, dict[str, AnswerSort]] = WeakKeyDictionary()
        self._resolved = lru_cache(maxsize=1)(gradcam.resolve)

    def run_values(self, question: SaliencyQuestion) -> dict[str, object]:
        changed = question.params.model_dump(exclude_defaults=True)
        return {**changed, "show": (str(question.image_index),)}

    def empty_answer(self, question: SaliencyQuestion) -> SaliencyAnswer:
        return SaliencyAnswer(question)

    def refuse(self, answer: SaliencyAnswer, sentence: str) -> SaliencyAnswer:
        return replace(super().refuse(answer, sentence), explanations=())

    def partial_answers(self, question: SaliencyQuestion) -> Iterator[SaliencyAnswer]:
        params = question.params
        require_at_hand(trained_with(first_model_params(params), self.workspace).source)
        requested = pair_params(params, self.workspace)
        trained = trained_with(requested[0], self.workspace)
        network = self.workspace.reference(self.workspace.find(params.run))
        making = f"{'painting' if trained.plants else 'reading'} the {params.split} split ..."
        yield (answer := SaliencyAnswer(question, network=network, doing=making))
        browsed = self._album(trained, params.split)
        yield (answer := replace(answer, doing=opening_message(params.run), browsed=browsed))
        networks = [self._open(one, trained, params) for one in requested]
        yield (
            answer := replace(
                answer,
                doing="",
                methods=_shared_methods(networks),
                layers=_shared_layers(networks),
                advice=tuple(dict.fromkeys(one.advice for one in networks if one.advice)),
                categories=self._known_categories(networks[0], params.split),
            )
        )
        self._resolved(params, self.workspace)
        index = min(question.image_index, len(browsed.split) - 1)
        explanations = tuple(_explain_image(one, browsed, index, params) for one in networks)
        yield (answer := replace(answer, explanations=explanations))
        if answer.categories is None:
            yield from self._sort_answers(answer, networks[0], self._split(trained, params.split))

    def _sort_answers(self, answer: SaliencyAnswer, network: _OpenNetwork, whole: Split) -> Iterator[SaliencyAnswer]:
        """The answer after each step of the sort, which goes on from where an earlier question left it."""
        assert answer.browsed is not None
        browsed, name = answer.browsed, answer.question.params.split
        sorts = self._sorts.setdefault(network.model, {})
        if name not in sorts:
            yield replace(answer, doing=_sorting(0, browsed.trained))
            map_to_sort_by = _map_to_sort_by(network)
            sorts[name] = AnswerSort(
                network.model, *map_to_sort_by, browsed.split, whole, browsed.trained, SPLIT_NAMES[name]
            )
        sort = sorts[name]
        while sort.categories is None:
            yield replace(answer, doing=_sorting(sort.share, browsed.trained))
            sort.step(network.model)
        yield replace(answer, categories=sort.categories)

    def _known_categories(self, network: _OpenNetwork, split: str) -> AnswerCategories | None:
        sort = self._sorts.get(network.model, {}).get(split)
        return sort.categories if sort else None

    def _open(self, network: ModelUnderStudyParams, trained: TrainParams, params: GradcamParams) -> _OpenNetwork:
        """The network as its file is now: a training that goes on writes another."""
        folder = self.workspace.find(network.run).path
        written = weights_written(network.run, self.workspace, "yet: it hasn't saved a network.")
        chosen = params.split, params.baseline, params.seed, params.superpixels
        return self._open_network(network, folder, written, trained, *chosen)

    def _load(self, network: ModelUnderStudyParams, _folder: Path, _written: int) -> ModelUnderStudy:
        return load_model_under_study(network, self.workspace, ignore_advice)  # its advice goes with the answer

    def _paint(self, trained: TrainParams, split: str) -> Split:
        return build_dataset(trained, remembered_images).split(SPLIT_NAMES[split])

    def _first_of(self, trained: TrainParams, split: str) -> BrowsedSplit:
        whole = self._split(trained, split)
        return BrowsedSplit(whole.take(np.arange(min(MOST, len(whole)))), len(whole), trained)

    def _prepare(
        self,
        params: ModelUnderStudyParams,
        folder: Path,
        written: int,
        trained: TrainParams,
        split: str,
        baseline: str,
        seed: int,
        superpixels: int,
    ) -> _OpenNetwork:
        network = self._network(params, folder, written)
        from lazytui.saliency.explainer import Explainer
        from lazytui.saliency.split_maps import mean_image

        images = self._split(trained, split).images
        start = mean_image(images, network.hardware.device) if baseline == "mean" else None
        name = self.workspace.find(params.run).display_name
        model, name_of_model = network.model, network.trained.model
        explainer = Explainer(model, images, name_of_model, baseline=start, seed=seed, superpixels=superpixels)
        return _OpenNetwork(name, network.model, explainer, network.advice)


def _sorting(share: float, trained: TrainParams) -> str:
    by = ", by repainting too" if trained.plants else ""
    return f"sorting the answers{by}: {100 * share:.0f} % ..."


def _shared_methods(networks: list[_OpenNetwork]) -> tuple[str, ...]:
    return tuple(method for method in METHODS if all(method in one.explainer.methods for one in networks))


def _shared_layers(networks: list[_OpenNetwork]) -> tuple[tuple[str, tuple[int, int]], ...]:
    return tuple(
        (layer, size)
        for layer, size in networks[0].explainer.layers.items()
        if all(layer in one.explainer.layers for one in networks)
    )


def _map_to_sort_by(network: _OpenNetwork) -> tuple[MapRequest, str]:
    """The map that evidence categories go by, and its title."""
    request = network.explainer.request("grad-cam" if "grad-cam" in network.explainer.methods else "input-gradient")
    return request, METHODS[request.method].title + (f" of {request.layer}" if request.layer else "")


def _explain_image(network: _OpenNetwork, browsed: BrowsedSplit, index: int, params: GradcamParams) -> ImageExplanation:
    split, masks = browsed.split, browsed.masks
    label, attribute = int(split.labels[index]), int(split.attributes[index])
    target = read_target(params.target, split.content)
    explanation: Explanation = network.explainer.explain(
        split.images[index],
        method=params.method,
        layer=params.layer,
        target=load_named_score(target, split.content)
        if isinstance(target, ScoreName)
        else target_class(target, label, attribute, split.content),
    )
    right = int(explanation.probabilities.argmax()) == int(split.labels[index])
    return ImageExplanation(
        network=network.name,
        heat=explanation.heat,
        layer=explanation.layer,
        target=explanation.target,
        probabilities=explanation.probabilities,
        scores=None if masks is None else score_map(explanation.heat, masks, index, correct=right),
    )
