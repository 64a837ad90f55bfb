"""A network with fresh weights, from its name and a seed."""

from __future__ import annotations

import torch
from torch import nn

from lazytui.code_permission import is_custom
from lazytui.errors import BadInput
from lazytui.models.factory_import import resolve_model
from lazytui.models.memory_layout import channels_last, quickest_layout
from lazytui.models.recurrent_layers import differentiable
from lazytui.models.shapes import CLASSES, IMAGE_SHAPE


def build_model(name: str, *, seed: int) -> nn.Module:
    """The named architecture on the CPU, float32, in training mode, its weights drawn from `seed` alone.

    The same name and seed give the same weights in any process; torch's global random state is left as it was. Catalog
    models are `Classifier`s; a custom one need only be a module that maps (N, 3, 28, 28) to (N, 10). All are in the
    memory layout that they compute in from now on (see `layout`), and have gradients in both modes (see `recurrent`).

    Raises UsageError for an unknown name, BadInput where custom code fails or makes something else.
    """
    factory = resolve_model(name)
    with torch.random.fork_rng(devices=[]):
        # torch.manual_seed would seed the accelerators too, and those are not given back.
        torch.default_generator.manual_seed(seed)
        if not is_custom(name):
            model = factory()
            assert isinstance(model, nn.Module)
            return channels_last(model)
        return _checked(name, factory)


def takes_one_image(name: str) -> bool:
    """Whether the named architecture trains on batches of one: BatchNorm can't where its maps are single pixels.

    Raises BadInput where custom code can't for another reason.
    """
    model = build_model(name, seed=0).train()
    try:
        with torch.random.fork_rng(devices=[]):
            _require_ten_logits(model, images=1)
    except Exception as error:  # code of a person's own may raise anything
        if isinstance(error, ValueError) and "more than 1 value per channel" in str(error):
            return False
        raise BadInput(f"The model {name!r} can't be trained on one image alone: {_error_text(error)}.") from error
    return True


def _checked(name: str, factory: object) -> nn.Module:
    """What custom code made, once it has been seen to give ten logits."""
    assert callable(factory)
    try:
        model = factory()
        if not isinstance(model, nn.Module):
            raise TypeError(f"it made a {type(model).__name__}, not a torch.nn.Module")
    except Exception as error:  # code of a person's own may raise anything
        raise BadInput(f"The model {name!r} can't be built: {_error_text(error)}") from error
    try:
        _try_out(model)
    except Exception as error:  # as above
        raise BadInput(
            f"The model {name!r} can't be built: {_error_text(error)}. Images here are 3 x 28 x 28 (red, green, blue), "
            "float32, from 0 to 1, and ten logits are wanted of each."
        ) from error
    return differentiable(quickest_layout(model))


def _try_out(model: nn.Module) -> None:
    """Run it on two images and on one in evaluation mode, since some are looked at alone; its modes are left as they
    were."""
    modes = {module: module.training for module in model.modules()}
    for images in (2, 1):
        _require_ten_logits(model.eval(), images)
    for module, training in modes.items():
        module.training = training


def _require_ten_logits(model: nn.Module, images: int) -> None:
    with torch.no_grad():
        logits = model(torch.zeros(images, *IMAGE_SHAPE))
    if not isinstance(logits, torch.Tensor) or logits.shape != (images, CLASSES):
        shape = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise TypeError(f"from images {(images, *IMAGE_SHAPE)} it makes {shape}, not {(images, CLASSES)}")


def _error_text(error: Exception) -> str:
    """The kind of an error and its first line."""
    line = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {line}".rstrip(".")
