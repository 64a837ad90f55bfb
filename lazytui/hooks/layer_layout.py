"""Where a layer's output has its channels, and what of it is a map.

Whatever reads or replaces a layer sees its *activation*: its output with channels first. That is (N, units), or
(N, channels, h, w) of a layer with maps, or (N, channels, tokens) of one that puts out a sequence of tokens, as vision
transformers and MLP-mixers do. Outputs with channels last are (N, h, w, channels), as in Swin and in ConvNeXt's blocks,
and (N, tokens, channels).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from math import isqrt

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.padding import _ConstantPadNd, _ReflectionPadNd, _ReplicationPadNd
from torch.nn.modules.pooling import _AdaptiveAvgPoolNd, _AdaptiveMaxPoolNd, _AvgPoolNd, _MaxPoolNd

Size = tuple[int, int]
"""Height and width of a layer's map, or of an image."""

CHANNELS_FIRST, CHANNELS_LAST = 1, -1

MOST_EXTRA_TOKENS = 8
"""Tokens before those of an image's patches: of the class, of distillation, registers."""

_OF_MAPS = (_ConvNd, _NormBase, nn.GroupNorm, _AdaptiveAvgPoolNd, _AdaptiveMaxPoolNd, _AvgPoolNd, _MaxPoolNd)
"""Modules that always have channels first."""

_PADDING = (_ConstantPadNd, _ReflectionPadNd, _ReplicationPadNd)


def makes_maps(module: nn.Module) -> bool:
    """Whether its kind alone says that an output of four dimensions is a map, channels first."""
    return isinstance(module, _OF_MAPS)


def is_padding(module: nn.Module) -> bool:
    """Whether it puts a border around maps: their size then doesn't show where in the image a position is."""
    return isinstance(module, _PADDING)


def channel_dimension(module: nn.Module, shape: tuple[int, ...], image: Size) -> int:
    """CHANNELS_FIRST or CHANNELS_LAST. shape: of a module's output without the images, (units,), (tokens, channels),
    (channels, h, w) or (h, w, channels). image: height and width, which a map has the proportions of.

    Of three dimensions the module's kind decides, or else which two of them are like the image's. Where both
    the first and the last two are, a block without convolutions that has linear layers has channels last.
    """
    if len(shape) == 2:
        return CHANNELS_LAST
    if len(shape) != 3 or makes_maps(module):
        return CHANNELS_FIRST
    if isinstance(module, nn.Linear) or (type(module) is nn.LayerNorm and module.normalized_shape == shape[2:]):
        return CHANNELS_LAST
    if not is_like(shape[:2], image):
        return CHANNELS_FIRST
    if not is_like(shape[1:], image):
        return CHANNELS_LAST
    inside = list(module.modules())
    only_linear = any(isinstance(one, nn.Linear) for one in inside) and not any(map(makes_maps, inside))
    return CHANNELS_LAST if only_linear else CHANNELS_FIRST


def is_like(size: tuple[int, ...], image: Size) -> bool:
    """Whether a size has the image's proportions, but for rounding to whole positions."""
    return abs(size[0] * image[1] - size[1] * image[0]) < max(image)


def to_activation(output: Tensor, dimension: int) -> Tensor:
    """(N, ...) with channels first. dimension: where they are, of `channel_dimension`."""
    return output if dimension == CHANNELS_FIRST else output.movedim(CHANNELS_LAST, CHANNELS_FIRST)


def to_output(activation: Tensor, dimension: int) -> Tensor:
    """The reverse."""
    return activation if dimension == CHANNELS_FIRST else activation.movedim(CHANNELS_FIRST, CHANNELS_LAST)


def means_over_positions(activation: Tensor) -> Tensor:
    """(N, channels, ...) -> (N, channels): means over the positions of a map, or over tokens; units as they are."""
    return activation.flatten(2).mean(2) if activation.ndim > 2 else activation


def grid_of_tokens(tokens: int, maps: Collection[Size], image: Size) -> Size | None:
    """Rows and columns of the patches that so many tokens are of; None where they are of none.

    At most MOST_EXTRA_TOKENS, and fewer than there are patches, come before the patches' tokens. The grid is the size
    of a map of the network's (that of its patch embedding), or else one that divides the image and isn't finer than
    any map.

    >>> grid_of_tokens(17, [(4, 4)], (28, 28)), grid_of_tokens(50, [], (28, 28))
    ((4, 4), (7, 7))
    """
    finest = max((height * width for height, width in maps), default=image[0] * image[1])
    dividing = [
        (rows, image[1] * rows // image[0])
        for rows in range(isqrt(tokens * image[0] // image[1]) + 1, 0, -1)
        if image[0] % rows == 0 and image[1] * rows % image[0] == 0
    ]
    for sizes in (sorted(set(maps), reverse=True), dividing):
        extra = {size: tokens - size[0] * size[1] for size in sizes if size[0] * size[1] <= finest}
        fitting = [size for size, count in extra.items() if 0 <= count <= min(MOST_EXTRA_TOKENS, size[0] * size[1] - 1)]
        if fitting:
            return min(fitting, key=lambda size: extra[size])
    return None


def grids_of_tokens(counts: Sequence[int], maps: Collection[Size], image: Size) -> dict[int, Size]:
    """The grid of each count of tokens that `grid_of_tokens` finds one for. counts: of every layer in a network.

    A grid has the same tokens before it everywhere, or none, as right after the embedding: other counts aren't of
    tokens, but those of channels between two transpositions, as a mixer has them.
    """
    grids = {count: grid for count in set(counts) if (grid := grid_of_tokens(count, maps, image))}
    usual = {grid: count for count, _ in reversed(Counter(counts).most_common()) if (grid := grids.get(count))}
    return {count: grid for count, grid in grids.items() if count in (usual[grid], grid[0] * grid[1])}


def maps_of_tokens(activation: Tensor, grid: Size) -> Tensor:
    """(N, channels, tokens) -> (N, channels, h, w): patches' tokens in their grid, without those before them."""
    return activation[:, :, -grid[0] * grid[1] :].reshape(*activation.shape[:2], *grid)
