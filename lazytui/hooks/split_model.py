"""A network split at one of its layers, so that activations there can be changed and run on to logits."""

from __future__ import annotations

import itertools
from contextlib import AbstractContextManager
from functools import cached_property

from torch import Tensor, nn
from torch.nn.functional import conv2d

from lazytui.errors import UsageError, unknown_name
from lazytui.hooks.layer_hooks import activation_at, layer_entries, replace_activations
from lazytui.hooks.layer_layout import CHANNELS_FIRST, Size, means_over_positions
from lazytui.hooks.upper_pass import Skipped, is_independent, modules_before, skipping
from lazytui.models.architectures.classifier import Classifier
from lazytui.models.foreign_network import is_adapted
from lazytui.models.shapes import shape_of

_CHANNELWISE = (
    nn.MaxPool2d,
    nn.AvgPool2d,
    nn.AdaptiveAvgPool2d,
    nn.AdaptiveMaxPool2d,
    nn.ReLU,
    nn.BatchNorm2d,
    nn.Dropout,
    nn.Dropout2d,
    nn.Identity,
)


class SplitModel:
    """`model` split after `layer`. Only the layers needed are run; the network must be in evaluation mode.

    shape: of one image's activation, (channels, h, w), (channels, tokens) or (units,). A neuron is an index of the
    first dimension. map_size: rows and columns of the layer's map; None of units. runs: how often the layer runs in a
    pass: its last output is the activation.

    `pool` runs the layers directly above that act on each channel separately, such as pooling, and `logits` the rest:
    a neuron can be replaced after `pool` as well as before, and the pooled activations of many images are small.
    """

    def __init__(self, model: nn.Module, layer: str) -> None:
        """Raises UsageError, with the layers there are, where there is none of that name."""
        entries = layer_entries(model)
        if layer not in entries:
            raise UsageError(unknown_name("layer", layer, entries))
        shapes = {name: entry.shape for name, entry in entries.items()}
        self.model = model
        self.layer = layer
        self.shape = shapes[layer]
        self.map_size: Size | None = entries[layer].map_size
        self.runs = entries[layer].runs
        self._parts = _parts(model, layer) if entries[layer].channels == CHANNELS_FIRST else None
        below, above = self._parts or ([], [])
        channelwise = 0
        while channelwise < len(above) and _keeps_channels(above[channelwise], self.shape[0], shapes, model):
            channelwise += 1
        self._below, self._pools = nn.Sequential(*_pools_first(below)), nn.Sequential(*above[:channelwise])
        self._above = nn.Sequential(*above[channelwise:])

    @property
    def neurons(self) -> int:
        return self.shape[0]

    @property
    def needs_images(self) -> bool:
        """Whether `logits` needs the images; a plain sequence of layers doesn't."""
        return self._parts is None

    @property
    def outgoing(self) -> Tensor | None:
        """(classes, neurons) float32: the head's weights, if only the head follows; otherwise None."""
        head = self._above[0] if self._parts and len(self._above) == 1 else None
        return head.weight.detach() if isinstance(head, nn.Linear) else None

    def activations(self, images: Tensor) -> Tensor:
        """(N, 3, h, w) float32 -> (N, *shape) float32, the layer's activation."""
        if self._parts:
            output: Tensor = self._below(images)
            return output
        return activation_at(self.model, self.layer, images, self.runs)

    def neuron_means(self, images: Tensor, neurons: Tensor) -> Tensor:
        """(N, 3, h, w) float32 images, (N,) int64 neurons -> (N,): the mean activation of each image's neuron.

        If the layer is a convolution, its other neurons aren't computed.
        """
        below = list(self._below)
        last = below.pop() if below and isinstance(below[-1], nn.ReLU) else nn.Identity()
        conv = below.pop() if below and _is_plain(below[-1]) else None
        if not isinstance(conv, nn.Conv2d):
            activations = self.activations(images)
            return means_over_positions(activations).gather(1, neurons[:, None])[:, 0]
        inputs = nn.Sequential(*below)(images)
        bias = None if conv.bias is None else conv.bias[neurons]
        side_by_side = inputs.reshape(1, -1, *inputs.shape[2:])  # an image a group of channels
        maps = conv2d(side_by_side, conv.weight[neurons], bias, conv.stride, conv.padding, conv.dilation, len(neurons))
        own_maps: Tensor = last(maps)[0]
        return own_maps.mean((1, 2))

    def pool(self, activations: Tensor) -> Tensor:
        """(N, *shape) -> (N, neurons, ...): through the layers above that act on each channel separately."""
        pooled: Tensor = self._pools(_protect_from_inplace(self._pools, activations))
        return pooled

    def logits(self, pooled: Tensor, images: Tensor) -> Tensor:
        """(N, neurons, ...) from `pool` -> (N, classes) float32.

        images: the ones they are of. A network that isn't a plain sequence is run on them with the layer's output
        replaced: as a whole, where other paths bypass the layer, or else without what lies below.
        """
        if self._parts:
            logits: Tensor = self._above(_protect_from_inplace(self._above, pooled))
            return logits
        replacement = _protect_from_inplace(self.model, pooled)
        with skipping(self._not_needed, len(images)), self._replaced(replacement):
            output: Tensor = self.model(images)
        return output

    def _replaced(self, activation: Tensor) -> AbstractContextManager[None]:
        return replace_activations(self.model, self.layer, lambda _output: activation, self.runs)

    @cached_property
    def _not_needed(self) -> Skipped:
        """What needn't run for the logits where the layer's activation is replaced; nothing where other paths bypass
        the layer."""
        image_shape = shape_of(self.model).image_shape
        below = modules_before(self.model, self.layer, image_shape, self.runs)
        return below if is_independent(self.model, below, image_shape, self._replaced, self.shape) else {}


def _protect_from_inplace(part: nn.Module, tensor: Tensor) -> Tensor:
    """A copy of the tensor if a layer of `part` works in place, otherwise the tensor."""
    return tensor.clone() if any(getattr(module, "inplace", False) for module in part.modules()) else tensor


def _parts(model: nn.Module, layer: str) -> tuple[list[nn.Module], list[nn.Module]] | None:
    """The modules up to the layer and after it, if the network is a plain sequence; otherwise None."""
    if is_adapted(model):
        return None
    if isinstance(model, Classifier):
        names, modules = _sequence("features.", model.features)
        if layer == "features":
            return modules, [model.head]
        names, modules = [*names, "head"], [*modules, model.head]
    elif isinstance(model, nn.Sequential):
        names, modules = _sequence("", model)
    else:
        return None
    if layer not in names:
        return None
    after = names.index(layer) + 1
    return modules[:after], modules[after:]


def _pools_first(modules: list[nn.Module]) -> list[nn.Module]:
    """The same function with each max-pooling before its ReLU, with which it commutes: that is faster."""
    ordered = list(modules)
    for index, (one, other) in enumerate(itertools.pairwise(modules)):
        if isinstance(one, nn.ReLU) and isinstance(other, nn.MaxPool2d):
            ordered[index : index + 2] = [other, one]
    return ordered


def _is_plain(module: nn.Module) -> bool:
    """Whether it is a convolution without groups and with zero padding."""
    return isinstance(module, nn.Conv2d) and module.groups == 1 and module.padding_mode == "zeros"


def _sequence(prefix: str, modules: nn.Sequential) -> tuple[list[str], list[nn.Module]]:
    return [prefix + name for name, _ in modules.named_children()], list(modules.children())


def _keeps_channels(module: nn.Module, channels: int, shapes: dict[str, tuple[int, ...]], model: nn.Module) -> bool:
    """Whether a module acts on each channel separately; flattening does if maps are single pixels."""
    if isinstance(module, nn.Flatten):
        (name,) = [name for name, other in model.named_modules() if other is module]
        return shapes[name] == (channels,)
    return isinstance(module, _CHANNELWISE)
