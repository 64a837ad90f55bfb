"""From a weights file to tensors by name, never running code that the file may hold."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from safetensors.torch import load
from torch import Tensor

from lazytui.errors import BadInput
from lazytui.files import reason
from lazytui.models.headers import describe
from lazytui.reading import Unreadable, open_regular, read_regular

Weights = dict[str, Tensor]
"""Tensors on the CPU by dotted name, as in a module's `state_dict()`."""

PICKLED = (".pt", ".pth")

LARGEST = 4 << 30
"""Bytes of a weights file."""


def read_weights(path: Path) -> Weights:
    """The tensors in a safetensors file, or in a state dict that `torch.save` wrote to a `.pt` or `.pth` file.

    Raises BadInput where the file is missing, damaged, or holds anything but tensors by name.
    """
    if path.suffix in PICKLED:
        return _read_pickled(path)
    describe(path)  # says what is wrong with a file that can't be read
    try:
        return load(read_regular(path, LARGEST, links=True))
    except OSError as error:
        raise BadInput(f"{path} can't be read: {reason(error)}.") from error


def _read_pickled(path: Path) -> Weights:
    try:
        with open_regular(path, links=True) as file:
            content = torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise BadInput(f"There are no weights at {path}.") from error
    except Unreadable as error:
        raise BadInput(f"{path} can't be read: {reason(error)}.") from error
    except Exception as error:  # what a damaged file raises depends on where the damage is
        if isinstance(error, pickle.UnpicklingError) and "global" in str(error).lower():
            raise BadInput(
                f"{path} holds pickled Python objects, which could run code and are never loaded: "
                "save the network's state_dict() alone."
            ) from error
        raise BadInput(f"{path} is damaged or isn't a file that torch.save wrote.") from error
    if not isinstance(content, dict) or not content:
        raise BadInput(f"{path} holds no state dict, but a {type(content).__name__}.")
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, Tensor) or value.layout != torch.strided:
            raise BadInput(f"{path} holds no state dict: its entry {name!r:.80} is a {type(value).__name__}.")
    return dict(content)
