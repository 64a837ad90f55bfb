"""Where networks look, image by image: kept ready to answer between two key presses, for whoever browses a split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.live_session import LiveAnswer, LiveSession, opening
from lazytui.analyses.gradcam import analysis as gradcam
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.analyses.networks.model_under_study import (
    Subject,
    SubjectParams,
    ignore_advice,
    load_subject,
    remembered_digits,
    require_at_hand,
    trained_with,
    weights_written,
)
from lazytui.analyses.networks.second_network import first_subject, subjects
from lazytui.analyses.train.params import TrainParams
from lazytui.data.palettes import NO_COLOR
from lazytui.data.splits import Split, build_dataset
from lazytui.errors import UsageError
from lazytui.evaluation.predictions import SPLIT_NAMES
from lazytui.runs.workspace import Workspace
from lazytui.saliency.evidence_masks import mask_percentile, stroke_masks
from lazytui.saliency.map_names import METHODS
from lazytui.saliency.map_resizing import upsample
from lazytui.saliency.map_scores import MapScores, score_map
from lazytui.saliency.reason_categories import evidence_categories, reason_categories

if TYPE_CHECKING:
    from torch import nn

    from lazytui.saliency.explainer import Explainer, Explanation

MOST = 1000
"""Images of a split that are browsed, its first; a run looks at all of them."""

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class SaliencyQuestion:
    """params: which networks, split, method, layer and target. place: of the image in the split."""

    params: GradcamParams
    place: int


@dataclass(frozen=True, eq=False)
class Album:
    """The images to browse, the first of a split of `whole` images. trained: how they are painted."""

    split: Split
    whole: int
    trained: TrainParams


Q = TypeVar("Q")


@dataclass(frozen=True, eq=False)
class AlbumAnswer(LiveAnswer[Q]):
    """What is known of one image of an album."""

    album: Album | None = None


@dataclass(frozen=True, eq=False)
class Sorting:
    """How a network answers the album, (n,) uint8 each: the class predicted, and indices into sorting.WAYS and CAUSES.

    told: by which map of the class predicted the places are told; always the same one, so that no image changes sides
    while maps are compared. The causes are told by repainting, of every image that wears a color.
    """

    predicted: Labels
    ways: Labels
    causes: Labels
    told: str


@dataclass(frozen=True, eq=False)
class ImageExplanation:
    """One network's answer about one image. heat: (h, w) float32, raw and signed. probabilities: (10,) float32."""

    network: str
    heat: NDArray[np.float32]
    layer: str | None
    target: int
    probabilities: NDArray[np.float32]
    judged: MapScores

    @property
    def is_empty(self) -> bool:
        """Whether the map is nowhere above zero."""
        return not (self.heat > 0).any()


@dataclass(frozen=True)
class SaliencyAnswer(AlbumAnswer[SaliencyQuestion]):
    """network: what names the first network's run from now on. methods, layers: those that all of the networks have;
    layers with height and width. sorting: of the first network. advice: what is to be said of what they put out.
    """

    network: str = ""
    methods: tuple[str, ...] = ()
    layers: tuple[tuple[str, tuple[int, int]], ...] = ()
    explanations: tuple[ImageExplanation, ...] = ()
    sorting: Sorting | None = None
    advice: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Ready:
    """A network with its lens on a split."""

    name: str
    model: nn.Module
    lens: Explainer
    advice: str


class SaliencySession(LiveSession[SaliencyQuestion, SaliencyAnswer]):
    """Networks, splits and what was found out about them are kept for the next question."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._subject = lru_cache(maxsize=4)(self._load)
        self._split = lru_cache(maxsize=3)(self._paint)
        self._ready = lru_cache(maxsize=8)(self._prepare)
        self._album = lru_cache(maxsize=3)(self._first_of)
        self._sortings: WeakKeyDictionary[nn.Module, dict[str, Sorting]] = WeakKeyDictionary()
        self._resolved = lru_cache(maxsize=1)(gradcam.resolve)

    def unanswered(self, question: SaliencyQuestion) -> SaliencyAnswer:
        return SaliencyAnswer(question)

    def refuse(self, answer: SaliencyAnswer, sentence: str) -> SaliencyAnswer:
        return replace(super().refuse(answer, sentence), explanations=())

    def grow(self, question: SaliencyQuestion) -> Iterator[SaliencyAnswer]:
        params = question.params
        require_at_hand(trained_with(first_subject(params), self.workspace).source)
        asked = subjects(params, self.workspace)
        trained = trained_with(asked[0], self.workspace)
        network = self.workspace.reference(self.workspace.find(params.run))
        yield (answer := SaliencyAnswer(question, network=network, doing=f"painting the {params.split} split ..."))
        album = self._album(trained, params.split)
        yield (answer := replace(answer, doing=opening(params.run), album=album))
        ready = [self._open(subject, trained, params) for subject in asked]
        yield (
            answer := replace(
                answer,
                doing="",
                methods=_shared_methods(ready),
                layers=_shared_layers(ready),
                advice=tuple(dict.fromkeys(one.advice for one in ready if one.advice)),
                sorting=self._sortings.get(ready[0].model, {}).get(params.split),
            )
        )
        self._resolved(params, self.workspace)
        place = min(question.place, len(album.split) - 1)
        explanations = tuple(_explain_image(one, album, place, params) for one in ready)
        yield (answer := replace(answer, explanations=explanations))
        if answer.sorting is None:
            yield (answer := replace(answer, doing="sorting the answers, by repainting too ..."))
            sorting = _sorting(ready[0], album, self._split(trained, params.split), SPLIT_NAMES[params.split])
            self._sortings.setdefault(ready[0].model, {})[params.split] = sorting
            yield replace(answer, doing="", sorting=sorting)

    def _open(self, subject: SubjectParams, trained: TrainParams, params: GradcamParams) -> _Ready:
        """The network as its file is now: a training that goes on writes another."""
        folder = self.workspace.find(subject.run).path
        written = weights_written(subject.run, self.workspace, "yet: it hasn't saved a network.")
        return self._ready(subject, folder, written, trained, params.split, params.baseline, params.seed)

    def _load(self, subject: SubjectParams, _folder: Path, _written: int) -> Subject:
        return load_subject(subject, self.workspace, ignore_advice)  # its advice goes with the answer

    def _paint(self, trained: TrainParams, split: str) -> Split:
        return build_dataset(trained, remembered_digits).split(SPLIT_NAMES[split])

    def _first_of(self, trained: TrainParams, split: str) -> Album:
        whole = self._split(trained, split)
        return Album(whole.take(np.arange(min(MOST, len(whole)))), len(whole), trained)

    def _prepare(
        self,
        params: SubjectParams,
        folder: Path,
        written: int,
        trained: TrainParams,
        split: str,
        baseline: str,
        seed: int,
    ) -> _Ready:
        subject = self._subject(params, folder, written)
        from lazytui.saliency.explainer import Explainer
        from lazytui.saliency.split_maps import mean_image

        images = self._split(trained, split).images
        start = mean_image(images, subject.hardware.device) if baseline == "mean" else None
        name = self.workspace.find(params.run).display_name
        lens = Explainer(subject.model, images, subject.trained.model, baseline=start, seed=seed)
        return _Ready(name, subject.model, lens, subject.advice)


def _shared_methods(ready: list[_Ready]) -> tuple[str, ...]:
    return tuple(method for method in METHODS if all(method in one.lens.methods for one in ready))


def _shared_layers(ready: list[_Ready]) -> tuple[tuple[str, tuple[int, int]], ...]:
    return tuple(
        (layer, size) for layer, size in ready[0].lens.layers.items() if all(layer in one.lens.layers for one in ready)
    )


def _sorting(ready: _Ready, album: Album, whole: Split, name: str) -> Sorting:
    """whole: the split of that name that the album is the first of."""
    from lazytui.saliency.split_maps import explain_split

    split = album.split
    request = ready.lens.request("grad-cam" if "grad-cam" in ready.lens.methods else "input-gradient")
    seen = explain_split(ready.model, split.images, None, request, note=_ignore, progress=_ignore)
    stands = mask_percentile(upsample(np.maximum(seen.maps, 0)), stroke_masks(split.shapes))
    told = METHODS[request.method].title + (f" of {request.layer}" if request.layer else "")
    ways = evidence_categories(seen.predicted == split.digits, stands)
    return Sorting(seen.predicted, ways, _causes(ready, album, whole, name, seen.predicted), told)


def _causes(ready: _Ready, album: Album, whole: Split, name: str, predicted: Labels) -> Labels:
    """(n,) indices into sorting.CAUSES. What wears no color isn't repainted."""
    from lazytui.saliency.repainting import repaint_in_all_colors
    from lazytui.saliency.split_maps import logits_of

    split = album.split
    colored = np.flatnonzero(split.colors != NO_COLOR)
    answers = np.zeros((len(split), 10), np.uint8)
    if len(colored):
        for color, images in enumerate(repaint_in_all_colors(whole, album.trained, name, colored)):
            answers[colored, color] = logits_of(ready.model, images, note=_ignore).argmax(1)
    return reason_categories(predicted, answers, split.digits, split.colors)


def _explain_image(ready: _Ready, album: Album, place: int, params: GradcamParams) -> ImageExplanation:
    split = album.split
    glance: Explanation = ready.lens.explain(
        split.images[place],
        method=params.method,
        layer=params.layer,
        target=target_class(params.target, int(split.digits[place]), int(split.colors[place])),
    )
    right = int(glance.probabilities.argmax()) == int(split.digits[place])
    return ImageExplanation(
        network=ready.name,
        heat=glance.heat,
        layer=glance.layer,
        target=glance.target,
        probabilities=glance.probabilities,
        judged=score_map(glance.heat, split.shapes, place, correct=right),
    )


def target_class(target: str, digit: int, color: int) -> int | None:
    """The class to explain; None for what is predicted."""
    if target == "predicted":
        return None
    if target == "color" and color == NO_COLOR:
        raise UsageError("This image wears no color, so there is no color's digit to target.")
    return {"digit": digit, "color": color}.get(target, int(target) if target.isdigit() else None)


def _ignore(_heard: object) -> None:
    pass
