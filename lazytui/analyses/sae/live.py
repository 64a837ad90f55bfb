"""Dose-response: one image with features scaled, steered or swapped, answered between two key presses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.ask.kept_drawings import KeptDrawing, kept_drawings
from lazytui.analyses.core.live_session import LiveSession, opening_message
from lazytui.analyses.gradcam.live import MOST, BrowsedAnswer
from lazytui.analyses.networks.model_under_study import ignore_advice, require_at_hand, trained_with
from lazytui.analyses.sae.dose_figures import ShownDose, image_name
from lazytui.analyses.sae.dose_layer import FeatureOnImage, OpenLayer, Prediction, open_layer
from lazytui.analyses.sae.loaded_sae import network_params_of, sae_params
from lazytui.errors import BadInput
from lazytui.runs.workspace import Workspace
from lazytui.sae.edits.dose_response import FACTORS, Dose, DoseSplit
from lazytui.system.torch_import import require_torch


@dataclass(frozen=True)
class DoseQuestion:
    """run: a run of `sae`. split: drawn: the images that were kept of `ask`, newest first. image_index: in the split.
    model, device: as said here, never as a run recorded."""

    run: str
    dose: Dose
    image_index: int = 0
    split: DoseSplit = "hard"
    model: str | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"


@dataclass(frozen=True)
class DoseAnswer(BrowsedAnswer[DoseQuestion]):
    """activity: (N, n), each feature on each browsed image. curve: (31, classes), the probabilities at each step of the
    dial. features: the first of those that are turned, on the image; cam_layer: of their Grad-CAM. advice: what is to
    be said of what the network puts out.
    """

    activity: NDArray[np.float32] | None = None
    before: Prediction | None = None
    after: Prediction | None = None
    curve: NDArray[np.float32] | None = None
    advice: str = ""
    features: tuple[FeatureOnImage, ...] = ()
    cam_layer: str | None = None

    @property
    def index(self) -> int:
        """Of the image that is shown, among the browsed ones."""
        assert self.browsed is not None
        return min(self.question.image_index, len(self.browsed.split) - 1)

    @property
    def shown(self) -> ShownDose:
        """What the figures are made of; the answer must be complete."""
        browsed, before, after = self.browsed, self.before, self.after
        assert browsed is not None and before is not None and after is not None and self.curve is not None
        return ShownDose(
            image=browsed.split.images[self.index],
            name=image_name(browsed, self.index),
            label=int(browsed.split.labels[self.index]),
            attribute=int(browsed.split.attributes[self.index]),
            content=browsed.trained.content,
            value_colors=browsed.trained.value_colors,
            dose=self.question.dose,
            factors=FACTORS,
            curve=self.curve,
            before=before,
            after=after,
            advice=self.advice,
            features=self.features,
            cam_layer=self.cam_layer,
        )

    @property
    def activity_here(self) -> NDArray[np.float32] | None:
        """(n,), each feature on this image; None before it is known."""
        return None if self.activity is None else self.activity[self.index]


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
                f"The weights of {self.network} or the autoencoder are gone, so no feature can be scaled any more."
            ) from error


class DoseResponseSession(LiveSession[DoseQuestion, DoseAnswer]):
    """The layer of the last question stays open for the next."""

    command = "sae-dial"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._open: tuple[object, OpenLayer] | None = None
        self._files_of = lru_cache(maxsize=4)(self._files)
        self._before = lru_cache(maxsize=64)(_unchanged)
        self._features = lru_cache(maxsize=64)(OpenLayer.features_on_image)
        self._curve = lru_cache(maxsize=64)(_whole_curve)
        self._lock = Lock()  # a screen that was left may still be at its last answer when the next one asks

    def run_values(self, question: DoseQuestion) -> dict[str, object]:
        dose = question.dose
        return {
            "sae": question.run,
            "feature": ",".join(map(str, dose.features)),
            "image": str(question.image_index),
            "split": question.split,
            "how": dose.how,
            "into": ",".join(map(str, dose.into)),
            "at": dose.factor,
            "model": question.model,
            "device": question.device,
        }

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

    def _open_layer(self, question: DoseQuestion, drawings: list[KeptDrawing]) -> OpenLayer:
        if question.split != "drawn":
            network = network_params_of(sae_params(question.run, self.workspace))
            require_at_hand(trained_with(network, self.workspace).source)
        return open_layer(
            question.run,
            question.split,
            drawings,
            self.workspace,
            ignore_advice,  # it goes with the answer
            lambda split, _trained: np.arange(min(MOST, len(split))),
            model=question.model,
            device=question.device,
        )

    def _answer(self, question: DoseQuestion, layer: OpenLayer) -> DoseAnswer:
        dose, browsed = question.dose, layer.browsed
        index = min(question.image_index, len(browsed.split) - 1)
        curve = self._curve(layer, index, replace(dose, factor=0.0))  # the same wherever the dial stands
        after = Prediction(curve[dose.step], layer.heat(index, dose))
        return DoseAnswer(
            question,
            browsed=browsed,
            activity=layer.activity,
            before=self._before(layer, index),
            after=after,
            curve=curve,
            advice=layer.loaded.network.advice,
            features=self._features(layer, index, dose.features),
            cam_layer=layer.cam_layer,
        )


def _unchanged(layer: OpenLayer, index: int) -> Prediction:
    return layer.prediction(index, Dose())


def _whole_curve(layer: OpenLayer, index: int, dose: Dose) -> NDArray[np.float32]:
    """(31, classes), the probabilities at each step of the dial; that of the dose doesn't matter."""
    return layer.probabilities(index, [replace(dose, factor=factor) for factor in FACTORS])
