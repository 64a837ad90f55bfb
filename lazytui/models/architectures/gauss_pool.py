"""Study D's placebo: a fixed blur before an ordinary network."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from lazytui.models.architectures.classifier import Classifier


class GaussianBlur(nn.Module):
    """Blur each color channel by itself with a fixed Gaussian: (N, 3, h, w) to the same shape, zeros outside.

    The kernel is a buffer, never trained. Every channel has the same one and it sums to 1, so a flat color stays
    exactly what it was (but for the border): a blur can't hide color.
    """

    kernel: Tensor

    def __init__(self, size: int = 5, sigma: float = 1.0) -> None:
        super().__init__()
        offsets = torch.arange(size, dtype=torch.float32) - (size - 1) / 2
        line = torch.exp(-(offsets**2) / (2 * sigma**2))
        square = torch.outer(line, line)
        self.register_buffer("kernel", (square / square.sum()).expand(3, 1, size, size).contiguous())

    def forward(self, images: Tensor) -> Tensor:
        return functional.conv2d(images, self.kernel, padding="same", groups=3)


def gauss_pool() -> Classifier:
    """cnn3 behind a fixed Gaussian blur (5 x 5, sigma 1: our reading).

    The study hoped that blur and channel-wise pooling would discourage color. MaxPool2d is channel-wise already and
    a blur keeps color, so this is cnn3 with a little less detail: a placebo, to be measured beside cnn3.
    """
    return Classifier(
        blur=GaussianBlur(),
        conv1=nn.Conv2d(3, 32, 3, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),
        conv2=nn.Conv2d(32, 64, 3, padding=1),
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),
        conv3=nn.Conv2d(64, 64, 3, padding=1),
        relu3=nn.ReLU(),
        pool3=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(64 * 3 * 3, 128),
        relu4=nn.ReLU(),
        dropout=nn.Dropout(0.02),
        head=nn.Linear(128, 10),
    )
