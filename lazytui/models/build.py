"""A network with fresh weights, from its name and a seed."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from lazytui.counted_nouns import counted
from lazytui.errors import BadInput, LazytuiError
from lazytui.models.adaptation import NO_ADAPTATION, Adaptation
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.factory_import import resolve_model
from lazytui.models.foreign_network import adapt
from lazytui.models.memory_layout import channels_last, quickest_layout
from lazytui.models.recurrent_layers import differentiable
from lazytui.models.shapes import CLASSES, IMAGE_SHAPE, NetworkShape, mark_shape, shape_of


def build_model(
    name: str,
    *,
    seed: int,
    image_shape: tuple[int, int, int] = IMAGE_SHAPE,
    classes: int = CLASSES,
    options: Adaptation = NO_ADAPTATION,
) -> nn.Module:
    """The named architecture on the CPU, float32, in training mode, its weights drawn from `seed` alone.

    The same name and seed give the same weights in any process; torch's global random state is left as it was. Catalog
    models are `Classifier`s; a custom one need only be a module that maps (N, *image_shape) to (N, classes). All are in
    the memory layout that they compute in from now on (see `memory_layout`), and have gradients in both modes (see
    `recurrent_layers`).

    image_shape: (3, height, width). options: what lies between the data and
    the network.

    Raises UsageError for an unknown name, or images too small for it; BadInput where custom code fails or makes
    something else.
    """
    _, height, width = image_shape
    shape = NetworkShape(height, width, classes)
    return mark_shape(_built(name, shape, options, seed), shape)


def _built(name: str, shape: NetworkShape, options: Adaptation, seed: int) -> nn.Module:
    height, width = (options.side, options.side) if options.side else (shape.height, shape.width)
    inner = NetworkShape(height, width, options.of_outputs or shape.classes)
    factory = resolve_model(name)
    with torch.random.fork_rng(devices=[]):
        # torch.manual_seed would seed the accelerators too, and those are not given back.
        torch.default_generator.manual_seed(seed)
        if name in ARCHITECTURES:
            model = factory(inner)
            assert isinstance(model, nn.Module)
            return channels_last(model if options == NO_ADAPTATION else adapt(model, shape, options))
        return _checked(name, lambda: factory(inner), shape, options)


def takes_one_image(name: str, image_shape: tuple[int, int, int] = IMAGE_SHAPE, classes: int = CLASSES) -> bool:
    """Whether the named architecture trains on batches of one: BatchNorm can't where its maps are single pixels.

    Raises BadInput where custom code can't for another reason.
    """
    model = build_model(name, seed=0, image_shape=image_shape, classes=classes).train()
    try:
        with torch.random.fork_rng(devices=[]):
            _require_logits(model, shape_of(model), images=1)
    except Exception as error:  # custom code may raise anything
        if isinstance(error, ValueError) and "more than 1 value per channel" in str(error):
            return False
        raise BadInput(f"The model {name!r} can't be trained on one image alone: {_error_text(error)}.") from error
    return True


def _checked(name: str, factory: Callable[[], object], shape: NetworkShape, options: Adaptation) -> nn.Module:
    """What custom code made, once it has been seen to give logits."""
    try:
        model = factory()
        if not isinstance(model, nn.Module):
            raise TypeError(f"it made a {type(model).__name__}, not a torch.nn.Module")
    except LazytuiError:
        raise
    except Exception as error:  # custom code may raise anything
        raise BadInput(f"The model {name!r} can't be built: {_error_text(error)}") from error
    try:
        model = adapt(model, shape, options)
        _try_out(model, shape)
    except LazytuiError:
        raise
    except Exception as error:  # as above
        raise BadInput(
            f"The model {name!r} can't be built: {_error_text(error)}. Images here are 3 x {shape.height} x "
            f"{shape.width} (red, green, blue), float32, from 0 to 1, and {counted(shape.classes, 'logit')} are wanted "
            "of each; see --input-size, and --classes of `lazytui add`."
        ) from error
    return differentiable(quickest_layout(model, shape.image_shape))


def _try_out(model: nn.Module, shape: NetworkShape) -> None:
    """Run it on two images and on one in evaluation mode, since some are looked at alone; its modes are left as they
    were."""
    modes = {module: module.training for module in model.modules()}
    for images in (2, 1):
        _require_logits(model.eval(), shape, images)
    for module, training in modes.items():
        module.training = training


def _require_logits(model: nn.Module, shape: NetworkShape, images: int) -> None:
    with torch.no_grad():
        logits = model(torch.zeros(images, *shape.image_shape))
    if not isinstance(logits, torch.Tensor) or logits.shape != (images, shape.classes):
        made = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise TypeError(f"from images {(images, *shape.image_shape)} it makes {made}, not {(images, shape.classes)}")


def _error_text(error: Exception) -> str:
    """The kind of an error and its first line."""
    line = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {line}".rstrip(".")
