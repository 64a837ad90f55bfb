"""A Gaussian blur that is never trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


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
