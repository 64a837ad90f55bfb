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

from lazytui.analyses.core.live_session import LiveSession, opening
from lazytui.analyses.gradcam.live import MOST, Album, AlbumAnswer
from lazytui.analyses.networks.model_under_study import (
    ignore_advice,
    load_subject,
    remembered_digits,
    require_at_hand,
    resolve,
    trained_with,
)
from lazytui.analyses.sae.loaded_sae import Dissected, dissected, sae_params, subject_of
from lazytui.data.splits import build_dataset
from lazytui.errors import BadInput
from lazytui.evaluation.predictions import SPLIT_NAMES
from lazytui.models.torch_import import require_torch
from lazytui.runs.workspace import Workspace
from lazytui.sae.dose_positions import FACTORS

if TYPE_CHECKING:
    from lazytui.sae.interventions import Edit
    from lazytui.saliency.explainer import Explainer

UNCHANGED = FACTORS.index(1.0)
"""The step of the dial that changes nothing, where features are scaled."""


@dataclass(frozen=True)
class Dose:
    """What is done to the features of an image.

    features: those in question. step: of FACTORS. how: `scale` takes each so many times as active as it is, `steer` so
    many times its typical strength whatever it was, `swap` takes them out and puts `into` there, at so many times their
    typical strength.
    """

    features: tuple[int, ...] = ()
    step: int = UNCHANGED
    how: Literal["scale", "steer", "swap"] = "scale"
    into: tuple[int, ...] = ()

    @property
    def factor(self) -> float:
        return FACTORS[self.step]

    def stepped(self, by: int) -> Dose:
        """So many steps on, as far as the dial goes."""
        return replace(self, step=min(max(self.step + by, 0), len(FACTORS) - 1))

    def edit(self, strength: NDArray[np.float64]) -> Edit:
        """The same as an edit. strength: (n,), what is typical of each feature. Imports torch."""
        from lazytui.sae.interventions import scaled, steered, swapped

        match self.how:
            case "scale":
                return scaled(self.features, self.factor)
            case "steer":
                return steered(self.features, self._typical(self.features, strength))
            case "swap":
                return swapped(self.features, self.into, self._typical(self.into, strength))

    def _typical(self, features: tuple[int, ...], strength: NDArray[np.float64]) -> list[float]:
        return [self.factor * float(strength[feature]) for feature in features]


@dataclass(frozen=True)
class DoseQuestion:
    """run: a run of `sae`. place: of the image in the split. model, device: as said here, never as a run recorded."""

    run: str
    turn: Dose
    place: int = 0
    split: Literal["easy", "hard"] = "hard"
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
class DoseAnswer(AlbumAnswer[DoseQuestion]):
    """activity: (N, n), each feature on each image of the album. curve: (31, 10), the probabilities at each step of the
    dial. advice: what is to be said of what the network puts out.
    """

    activity: NDArray[np.float32] | None = None
    before: Prediction | None = None
    after: Prediction | None = None
    curve: NDArray[np.float32] | None = None
    advice: str = ""

    @property
    def place(self) -> int:
        """Of the image that is shown, in the album."""
        assert self.album is not None
        return min(self.question.place, len(self.album.split) - 1)

    @property
    def here(self) -> NDArray[np.float32] | None:
        """(n,), each feature on this image; None before it is known."""
        return None if self.activity is None else self.activity[self.place]


@dataclass(frozen=True, eq=False)
class _Open:
    """A layer that lies open. strength: (n,), what is typical of each feature. activity: as in an answer."""

    dissected: Dissected
    lens: Explainer
    album: Album
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
        self._kept: tuple[object, _Open] | None = None
        self._files_of = lru_cache(maxsize=4)(self._files)
        self._before = lru_cache(maxsize=64)(self._intact)
        self._lock = Lock()  # a screen that was left may still be at its last answer when the next one asks

    def unanswered(self, question: DoseQuestion) -> DoseAnswer:
        return DoseAnswer(question)

    def grow(self, question: DoseQuestion) -> Iterator[DoseAnswer]:
        files = self._files_of(question.run)
        wanted = (question.run, question.split, question.model, question.device, files.written)
        with self._lock:
            kept = self._kept
        if kept is None or kept[0] != wanted:
            yield DoseAnswer(question, doing=opening(files.network))
            require_torch()
            with self._lock:
                kept = self._kept = (wanted, self._open_layer(question))
        with self._lock:
            answer = self._answer(question, kept[1])
        yield answer

    def _files(self, run: str) -> _Files:
        network = sae_params(run, self.workspace).run
        folder = self.workspace.find(run, kinds=("sae",))
        return _Files(network, self.workspace.find(network, kinds=("train",)).weights, folder.autoencoder)

    def _open_layer(self, question: DoseQuestion) -> _Open:
        recorded = subject_of(sae_params(question.run, self.workspace))
        asked = recorded.model_copy(update={"model": question.model, "device": question.device})
        require_at_hand(trained_with(asked, self.workspace).source)
        subject = load_subject(resolve(asked, self.workspace), self.workspace, ignore_advice)  # see `Answer`
        one = dissected(question.run, subject, self.workspace, lambda _data: {})
        if one.result.all_dead:
            raise BadInput(
                f"All features of {question.run} are dead, so there is nothing to turn: train it with other settings."
            )
        from lazytui.saliency.explainer import Explainer

        whole = build_dataset(subject.trained, remembered_digits).split(SPLIT_NAMES[question.split])
        album = Album(whole.take(np.arange(min(MOST, len(whole)))), len(whole), subject.trained)
        lens = Explainer(subject.model, album.split.images, subject.trained.model)
        strength = one.result.strength.astype(np.float64)
        return _Open(one, lens, album, strength, one.opened.features_of(album.split.images))

    def _answer(self, question: DoseQuestion, opened: _Open) -> DoseAnswer:
        turn, album = question.turn, opened.album
        place = min(question.place, len(album.split) - 1)
        steps = [replace(turn, step=step).edit(opened.strength) for step in range(len(FACTORS))]
        curve = opened.dissected.opened.probabilities(album.split.images[place], steps)
        after = Prediction(curve[turn.step], _heat(opened, place, turn))
        return DoseAnswer(
            question,
            album=album,
            activity=opened.activity,
            before=self._before(opened, place),
            after=after,
            curve=curve,
            advice=opened.dissected.subject.advice,
        )

    def _intact(self, opened: _Open, place: int) -> Prediction:
        """What the network says of an image as it is."""
        nothing = Dose()
        (said,) = opened.dissected.opened.probabilities(
            opened.album.split.images[place], [nothing.edit(opened.strength)]
        )
        return Prediction(said, _heat(opened, place, nothing))


def _heat(opened: _Open, place: int, turn: Dose) -> NDArray[np.float32] | None:
    """Grad-CAM of what is predicted; None where the network has no map."""
    if "grad-cam" not in opened.lens.methods:
        return None
    from lazytui.sae.saliency_after_edits import gaze

    one = opened.album.split.take(np.array([place]))
    hardware = opened.dissected.subject.hardware
    seen = gaze(opened.dissected.opened, opened.lens, one, hardware, turn.edit(opened.strength))
    heat: NDArray[np.float32] = seen.maps[0]
    return heat
