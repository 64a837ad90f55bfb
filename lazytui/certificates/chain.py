"""A network as a chain of steps that bounds go through; what is no such chain is refused by the layer's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from lazytui.certificates.bound_steps import Convolution, MaxPool, PooledRelu, Relu, Step
from lazytui.errors import BadInput
from lazytui.evaluation.forward import evaluation_mode
from lazytui.models.architectures.classifier import Classifier, Features
from lazytui.models.architectures.parts.gaussian_blur import GaussianBlur
from lazytui.models.foreign_network import adapters_of

SUPPORTED = (
    "Conv2d, Linear, BatchNorm, ReLU, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d, Flatten and Dropout, one after the other"
)
"""What bounds go through, in words."""

_IGNORED = (nn.Dropout, nn.Dropout2d, nn.Identity)
_PROBES = 4
_TOLERANCE = 1e-3

Size = tuple[int, int, int]
"""Channels, height and width of a map."""


@dataclass(frozen=True)
class Chain:
    """steps: from images (n, 3, h, w) in [0, 1] to logits (n, classes, 1, 1). sizes: of every step's input, and of the
    logits."""

    steps: tuple[Step, ...]
    sizes: tuple[Size, ...]

    def forward(self, x: Tensor) -> Tensor:
        """Images -> (n, classes)."""
        for step in self.steps:
            x = step.forward(x)
        return x.flatten(1)


@torch.no_grad()
def chain_of(model: nn.Module, image: Size) -> Chain:
    """The network in evaluation mode as a chain. image: what goes in, (3, h, w).

    Raises BadInput, naming the layer, for one that isn't supported, and for a network that isn't its layers one after
    the other.
    """
    prepare, choose = adapters_of(model)
    steps: list[Step] = []
    sizes, flat = [image], False

    def add(step: Step) -> None:
        if isinstance(step, MaxPool) and steps and isinstance(steps[-1], Relu):
            del steps[-1], sizes[-1]
            step = PooledRelu(step.kernel)
        if isinstance(step, Convolution):
            step = replace(step, weight=_like(model, step.weight), bias=_like(model, step.bias))
        steps.append(step)
        sizes.append(_shape(step.forward(_like(model, torch.zeros(1, *sizes[-1])))))

    if prepare:
        add(_preparation(prepare, model))
    for name, module in _layers(model, "The network"):
        if isinstance(module, nn.Flatten):
            if (module.start_dim, module.end_dim) != (1, -1):
                raise _refused(name, module, "that flattens only a part")
            flat = True
        elif not isinstance(module, _IGNORED):
            add(_step(name, module, sizes[-1], flat))
    if choose:
        add(_pointwise(choose, _like(model, torch.eye(sizes[-1][0]))))
    chain = Chain(tuple(steps), tuple(sizes))
    _require_same(chain, model, image)
    return chain


def _layers(module: nn.Module, name: str) -> Iterator[tuple[str, nn.Module]]:
    """Those that something is computed in, in their order, by their dotted paths."""
    if isinstance(module, Classifier):
        children = {"features": module.features, "head": module.head}
    elif type(module).forward in (nn.Sequential.forward, Features.forward):
        children = dict(module.named_children())
    else:
        yield name, module
        return
    for child, inner in children.items():
        yield from _layers(inner, child if name == "The network" else f"{name}.{child}")


def _step(name: str, module: nn.Module, size: Size, flat: bool) -> Step:
    if isinstance(module, nn.ReLU):
        return Relu()
    if isinstance(module, nn.Linear):
        if module.in_features != size[0] * size[1] * size[2] or not flat:
            raise _refused(name, module, "on maps")
        return Convolution(module.weight.view(-1, *size), _bias(module.bias, module.weight))
    if flat and size[1:] != (1, 1):
        raise _refused(name, module, "on flattened maps")
    if isinstance(module, _BatchNorm):
        return _normalization(name, module)
    if isinstance(module, nn.Conv2d):
        return _convolution(name, module)
    if isinstance(module, GaussianBlur):
        before = (module.kernel.shape[2] - 1) // 2
        return Convolution(module.kernel, module.kernel.new_zeros(3), padding=(before,) * 4, groups=3)
    if isinstance(module, nn.MaxPool2d):
        kernel = _pair(module.kernel_size)
        if _pair(module.stride) != kernel or _pair(module.padding) != (0, 0) or _pair(module.dilation) != (1, 1):
            raise _refused(name, module, "of windows that don't lie side by side")
        if module.ceil_mode:
            raise _refused(name, module, "of windows beyond the map")
        return MaxPool(kernel)
    if isinstance(module, nn.AvgPool2d):
        if (
            module.ceil_mode
            or module.divisor_override
            or (_pair(module.padding) != (0, 0) and not module.count_include_pad)
        ):
            raise _refused(name, module, "of windows of several sizes")
        return _mean(size, _pair(module.kernel_size), _pair(module.stride), _pair(module.padding))
    if isinstance(module, nn.AdaptiveAvgPool2d):
        height, width = (side or own for side, own in zip(_sides(module.output_size), size[1:], strict=True))
        if size[1] % height or size[2] % width:
            raise _refused(name, module, "of windows of several sizes")
        kernel = size[1] // height, size[2] // width
        return _mean(size, kernel, kernel, (0, 0))
    raise _refused(name, module, "")


def _refused(name: str, module: nn.Module, how: str) -> BadInput:
    layer = f"{name} ({type(module).__name__}{' ' + how if how else ''})"
    return BadInput(f"{layer} isn't supported by IBP and CROWN, only {SUPPORTED}; smoothing works for any network.")


def _convolution(name: str, module: nn.Conv2d) -> Convolution:
    if module.padding_mode != "zeros":
        raise _refused(name, module, f"padded by {module.padding_mode}")
    left, right, top, bottom = module._reversed_padding_repeated_twice
    return Convolution(
        module.weight,
        _bias(module.bias, module.weight),
        _pair(module.stride),
        (top, bottom, left, right),
        _pair(module.dilation),
        module.groups,
    )


def _normalization(name: str, module: _BatchNorm) -> Convolution:
    """In evaluation mode each channel is scaled and moved."""
    if module.running_mean is None or module.running_var is None:
        raise _refused(name, module, "without running statistics")
    scale = (module.running_var + module.eps).rsqrt()
    if module.weight is not None:
        scale = scale * module.weight
    moved = -module.running_mean * scale
    bias = moved if module.bias is None else moved + module.bias
    return Convolution(scale[:, None, None, None], bias, groups=len(scale))


def _mean(size: Size, kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]) -> Convolution:
    """Over windows of each channel by itself."""
    (top, left), channels = padding, size[0]
    weight = torch.full((channels, 1, *kernel), 1 / (kernel[0] * kernel[1]))
    return Convolution(weight, weight.new_zeros(channels), stride, (top, top, left, left), groups=channels)


def _preparation(prepare: Callable[[Tensor], Tensor], model: nn.Module) -> Convolution:
    """Of images, pixel by pixel. Raises BadInput where they are resized."""
    pixels = _like(model, torch.eye(3)[:, :, None, None])
    if prepare(pixels).shape[2:] != (1, 1):
        raise BadInput(f"The network resizes images, and IBP and CROWN support {SUPPORTED} only.")
    return _pointwise(lambda x: prepare(x[:, :, None, None]).flatten(1), pixels.flatten(1))


def _pointwise(affine: Callable[[Tensor], Tensor], units: Tensor) -> Convolution:
    """An affine function of the channels at each place, from what it makes of the unit vectors. units: (c, c)."""
    bias = affine(torch.zeros_like(units[:1]))[0]
    return Convolution((affine(units) - bias).T[:, :, None, None].contiguous(), bias)


def _require_same(chain: Chain, model: nn.Module, image: Size) -> None:
    """Raise BadInput where the network computes something else than its layers do."""
    images = _like(model, torch.rand(_PROBES, *image, generator=torch.Generator().manual_seed(0)))
    with evaluation_mode(model):
        logits = model(images)
    if logits.shape != (made := chain.forward(images)).shape or (logits - made).abs().max() > _TOLERANCE * (
        1 + logits.abs().max()
    ):
        raise BadInput(f"The network computes more than its layers do, and IBP and CROWN support {SUPPORTED} only.")


def _bias(bias: Tensor | None, weight: Tensor) -> Tensor:
    return weight.new_zeros(len(weight)) if bias is None else bias


def _pair(value: int | tuple[int, ...]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def _sides(value: Any) -> tuple[int | None, int | None]:
    """Of an adaptive pool's output; None for the input's own."""
    return value if isinstance(value, tuple) else (value, value)


def _shape(x: Tensor) -> Size:
    return x.shape[1], x.shape[2], x.shape[3]


def _like(model: nn.Module, x: Tensor) -> Tensor:
    """In the type and on the device of the network's weights."""
    return x.to(next(model.parameters(), x))
