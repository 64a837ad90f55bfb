"""Small networks to take apart, of every shape that a layer can be cut at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, Split, build_dataset
from lazytui.models.build import build_model
from lazytui.system.hardware import Hardware

CPU = Hardware(torch.device("cpu"), "fp32")


class Residual(nn.Module):
    """Not a sequence: what bypasses the layer `branch` reaches the logits too. Its ReLUs work in place."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, padding=1)
        self.branch = nn.Conv2d(6, 6, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.head = nn.Linear(6, 10)

    def forward(self, images: Tensor) -> Tensor:
        stem = self.relu(self.stem(images))
        out: Tensor = self.head(self.relu(stem + self.relu(self.branch(stem))).mean((2, 3)))
        return out


class InPlace(nn.Sequential):
    """A plain sequence whose ReLUs work in place."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 5, 3),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(5, 7, 3),
            nn.BatchNorm2d(7),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(7, 10),
        )


@dataclass(frozen=True)
class Case:
    """A network and a layer of it."""

    name: str
    layer: str

    def network(self) -> nn.Module:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            if self.name == "residual":
                return Residual().eval()
            if self.name == "in-place":
                return InPlace().eval()
        return build_model(self.name, seed=0).eval()


CASES = (
    Case("gap-cnn", "features.relu3"),
    Case("gap-cnn", "features.relu1"),
    Case("gap-cnn", "features.conv2"),
    Case("gap-cnn", "features"),
    Case("cnn3", "features.relu3"),
    Case("mlp", "features.relu1"),
    Case("gap-groupnorm", "features.relu2"),
    Case("in-place", "3"),
    Case("in-place", "0"),
    Case("residual", "branch"),
)


def tiny_data() -> BiasedDataset:
    return build_dataset(DatasetParams(source="strokes", train_size=300, test_size=200))


def tiny_splits(data: BiasedDataset, images: int = 12) -> dict[str, Split]:
    return {"easy": data.validation.take(np.arange(images)), "hard": data.hard.take(np.arange(images))}
