"""A maximum over channels instead of over places."""

from __future__ import annotations

from torch import Tensor, nn


class ChannelPool(nn.Module):
    """(N, c, h, w) to (N, c / size, h, w): the largest of every `size` neighboring channels (Goodfellow 2013)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, maps: Tensor) -> Tensor:
        n, channels, height, width = maps.shape
        return maps.reshape(n, channels // self.size, self.size, height, width).amax(2)
