"""Ablation of the neurons that a person marks, answered between two key presses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.exemplar_figures import maps_figure
from lazytui.analyses.core.fact_readers import EasyAndHard
from lazytui.analyses.core.live_session import LiveAnswer, LiveSession, opening_message
from lazytui.analyses.networks.image_choice import NamedImage
from lazytui.analyses.networks.model_under_study import require_at_hand, trained_with, weights_written
from lazytui.analyses.neurons.analysis import Session, maps_of_image, open_session
from lazytui.analyses.neurons.image_lookup import find_image
from lazytui.analyses.neurons.layer_pictures import feature_maps
from lazytui.analyses.neurons.params import STAND_IN, NeuronsParams
from lazytui.analyses.neurons.patch_request import Patch, PatchedLogits, images_figures, shift_figure
from lazytui.analyses.neurons.result import NeuronsResult
from lazytui.figures.kinds import Bars, Figure, Reference
from lazytui.runs.workspace import Workspace

SPLITS = ("easy", "hard")
Accuracies = Mapping[str, float]
"""In [0, 1], by split."""

MOST_MAPPED = 4
"""Of the marked neurons, how many have maps of an image."""
_DRAWS_A_STEP = 5
"""Random draws between two looks at whether something else is asked by now."""


@dataclass(frozen=True)
class AblationQuestion:
    """params: whose layer it is. active: the neurons that random ones are drawn from. mode: what stands in for marked
    ones. neurons: the run that examined them, which a run of `ablate` is asked about."""

    params: NeuronsParams
    active: tuple[int, ...]
    marked: tuple[int, ...]
    mode: Literal["mean", "zero"]
    patch: Patch | None = None
    """Instead of taking them out: what marked ones do in another image."""
    neurons: str = ""
    mapped: NamedImage | None = None
    """Instead of both: an image whose feature maps are shown."""


@dataclass(frozen=True)
class AblationAnswer(LiveAnswer[AblationQuestion]):
    """random: without as many neurons drawn at random, an entry a draw."""

    intact: Accuracies | None = None
    ablated: Accuracies | None = None
    random: tuple[Accuracies, ...] = ()
    patched: PatchedLogits | None = None
    maps: tuple[NDArray[np.uint8], NDArray[np.float32]] | None = None
    """The image (H, W, 3), and its feature maps (C, h, w)."""
    grad_cam: NDArray[np.float32] | None = None
    """(k, h, w), on that image, of the first k marked neurons, at cam_layer; None without marked ones or a map."""
    cam_layer: str | None = None

    @property
    def has_figures(self) -> bool:
        """Whether there is something to draw."""
        return bool(self.intact or self.patched or self.maps)


@dataclass(frozen=True)
class _OpenLayer:
    """A layer that is kept open. written: when the weights were, since a training that goes on writes others."""

    params: NeuronsParams
    written: int
    session: Session
    intact: Accuracies


class AblationSession(LiveSession[AblationQuestion, AblationAnswer]):
    """The layer of the last question stays open for the next."""

    command = "ablate"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._open: _OpenLayer | None = None

    def run_values(self, question: AblationQuestion) -> dict[str, object]:
        values: dict[str, object] = {
            "neurons": question.neurons,
            "neuron": ",".join(map(str, question.marked)),
            "stand_in": question.mode,
            "model": question.params.model,
            "device": question.params.device,
        }
        if question.patch is None:
            return values
        return {**values, "patch": question.patch.description}

    def empty_answer(self, question: AblationQuestion) -> AblationAnswer:
        return AblationAnswer(question)

    def partial_answers(self, question: AblationQuestion) -> Iterator[AblationAnswer]:
        params = question.params
        written = weights_written(params.run, self.workspace, "any more, so its neurons can't be ablated.")
        if self._open is None or (self._open.params, self._open.written) != (params, written):
            require_at_hand(trained_with(params, self.workspace).source)
            yield AblationAnswer(question, doing=opening_message(params.run))
            opened = open_session(params, self.workspace)
            self._open = _OpenLayer(params, written, opened, opened.ablation.accuracies([]))
        if question.mapped:
            yield self._map_answer(question, question.mapped, self._open)
        else:
            yield from (self._patch_answers if question.patch else self._ablation_answers)(question, self._open)

    def _map_answer(self, question: AblationQuestion, named: NamedImage, layer: _OpenLayer) -> AblationAnswer:
        session = layer.session
        image = find_image(named, session.data, self.workspace)
        maps = maps_of_image(session.ablation.model, image, session.hardware)
        grad_cam = session.maps.grad_cams(image, question.marked[:MOST_MAPPED], session.hardware.device)
        return AblationAnswer(question, maps=(image, maps), grad_cam=grad_cam, cam_layer=session.maps.cam_layer)

    def _patch_answers(self, question: AblationQuestion, layer: _OpenLayer) -> Iterator[AblationAnswer]:
        assert question.patch is not None
        data = layer.session.data
        images = np.stack([find_image(named, data, self.workspace) for named in question.patch.named_images])
        itself, before = layer.session.ablation.unablated_logits(images)
        shift = layer.session.ablation.patch(images[1:], images[:1], question.marked)[0]
        yield AblationAnswer(question, patched=PatchedLogits(before, before + shift, itself, images))

    def _ablation_answers(self, question: AblationQuestion, layer: _OpenLayer) -> Iterator[AblationAnswer]:
        ablation = layer.session.ablation
        answer = AblationAnswer(
            question, intact=layer.intact, ablated=ablation.accuracies(question.marked, question.mode)
        )
        yield answer
        draws = self._draws(question)
        for start in range(0, len(draws), _DRAWS_A_STEP):
            part = draws[start : start + _DRAWS_A_STEP]
            more = tuple(ablation.accuracies(draw.tolist(), question.mode) for draw in part)
            yield (answer := replace(answer, random=answer.random + more))

    def _draws(self, question: AblationQuestion) -> NDArray[np.int64]:
        """(draws, marked): as many neurons as are marked, again and again; no more than are active."""
        from lazytui.neurons.ablation_and_patching import random_orders

        orders = random_orders(len(question.active), question.params.seed)[:, : len(question.marked)]
        return np.array(question.active, np.int64)[orders] if orders.size else np.empty((0, 0), np.int64)


def _marked_maps(answer: AblationAnswer, result: NeuronsResult) -> list[Figure]:
    """Where marked neurons are active on the image, and their Grad-CAM."""
    if answer.maps is None or answer.grad_cam is None or answer.question.mapped is None:
        return []
    (image, maps), neurons = answer.maps, answer.question.marked[: len(answer.grad_cam)]
    return [
        maps_figure(
            np.repeat(image[None], len(neurons), axis=0),
            tuple(map(str, neurons)),
            (maps[list(neurons)], answer.grad_cam),
            (result.layer, answer.cam_layer),
            "marked-maps",
            f"Marked neurons on the {answer.question.mapped.description}: where they are active, and Grad-CAM",
        )
    ]


def answer_figures(answer: AblationAnswer, result: NeuronsResult) -> list[Figure]:
    """What came of the question."""
    if answer.question.mapped and answer.maps:
        return [
            *_marked_maps(answer, result),
            *reversed(feature_maps(answer.question.mapped.description, *answer.maps)),
        ]
    patch, patched = answer.question.patch, answer.patched
    if patch and patched:
        shift = shift_figure(patch, patched, len(answer.question.marked), result.content, result.value_colors)
        return [shift, *images_figures(patch, patched, result.content)]
    return [accuracy_bars(answer, result.layer, result.samples, len(result.content.classes))]


def accuracy_bars(answer: AblationAnswer, layer: str, images: EasyAndHard, classes: int) -> Bars:
    """Easy and hard accuracy as they are, without the marked neurons, and without as many random ones.

    images: how many they are measured on. classes: how many there are, to guess among.
    """
    question = answer.question
    marked = len(question.marked)
    random_count = min(marked, len(question.active))
    draws = len(answer.random)
    labels, values, intervals = [], [], []
    for split in SPLITS:
        rows = [[each[split]] if each else [] for each in (answer.intact, answer.ablated)]
        rows.append([each[split] for each in answer.random])
        labels += [
            f"{split}, {which}" for which in ("intact", f"without {marked} marked", f"without {random_count} random")
        ]
        values += [float(np.mean(row)) if row else np.nan for row in rows]
        intervals += [[min(row), max(row)] if len(row) > 1 else [np.nan, np.nan] for row in rows]
    return Bars(
        name="surgery",
        title=f"Without {marked} neuron{'s' * (marked != 1)} ({question.mode})",
        note=f"Marked neurons of {layer} {STAND_IN[question.mode]}, on {images.easy:,} easy and "
        f"{images.hard:,} hard images. Random: {draws} draws among the {len(question.active)} active neurons, mean and "
        "extremes.",
        labels=tuple(labels),
        values=100 * np.array(values),
        unit="%",
        high=100.0,
        intervals=100 * np.array(intervals),
        references=(Reference(name="chance", value=100 / classes),),
    )
