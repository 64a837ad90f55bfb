"""Trainings in this process, from end to end or broken off on the way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from lazytui.data.splits import BiasedDataset
from lazytui.errors import Interrupted
from lazytui.runs.execution import run_execution
from lazytui.runs.run_folder import LONGER_FILE, RESUME_FILE, RunFolder
from lazytui.runs.status import Progress
from lazytui.runs.workspace import Workspace
from lazytui.training.loop import Trained, train
from lazytui.training.settings import TrainingSettings
from lazytui.training.training_files import RunFolderFiles


class Breaker:
    """Breaks a training off as soon as it hears of a step."""

    def __init__(self, step: int | None) -> None:
        self._step = step

    def progress(self, progress: Progress) -> None: ...
    def note(self, text: str) -> None: ...
    def continued(self) -> None: ...
    def metrics(self, step: int, values: Mapping[str, float]) -> None:  # noqa: ARG002
        if step == self._step:
            raise Interrupted("Broken off.")


def train_whole(settings: TrainingSettings, data: BiasedDataset, folder: Path) -> Trained:
    """A training that nobody disturbs."""
    return _train(settings, data, Workspace(folder).create("train", {}), folder, break_at=None)


def train_in_two(settings: TrainingSettings, data: BiasedDataset, folder: Path, break_at: int) -> Trained:
    """The same, broken off at a point of its curves, and gone on with from what it saved last."""
    run = Workspace(folder).create("train", {})
    with pytest.raises(Interrupted):
        _train(settings, data, run, folder, break_at)
    return _train(settings, data, run, folder, break_at=None)


def train_to_more_epochs(
    shorter: TrainingSettings, settings: TrainingSettings, data: BiasedDataset, folder: Path
) -> Trained:
    """A training that ended after the shorter's epochs, and what goes on from there in a run of its own."""
    ended, run = (Workspace(folder).create("train", {}) for _ in range(2))
    _train(shorter, data, ended, folder, break_at=None)
    (ended.path / LONGER_FILE).rename(run.path / RESUME_FILE)
    return _train(settings, data, run, folder, break_at=None)


def _train(
    settings: TrainingSettings, data: BiasedDataset, run: RunFolder, folder: Path, break_at: int | None
) -> Trained:
    with run_execution(run, Workspace(folder), Breaker(break_at)) as report:
        return train(settings, data, seed=0, progress=report, files=RunFolderFiles(report, settings.model))
