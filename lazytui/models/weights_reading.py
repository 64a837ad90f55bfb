"""From a weights file to tensors by name, never running code that the file may hold."""

from __future__ import annotations

import logging
import pickle
import warnings
from pathlib import Path

import torch
from safetensors.torch import load
from torch import Tensor

from lazytui.errors import BadInput
from lazytui.files.reading import Unreadable, open_regular, read_regular, require_unpacked_size
from lazytui.files.writing import reason
from lazytui.models.weights_header import LARGEST, describe
from lazytui.system.memory import memory_error_or

_log = logging.getLogger(__name__)

Weights = dict[str, Tensor]
"""Tensors on the CPU by dotted name, as in a module's `state_dict()`."""

WRAPPERS = ("state_dict", "model_state_dict", "model", "network", "net", "weights")
"""Entries of a checkpoint that training programs keep the weights in, beside an epoch or an optimizer."""

_MOST_WRAPPERS = 10
"""One in another: a checkpoint may hold itself."""

_PICKLED = (".pt", ".pth")
_STARTS = (b"PK\x03\x04", b"\x80\x02\x8a\x0a")
"""How files of `torch.save` begin: those of today, and those of long ago. A safetensors file begins with the length of
its header, which may well be 640: two bytes don't decide."""


def is_pickled(path: Path) -> bool:
    """Whether it is a file of `torch.save`, by its name or how it begins; others are safetensors."""
    if path.suffix in _PICKLED:
        return True
    try:
        with open_regular(path, links=True) as file:
            return file.read(4).startswith(_STARTS)
    except OSError:
        return False


def read_weights(path: Path, most: int = LARGEST) -> Weights:
    """The tensors in a safetensors file, or in a state dict that `torch.save` wrote, alone or in one of WRAPPERS.

    Raises BadInput where the file is missing, damaged, has more than `most` bytes, or holds anything but tensors by
    name.
    """
    _log.debug("read %s", path)
    if is_pickled(path):
        return _read_pickled(path, most)
    describe(path)  # says what is wrong with a file that can't be read
    try:
        return load(read_regular(path, most, links=True))
    except Exception as error:  # KeyError where numbers are of a kind that torch doesn't know, and others
        why = reason(error) if isinstance(error, OSError) else "it holds numbers of a kind that torch doesn't know here"
        raise memory_error_or(error, f"read {path}", BadInput(f"{path} can't be read: {why}.")) from error


def _read_pickled(path: Path, most: int) -> Weights:
    try:
        with open_regular(path, links=True) as file, warnings.catch_warnings(action="ignore"):
            require_unpacked_size(file, most)
            content = torch.load(file, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise BadInput(f"There are no weights at {path}.") from error
    except Unreadable as error:
        raise BadInput(f"{path} can't be read: {reason(error)}.") from error
    except Exception as error:  # what a damaged file raises depends on where the damage is
        if "TorchScript" in str(error):
            raise BadInput(
                f"{path} is a TorchScript program, and code from a file is never loaded: save the network's "
                "state_dict() alone."
            ) from error
        if isinstance(error, pickle.UnpicklingError) and "global" in str(error).lower():
            raise BadInput(
                f"{path} holds pickled Python objects, which could run code and are never loaded: "
                "save the network's state_dict() alone."
            ) from error
        damaged = BadInput(f"{path} is damaged or isn't a file that torch.save wrote.")
        raise memory_error_or(error, f"read {path}", damaged) from error
    return _tensors_by_name(content, path)


def _tensors_by_name(content: object, path: Path) -> Weights:
    for _ in range(_MOST_WRAPPERS):
        if not isinstance(content, dict) or not content:
            raise BadInput(f"{path} holds no state dict, but {_kind(content)}.")
        wrapped: object = next((content[name] for name in WRAPPERS if isinstance(content.get(name), dict)), None)
        if wrapped is None:
            break
        content = wrapped
    assert isinstance(content, dict)
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, Tensor) or value.layout != torch.strided:
            raise BadInput(
                f"{path} holds no state dict: its entry {name!r:.80} is {_kind(value)}, and it has no entry "
                f"{', '.join(WRAPPERS[:-1])} or {WRAPPERS[-1]} that holds one."
            )
    return dict(content)


def _kind(content: object) -> str:
    if isinstance(content, dict | list | tuple) and not content:
        return f"an empty {type(content).__name__}"
    return f"a {type(content).__name__}"
