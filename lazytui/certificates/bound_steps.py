"""The steps that bounds go through: convolutions, ReLU and max pooling; intervals forwards, linear forms backwards.

A vector of d values is a map (d, 1, 1), and a linear layer a convolution whose kernel is as large as its input, so that
there are no other steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import conv2d, conv_transpose2d, max_pool2d, pad, relu

Box = tuple[Tensor, Tensor]
"""Two tensors (n, c, h, w): the lower and the upper end of every value."""


@dataclass(frozen=True)
class Forms:
    """Linear forms of a map: the sum of weights x map, plus a constant, of so many rows an image.

    weights: (n or 1, rows, c, height, width), of the window of the map whose first row and column are `corner`; they
    are 0 outside it. constants: (n or 1, rows).
    """

    weights: Tensor
    constants: Tensor
    corner: tuple[int, int] = (0, 0)

    @property
    def window(self) -> tuple[slice, slice]:
        (top, left), (height, width) = self.corner, self.weights.shape[-2:]
        return slice(top, top + height), slice(left, left + width)

    def lowest(self, box: Box) -> Tensor:
        """(n, rows): the least value in a box of the map."""
        low, high = (end[:, :, *self.window] for end in box)
        return self.constants + _summed(self.weights, (low + high) / 2) - _summed(self.weights.abs(), (high - low) / 2)


@dataclass(frozen=True)
class Lines:
    """lower x <= output <= upper x + above, x the input: slopes (n, c, h, w), at least 0, and `above` of the output's
    size. kernel: height and width of what each output is made of."""

    lower: Tensor
    upper: Tensor
    above: Tensor
    kernel: tuple[int, int] = (1, 1)

    def backward(self, forms: Forms) -> Forms:
        """Forms of the output as lower ones of the input: positive weights take the lower line, negative the upper."""
        constants = forms.constants + _summed(forms.weights.clamp(max=0), self.above[:, :, *forms.window])
        (top, left), (rows, columns) = forms.corner, self.kernel
        height, width = forms.weights.shape[3] * rows, forms.weights.shape[4] * columns
        window = slice(top * rows, top * rows + height), slice(left * columns, left * columns + width)
        weights = _repeat(forms.weights, self.kernel)
        slopes = torch.where(weights > 0, self.lower[:, None, :, *window], self.upper[:, None, :, *window])
        return Forms(weights * slopes, constants, (top * rows, left * columns))

    def then(self, other: Lines) -> Lines:
        """The lines of one step and the next one; of the first each value by itself."""
        above = other.above + _sum_windows(other.upper * self.above, other.kernel)
        return Lines(other.lower * self.lower, other.upper * self.upper, above, other.kernel)


@dataclass(frozen=True)
class Convolution:
    """weight: (out, in / groups, height, width). bias: (out,). padding: (top, bottom, left, right), with zeros."""

    weight: Tensor
    bias: Tensor
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1

    def forward(self, x: Tensor) -> Tensor:
        return self._convolve(x, self.weight) + self.bias[:, None, None]

    def interval(self, box: Box) -> Box:
        """W m + b, and |W| r around it; m and r are the middle and the radius (Gowal et al. 2018, eq. 6)."""
        m, r = (box[1] + box[0]) / 2, (box[1] - box[0]) / 2
        center, radius = self.forward(m), self._convolve(r, self.weight.abs())
        return center - radius, center + radius

    def backward(self, forms: Forms, size: tuple[int, int]) -> Forms:
        """The same forms, of the input, whose height and width are `size`."""
        n, rows = forms.weights.shape[:2]
        constants = forms.constants + (forms.weights.sum((3, 4)) * self.bias).sum(2)
        made = conv_transpose2d(
            forms.weights.flatten(0, 1), self.weight, stride=self.stride, dilation=self.dilation, groups=self.groups
        )
        corner = [
            at * stride - before
            for at, stride, before in zip(forms.corner, self.stride, self.padding[::2], strict=True)
        ]
        ends = [min(start + length, side) for start, length, side in zip(corner, made.shape[2:], size, strict=True)]
        top, left = (max(0, -start) for start in corner)
        made = made[..., top : ends[0] - corner[0], left : ends[1] - corner[1]]
        return Forms(made.view(n, rows, *made.shape[1:]), constants, (corner[0] + top, corner[1] + left))

    def _convolve(self, x: Tensor, weight: Tensor) -> Tensor:
        top, bottom, left, right = self.padding
        padded = pad(x, (left, right, top, bottom)) if any(self.padding) else x
        return conv2d(padded, weight, None, self.stride, 0, self.dilation, self.groups)


@dataclass(frozen=True)
class Relu:
    def forward(self, x: Tensor) -> Tensor:
        return relu(x)

    def interval(self, box: Box) -> Box:
        return relu(box[0]), relu(box[1])

    def lines(self, box: Box) -> Lines:
        """For l < 0 < u of a box [l, u]: upper s (x - l), s = u / (u - l); lower x if s > .5, else 0 (Zhang &
        Weng et al. 2018, section 3.3).

        For u <= 0 both are 0, for l >= 0 both are x.
        """
        low, high = box[0].clamp(max=0), relu(box[1])
        s = (high / (high - low).clamp(min=torch.finfo(low.dtype).tiny)).clamp(max=1)
        return Lines((s > 0.5).to(low.dtype), s, -s * low)

    def matters(self, box: Box) -> Tensor:
        """(n, c, h, w) bool: whether the output can depend on the value."""
        return box[1] > 0


@dataclass(frozen=True)
class MaxPool:
    """kernel: height and width of the windows, which lie side by side."""

    kernel: tuple[int, int]

    def forward(self, x: Tensor) -> Tensor:
        return max_pool2d(x, self.kernel)

    def interval(self, box: Box) -> Box:
        return self.forward(box[0]), self.forward(box[1])

    def lines(self, box: Box) -> Lines:
        """Lower: the x_k whose l is largest, m. Upper: x_k + sum over the others of s_j (x_j - l_j), s_j = (u_j - m) /
        (u_j - l_j) where u_j > m, since max_j x_j <= x_k + sum of relu(x_j - m); or the largest u, where that is less
        in the middle of the box.

        Where no other value can exceed m, both are x_k.
        """
        low, high = box
        m, index = max_pool2d(low, self.kernel, return_indices=True)
        lower = torch.zeros_like(low).flatten(2).scatter(2, index.flatten(2), 1.0).view_as(low)
        s = (relu(high - self._spread(m, low)) / (high - low).clamp(min=torch.finfo(low.dtype).tiny)).clamp(max=1)
        s = torch.where(lower > 0, 1.0, s) * self._spread(torch.ones_like(m), low)
        above, highest = m - _sum_windows(s * low, self.kernel), self.forward(high)
        is_level = highest < above + _sum_windows(s * (low + high) / 2, self.kernel)
        upper = torch.where(self._spread(is_level, low), 0.0, s)
        return Lines(lower, upper, torch.where(is_level, highest, above), self.kernel)

    def matters(self, box: Box) -> Tensor:
        """(n, c, h, w) bool: whether the value may be the largest of its window."""
        return box[1] >= self._spread(self.forward(box[0]), box[0])

    def _spread(self, x: Tensor, like: Tensor) -> Tensor:
        """Every output's value at all that it is made of; 0 for what is in no window."""
        spread = _repeat(x, self.kernel)
        return pad(spread, (0, like.shape[3] - spread.shape[3], 0, like.shape[2] - spread.shape[2]))


@dataclass(frozen=True)
class PooledRelu:
    """A ReLU and a pool right after it: their lines in one."""

    kernel: tuple[int, int]

    def forward(self, x: Tensor) -> Tensor:
        return relu(max_pool2d(x, self.kernel))

    def interval(self, box: Box) -> Box:
        return self.forward(box[0]), self.forward(box[1])

    def lines(self, box: Box) -> Lines:
        first = Relu()
        return first.lines(box).then(MaxPool(self.kernel).lines(first.interval(box)))

    def matters(self, box: Box) -> Tensor:
        """(n, c, h, w) bool: whether the output can depend on the value."""
        return Relu().matters(box) & MaxPool(self.kernel).matters(box)


Bend = Relu | MaxPool | PooledRelu
Step = Convolution | Bend


def _summed(weights: Tensor, of: Tensor) -> Tensor:
    """(n or 1, rows, c, h, w) times (n or 1, c, h, w) -> (n, rows), sums over each image."""
    return (weights.flatten(2) @ of.flatten(1)[:, :, None])[:, :, 0]


def _repeat(x: Tensor, kernel: tuple[int, int]) -> Tensor:
    """(..., h, w) -> (..., h * kernel[0], w * kernel[1]), each value for a window."""
    if kernel == (1, 1):
        return x
    *others, height, width = x.shape
    spread = x[..., :, None, :, None].expand(*others, height, kernel[0], width, kernel[1])
    return spread.reshape(*others, height * kernel[0], width * kernel[1])


def _sum_windows(x: Tensor, kernel: tuple[int, int]) -> Tensor:
    return x.unfold(2, kernel[0], kernel[0]).unfold(3, kernel[1], kernel[1]).sum((4, 5))
