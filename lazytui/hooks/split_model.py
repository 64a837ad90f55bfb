"""A network cut at one of its layers: images go in below, logits come out above, and the layer lies open between."""

from __future__ import annotations

import itertools

from torch import Tensor, nn
from torch.nn.functional import conv2d

from lazytui.errors import UsageError, unknown_name
from lazytui.hooks.layer_hooks import capture_activations, layer_shapes, replace_activations
from lazytui.models.architectures.classifier import Classifier

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
    """`model` cut after `layer`. Only the layers that are needed are run; the network must be in evaluation mode.

    shape: of one image's activation, (channels, h, w) or (units,). A neuron is its first dimension's.

    What is put in place of a neuron can be put in place of it after the layers above that treat each channel by
    itself (pools, say) just as well. `carry` runs those, so that what has to be kept of many images is small, and
    `logits` runs the rest.
    """

    def __init__(self, model: nn.Module, layer: str) -> None:
        """Raises UsageError, with the layers there are, where there is none of that name."""
        shapes = layer_shapes(model)
        if layer not in shapes:
            raise UsageError(unknown_name("layer", layer, shapes))
        self.model = model
        self.layer = layer
        self.shape = shapes[layer]
        self._parts = _parts(model, layer)
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
        """Whether `logits` looks at the images: a plain sequence goes on from the activations alone."""
        return self._parts is None

    @property
    def outgoing(self) -> Tensor | None:
        """(10, neurons): what a neuron adds to each logit, where nothing but the head follows; None elsewhere."""
        head = self._above[0] if self._parts and len(self._above) == 1 else None
        return head.weight.detach() if isinstance(head, nn.Linear) else None

    def activations(self, images: Tensor) -> Tensor:
        """(N, 3, 28, 28) float32 -> (N, *shape)."""
        if self._parts:
            output: Tensor = self._below(images)
            return output
        with capture_activations(self.model, self.layer) as activations:
            self.model(images)
        return activations[self.layer]

    def neuron_means(self, images: Tensor, neurons: Tensor) -> Tensor:
        """(N, 3, 28, 28) float32 images, each with a neuron of its own, (N,) int64 -> (N,): its mean activation.

        Where the layer is a convolution, no other neuron of it is computed.
        """
        below = list(self._below)
        last = below.pop() if below and isinstance(below[-1], nn.ReLU) else nn.Identity()
        conv = below.pop() if below and _is_plain(below[-1]) else None
        if not isinstance(conv, nn.Conv2d):
            activations = self.activations(images)
            means = activations.flatten(2).mean(2) if activations.ndim == 4 else activations
            return means.gather(1, neurons[:, None])[:, 0]
        inputs = nn.Sequential(*below)(images)
        bias = None if conv.bias is None else conv.bias[neurons]
        side_by_side = inputs.reshape(1, -1, *inputs.shape[2:])  # an image a group of channels
        maps = conv2d(side_by_side, conv.weight[neurons], bias, conv.stride, conv.padding, conv.dilation, len(neurons))
        own_maps: Tensor = last(maps)[0]
        return own_maps.mean((1, 2))

    def pool(self, activations: Tensor) -> Tensor:
        """(N, *shape) -> (N, neurons, ...): through the layers above that treat each channel by itself."""
        pooled: Tensor = self._pools(_protect_from_inplace(self._pools, activations))
        return pooled

    def logits(self, pooled: Tensor, images: Tensor) -> Tensor:
        """(N, neurons, ...) from `carry` -> (N, 10).

        images: those that they belong to. A network that isn't a plain sequence is run on them as a whole, with
        `carried` put in place at the layer, since what bypasses the layer must come from somewhere.
        """
        if self._parts:
            logits: Tensor = self._above(_protect_from_inplace(self._above, pooled))
            return logits
        with replace_activations(self.model, self.layer, lambda _output: pooled):
            output: Tensor = self.model(images)
        return output


def _protect_from_inplace(part: nn.Sequential, tensor: Tensor) -> Tensor:
    """The tensor to run a part on: a copy where something in it works in place."""
    return tensor.clone() if any(getattr(module, "inplace", False) for module in part.modules()) else tensor


def _parts(model: nn.Module, layer: str) -> tuple[list[nn.Module], list[nn.Module]] | None:
    """The modules up to the layer, and those after it, where the network is one sequence; None elsewhere."""
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
    """The same function with each pool before its ReLU: a maximum commutes with it, and leaves it less to do."""
    ordered = list(modules)
    for index, (one, other) in enumerate(itertools.pairwise(modules)):
        if isinstance(one, nn.ReLU) and isinstance(other, nn.MaxPool2d):
            ordered[index : index + 2] = [other, one]
    return ordered


def _is_plain(module: nn.Module) -> bool:
    """Whether it is a convolution that is nothing but its weights."""
    return isinstance(module, nn.Conv2d) and module.groups == 1 and module.padding_mode == "zeros"


def _sequence(prefix: str, modules: nn.Sequential) -> tuple[list[str], list[nn.Module]]:
    return [prefix + name for name, _ in modules.named_children()], list(modules.children())


def _keeps_channels(module: nn.Module, channels: int, shapes: dict[str, tuple[int, ...]], model: nn.Module) -> bool:
    """Whether a module treats each channel by itself: a flattening of single pixels does."""
    if isinstance(module, nn.Flatten):
        (name,) = [name for name, other in model.named_modules() if other is module]
        return shapes[name] == (channels,)
    return isinstance(module, _CHANNELWISE)
