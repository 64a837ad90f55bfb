"""A method at work on a model whose answers are known, for losses that can be computed by hand."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from lazytui.data.device_split import Batch, DeviceSplit
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.models.architectures.classifier import Classifier
from lazytui.system.hardware import Hardware
from lazytui.training.methods import METHODS
from lazytui.training.methods.base import Method, MethodContext
from lazytui.training.settings import TrainingSettings

CPU = Hardware(torch.device("cpu"), "fp32")


class Means(nn.Module):
    """An image's mean red, green and blue, (n, 3)."""

    def forward(self, images: Tensor) -> Tensor:
        return images.mean((2, 3))


def color_reader() -> Classifier:
    """Three features, the mean red, green and blue; logit k is k / 10 of their sum."""
    head = nn.Linear(3, 10)
    with torch.no_grad():
        head.weight.copy_(torch.arange(10.0)[:, None].expand(10, 3) / 10)
        head.bias.zero_()
    return Classifier(head=head, means=Means())


def small_data(**params: Any) -> BiasedDataset:
    return build_dataset(
        DatasetParams.model_validate({"source": "strokes", "train_size": 200, "test_size": 60, **params})
    )


def at_work(method: str, data: BiasedDataset, model: nn.Module | None = None, **options: Any) -> Method:
    settings = TrainingSettings.model_validate({"method": method, "model": "lazy-gap", "batch_size": 30, **options})
    context = MethodContext(
        method=method,
        options=settings.method_options,
        model=model or color_reader(),
        data=data,
        train=DeviceSplit(data.train, CPU.device),
        settings=settings,
        hardware=CPU,
        seed=0,
        total_steps=100,
    )
    return METHODS[method].method_class(context)


def first_batch(data: BiasedDataset, size: int = 30) -> Batch:
    return DeviceSplit(data.train, CPU.device).batch(torch.arange(size))
