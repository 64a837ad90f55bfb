"""Weights from a file: into a network that is there, or with the network that they belong to."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from lazytui.code_permission import is_custom, is_of_library, is_variant
from lazytui.errors import BadInput, UsageError
from lazytui.models.adaptation import NO_ADAPTATION, Adaptation
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.build import build_model
from lazytui.models.factory_import import resolve_model
from lazytui.models.fingerprint import digest_weights
from lazytui.models.foreign_weights import differences, fit_weights
from lazytui.models.shapes import CLASSES, IMAGE_SHAPE, NetworkShape, shape_of
from lazytui.models.weights_header import describe
from lazytui.models.weights_reading import Weights, is_pickled, read_weights
from lazytui.runs.run_folder import WEIGHTS_FILE

_ANYWAY = 256 << 20
"""Bytes that are read whatever the model is, to report that it is another network's."""


def load_weights(model: nn.Module, path: Path) -> None:
    """Fill `model` from a safetensors file, or from a state dict that `torch.save` wrote (see `foreign_weights`).

    Raises BadInput, and leaves the model as it was, where the file is missing or damaged, holds code, belongs to
    another architecture (what differs is named, and the catalog's model that fits), has another dtype or numbers that
    aren't finite.
    """
    read = read_weights(path, _plausible_size(model))
    weights = fit_weights(read, model.state_dict())
    _check_fit(model, weights, path)
    recorded = None if is_pickled(path) else describe(path).metadata.get("fingerprint")
    if recorded is not None and recorded != digest_weights(read):
        raise BadInput(f"{path} is damaged: its weights don't match the fingerprint that was saved with them.")
    model.load_state_dict(weights)


def _plausible_size(model: nn.Module) -> int:
    """Bytes that a file with the model's weights may have: an optimizer's state and other copies may be in it, too."""
    return _ANYWAY + 16 * sum(int(value.nbytes) for value in model.state_dict().values())


def load_model(
    path_or_folder: Path,
    *,
    name: str | None = None,
    image_shape: tuple[int, int, int] = IMAGE_SHAPE,
    classes: int = CLASSES,
    options: Adaptation = NO_ADAPTATION,
) -> nn.Module:
    """The network of a run folder or a weights file, on the CPU, in evaluation mode.

    name: the architecture, where the file doesn't say (a person's own `.pt`) or isn't to be asked. A file's word is
    taken for catalog names only: custom code has to be named by the person, since a file may come from anywhere.
    image_shape, classes, options: as of `build_model`. Raises BadInput as `load_weights` does.
    """
    path = path_or_folder / WEIGHTS_FILE if path_or_folder.is_dir() else path_or_folder
    named = name or _recorded_name(path)
    model = build_model(named, seed=0, image_shape=image_shape, classes=classes, options=options)
    load_weights(model, path)
    return model.eval()


def _recorded_name(path: Path) -> str:
    if is_pickled(path):
        raise BadInput(f"{path} doesn't say which model its weights belong to: name the model.")
    name = describe(path).metadata.get("model")
    if name is None:
        raise BadInput(f"{path} doesn't say which model its weights belong to: name the model.")
    if is_custom(name):
        raise BadInput(
            f"The weights in {path} belong to the code {name!r:.200}, and code that a file names is never run: "
            "name the model."
        )
    if name not in ARCHITECTURES and not is_of_library(name) and not is_variant(name):
        raise BadInput(f"The weights in {path} belong to the model {name!r:.80}, which this lazytui doesn't know.")
    return name


def _check_fit(model: nn.Module, weights: Weights, path: Path) -> None:
    """BadInput where they can't be taken over, with all that differs in names and shapes."""
    state = model.state_dict()
    if differing := differences(state, weights):
        fitting = _fitting_models(weights, shape_of(model))
        hint = f" They fit {' and '.join(fitting)}." if fitting else ""
        raise BadInput(
            f"The weights in {path} belong to another network: {'; '.join(differing)}.{hint}"
            f"{_class_hint(state, weights)}"
        )
    for name, value in weights.items():
        if value.dtype != state[name].dtype:
            raise BadInput(f"In {path} {name} is {_dtype(value)}, and the network needs {_dtype(state[name])}.")
        if not value.isfinite().all():
            raise BadInput(f"In {path} {name} holds numbers that aren't finite: the training that made it broke down.")


def _class_hint(state: Weights, weights: Weights) -> str:
    """That it is only the number of classes, where that is all that differs; else nothing."""
    if state.keys() != weights.keys():
        return ""
    others = [name for name, value in state.items() if weights[name].shape != value.shape]
    counts = {(len(weights[name]), len(state[name])) for name in others if weights[name].ndim and state[name].ndim}
    rest = all(weights[name].shape[1:] == state[name].shape[1:] for name in others)
    if len(counts) != 1 or not rest or len(others) > 2:
        return ""
    theirs, own = counts.pop()
    needed = "the network has one logit, for two classes" if own == 1 else f"the data have {own}"
    return f" They are for {theirs} classes, and {needed}."


def _fitting_models(weights: Weights, shape: NetworkShape) -> list[str]:
    """The catalog's models whose tensors have just these names and shapes."""
    shapes = {name: value.shape for name, value in weights.items()}
    return [name for name in ARCHITECTURES if _shapes_of(name, shape) == shapes]


def _shapes_of(name: str, shape: NetworkShape) -> dict[str, torch.Size]:
    """Names and shapes of a catalog model's tensors, without drawing weights; empty where it can't be built."""
    try:
        with torch.device("meta"):
            model = resolve_model(name)(shape)
    except (BadInput, UsageError):  # torchvision may not load, images be too small; that is not what is being reported
        return {}
    assert isinstance(model, nn.Module)
    return {key: value.shape for key, value in model.state_dict().items()}


def _dtype(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")
