"""What a training leaves on disk while it goes: the state that it resumes from, and weights on the way."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lazytui.errors import BadInput
from lazytui.files.writing import DiskFull
from lazytui.models.weights_saving import save_weights
from lazytui.runs.live_images import save_images
from lazytui.runs.metric_history import read_history
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import IMAGES_FILE, LONGER_FILE, RESUME_FILE
from lazytui.training.resume_state import Snapshot, load_snapshot, save_snapshot, unusable_state


class TrainingFiles(Protocol):
    """keeps_longer: whether the state is kept from which a training of more epochs continues."""

    keeps_longer: bool

    def load(self) -> Snapshot | None:
        """The state to resume from, where there is one. Raises BadInput for a damaged one."""
        ...

    def unusable(self) -> BadInput:
        """The failure to report where that state belongs to another training."""
        ...

    def last_logged_step(self) -> float:
        """Of the points of the curves that were logged; -1 before the first."""
        ...

    def resumed(self, step: int) -> None: ...

    def save(self, snapshot: Snapshot, model: nn.Module) -> None: ...

    def save_for_longer(self, snapshot: Snapshot) -> None: ...

    def keep_weights(self, model: nn.Module, step: int) -> None: ...

    def keep_images(self, images: NDArray[np.uint8]) -> None:
        """The images that the curves say the network's answers on, (n, h, w, 3), for whoever follows the training."""
        ...


class RunFolderFiles:
    """In the folder of a run; writing waits while its disk is full."""

    def __init__(self, report: Report, architecture: str) -> None:
        self._report = report
        self._metadata = {"model": architecture}
        self.keeps_longer = _may_go_on(report)

    def load(self) -> Snapshot | None:
        return load_snapshot(self._report.folder / RESUME_FILE)

    def unusable(self) -> BadInput:
        return unusable_state(self._report.folder / RESUME_FILE)

    def last_logged_step(self) -> float:
        logged = read_history(self._report.run.events)["step"]
        return float(logged[-1]) if len(logged) else -1.0

    def resumed(self, step: int) -> None:
        self._report.resumed(step)

    def save(self, snapshot: Snapshot, model: nn.Module) -> None:
        self._report.store(lambda: save_snapshot(snapshot, self._report.folder / RESUME_FILE))
        self._report.store(lambda: save_weights(model, self._report.run.weights, metadata=self._metadata))

    def save_for_longer(self, snapshot: Snapshot) -> None:
        with suppress(DiskFull):
            save_snapshot(snapshot, self._report.folder / LONGER_FILE)

    def keep_weights(self, model: nn.Module, step: int) -> None:
        path = self._report.run.weights_at(step)
        self._report.store(lambda: save_weights(model, path, metadata=self._metadata))

    def keep_images(self, images: NDArray[np.uint8]) -> None:
        self._report.store(lambda: save_images(images, self._report.folder / IMAGES_FILE))


def _may_go_on(report: Report) -> bool:
    """Whether somebody may want more epochs: not of the many trainings of a study, but of the few of a story, whose
    comparison goes on from one of them."""
    begun_by = report.run.record.started_by
    if begun_by is None:
        return True
    with suppress(BadInput):
        return report.workspace.find(begun_by).record.kind == "story"
    return False


class NoFiles:
    """For a training in a script: what it made is what it returns."""

    keeps_longer = False

    def load(self) -> Snapshot | None:
        return None

    def unusable(self) -> BadInput:
        return BadInput("There is no state to resume from.")

    def last_logged_step(self) -> float:
        return -1.0

    def resumed(self, step: int) -> None:
        pass

    def save(self, snapshot: Snapshot, model: nn.Module) -> None:
        pass

    def save_for_longer(self, snapshot: Snapshot) -> None:
        pass

    def keep_weights(self, model: nn.Module, step: int) -> None:
        pass

    def keep_images(self, images: NDArray[np.uint8]) -> None:
        pass


def steps_to_keep(total: int, count: int) -> frozenset[int]:
    """The first step, the last, and others ever further apart: at most `count`, none where that is 0.

    >>> sorted(steps_to_keep(1000, 6))
    [0, 1, 6, 32, 178, 1000]
    >>> sorted(steps_to_keep(1000, 2))
    [0, 1000]
    """
    if count == 0:
        return frozenset()
    return frozenset({0, *(round(total ** (1 - index / max(count - 2, 1))) for index in range(count - 1))})
