"""Dose-response: one image with features scaled, steered or swapped, answered between two key presses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.ask.kept_drawings import KeptDrawing, kept_drawings, split_of
from lazytui.analyses.core.live_session import LiveSession, opening_message
from lazytui.analyses.gradcam.live import MOST, BrowsedAnswer, BrowsedSplit
from lazytui.analyses.networks.model_under_study import (
    ignore_advice,
    load_model_under_study,
    remembered_digits,
    require_at_hand,
    resolve,
    trained_with,
)
from lazytui.analyses.sae.loaded_sae import LoadedSae, network_params_of, sae_params, splice_sae
from lazytui.data.splits import build_dataset
from lazytui.errors import BadInput
from lazytui.evaluation.predictions import SPLIT_NAMES
from lazytui.runs.workspace import Workspace
from lazytui.sae.dose_response import FACTORS, Dose
from lazytui.system.torch_import import require_torch

if TYPE_CHECKING:
    from lazytui.saliency.explainer import Explainer


@dataclass(frozen=True)
class DoseQuestion:
    """run: a run of `sae`. split: drawn: the images that were kept of `ask`, newest first. image_index: in the split.
    model, device: as said here, never as a run recorded."""

    run: str
    dose: Dose
    image_index: int = 0
    split: Literal["easy", "hard", "drawn"] = "hard"
    model: str | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network says: probabilities (10,) float32, and where it looks for that, (h, w) float32, raw and signed;
    None where the network has no map."""

    probabilities: NDArray[np.float32]
    heat: NDArray[np.float32] | None = None

    @property
    def digit(self) -> int:
        return int(self.probabilities.argmax())


@dataclass(frozen=True)
class DoseAnswer(BrowsedAnswer[DoseQuestion]):
    """activity: (N, n), each feature on each browsed image. curve: (31, 10), the probabilities at each step of the
    dial. advice: what is to be said of what the network puts out.
    """

    activity: NDArray[np.float32] | None = None
    before: Prediction | None = None
    after: Prediction | None = None
    curve: NDArray[np.float32] | None = None
    advice: str = ""

    @property
    def index(self) -> int:
        """Of the image that is shown, among the browsed ones."""
        assert self.browsed is not None
        return min(self.question.image_index, len(self.browsed.split) - 1)

    @property
    def activity_here(self) -> NDArray[np.float32] | None:
        """(n,), each feature on this image; None before it is known."""
        return None if self.activity is None else self.activity[self.index]


@dataclass(frozen=True, eq=False)
class _OpenLayer:
    """A layer kept open. strength: (n,), what is typical of each feature. activity: as in an answer."""

    loaded: LoadedSae
    explainer: Explainer
    browsed: BrowsedSplit
    strength: NDArray[np.float64]
    activity: NDArray[np.float32]


@dataclass(frozen=True)
class _Files:
    """What has to stay as it is: the network's weights and the autoencoder. written: when they were, in ns."""

    network: str
    weights: Path
    autoencoder: Path

    @property
    def written(self) -> tuple[int, int]:
        try:
            return self.weights.stat().st_mtime_ns, self.autoencoder.stat().st_mtime_ns
        except OSError as error:
            raise BadInput(
                f"The weights of {self.network} or the autoencoder are gone, so no feature can be turned any more."
            ) from error


class DoseResponseSession(LiveSession[DoseQuestion, DoseAnswer]):
    """The layer of the last question stays open for the next."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._open: tuple[object, _OpenLayer] | None = None
        self._files_of = lru_cache(maxsize=4)(self._files)
        self._before = lru_cache(maxsize=64)(self._intact)
        self._curve = lru_cache(maxsize=64)(_whole_curve)
        self._lock = Lock()  # a screen that was left may still be at its last answer when the next one asks

    def empty_answer(self, question: DoseQuestion) -> DoseAnswer:
        return DoseAnswer(question)

    def partial_answers(self, question: DoseQuestion) -> Iterator[DoseAnswer]:
        files = self._files_of(question.run)
        drawings = kept_drawings(self.workspace) if question.split == "drawn" else []
        shown = question.split, *(drawing.run for drawing in drawings)
        key = (question.run, shown, question.model, question.device, files.written)
        with self._lock:
            opened = self._open
        if opened is None or opened[0] != key:
            yield DoseAnswer(question, doing=opening_message(files.network))
            require_torch()
            with self._lock:
                opened = self._open = (key, self._open_layer(question, drawings))
        with self._lock:
            answer = self._answer(question, opened[1])
        yield answer

    def _files(self, run: str) -> _Files:
        network = sae_params(run, self.workspace).run
        folder = self.workspace.find(run, kinds=("sae",))
        return _Files(network, self.workspace.find(network, kinds=("train",)).weights, folder.autoencoder)

    def _open_layer(self, question: DoseQuestion, drawings: list[KeptDrawing]) -> _OpenLayer:
        recorded = network_params_of(sae_params(question.run, self.workspace))
        params = recorded.model_copy(update={"model": question.model, "device": question.device})
        if question.split != "drawn":
            require_at_hand(trained_with(params, self.workspace).source)
        params = resolve(params, self.workspace)
        network = load_model_under_study(params, self.workspace, ignore_advice)  # its advice goes with the answer
        loaded = splice_sae(question.run, network, self.workspace, lambda _data: {})
        if loaded.result.all_dead:
            raise BadInput(
                f"All features of {question.run} are dead, so there is nothing to turn: train it with other settings."
            )
        from lazytui.saliency.explainer import Explainer

        if question.split == "drawn":
            names = tuple(drawing.name for drawing in drawings)
            browsed = BrowsedSplit(split_of(drawings), len(drawings), network.trained, names)
        else:
            whole = build_dataset(network.trained, remembered_digits).split(SPLIT_NAMES[question.split])
            browsed = BrowsedSplit(whole.take(np.arange(min(MOST, len(whole)))), len(whole), network.trained)
        explainer = Explainer(network.model, browsed.split.images, network.trained.model)
        strength = loaded.result.strength.astype(np.float64)
        return _OpenLayer(loaded, explainer, browsed, strength, loaded.spliced.features_of(browsed.split.images))

    def _answer(self, question: DoseQuestion, layer: _OpenLayer) -> DoseAnswer:
        dose, browsed = question.dose, layer.browsed
        index = min(question.image_index, len(browsed.split) - 1)
        curve = self._curve(layer, index, replace(dose, step=0))  # the same wherever the dial stands
        after = Prediction(curve[dose.step], _heat(layer, index, dose))
        return DoseAnswer(
            question,
            browsed=browsed,
            activity=layer.activity,
            before=self._before(layer, index),
            after=after,
            curve=curve,
            advice=layer.loaded.network.advice,
        )

    def _intact(self, layer: _OpenLayer, index: int) -> Prediction:
        """What the network says of an image as it is."""
        nothing = Dose()
        (probabilities,) = layer.loaded.spliced.probabilities(
            layer.browsed.split.images[index], [nothing.edit(layer.strength)]
        )
        return Prediction(probabilities, _heat(layer, index, nothing))


def _whole_curve(layer: _OpenLayer, index: int, dose: Dose) -> NDArray[np.float32]:
    """(31, 10), the probabilities at each step of the dial; that of the dose doesn't matter."""
    steps = [replace(dose, step=step).edit(layer.strength) for step in range(len(FACTORS))]
    return layer.loaded.spliced.probabilities(layer.browsed.split.images[index], steps)


def _heat(layer: _OpenLayer, index: int, dose: Dose) -> NDArray[np.float32] | None:
    """Grad-CAM of what is predicted; None where the network has no map."""
    if "grad-cam" not in layer.explainer.methods:
        return None
    from lazytui.sae.saliency_after_edits import saliency_after_edit

    one = layer.browsed.split.take(np.array([index]))
    hardware = layer.loaded.network.hardware
    saliency = saliency_after_edit(layer.loaded.spliced, layer.explainer, one, hardware, dose.edit(layer.strength))
    heat: NDArray[np.float32] = saliency.maps[0]
    return heat
