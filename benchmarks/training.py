"""A training epoch against the loop that most people write: a DataLoader over PIL images, float32, plain Adam."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import ToTensor

from benchmarks.ratio import Ratio, in_turn
from lazytui.data.params import DatasetParams
from lazytui.data.splits import Split, build_dataset
from lazytui.models.build import build_model
from lazytui.runs.events import EventLog
from lazytui.runs.progress_report import Report
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from lazytui.training.loop import train
from lazytui.training.settings import TrainingSettings
from lazytui.training.training_files import RunFolderFiles

_IMAGES = 12_000
_BATCH = 64


class _Pictures(Dataset[tuple[torch.Tensor, int]]):
    """As torchvision's MNIST hands them over: an image made from bytes, transformed when it is asked for."""

    def __init__(self, split: Split) -> None:
        self._split = split
        self._transform = ToTensor()

    def __len__(self) -> int:
        return len(self._split)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self._transform(Image.fromarray(self._split.images[index])), int(self._split.labels[index])


class _Quiet:
    def progress(self, progress: object) -> None: ...

    def metrics(self, step: int, values: object) -> None: ...

    def note(self, text: str) -> None: ...


def _usual(split: Split) -> None:
    model = build_model("gap-cnn", seed=0).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    for images, digits in DataLoader(_Pictures(split), batch_size=_BATCH, shuffle=True):
        optimizer.zero_grad()
        loss = loss_of(model(images), digits)
        loss.backward()
        optimizer.step()


def measure() -> list[Ratio]:
    """One epoch of gap-cnn over the same images: our whole loop with its checkpoint, the usual one without."""
    data = build_dataset(DatasetParams(source="strokes", train_size=_IMAGES, test_size=1000))
    settings = TrainingSettings(batch_size=_BATCH, metrics_every=10_000_000, metrics_samples=100, device="cpu")
    split = data.train

    def ours() -> None:
        with tempfile.TemporaryDirectory() as folder:
            run = RunFolder(Path(folder), "benchmark")
            log = EventLog(run.events)
            report = Report(run, Workspace(Path(folder)), log, _Quiet())
            train(settings, data, progress=report, files=RunFolderFiles(report, settings.model))
            log.close()

    return [in_turn("training: an epoch, against DataLoader + float32", ours, lambda: _usual(split), asked=2)]
