"""Import torch and torchvision, or say in one sentence why that can't be done and what helps."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import metadata
from typing import Any

from lazytui.errors import BadInput
from lazytui.system.memory import memory_error_or

_REPAIR = "python -m pip install --force-reinstall torch torchvision"


_kept_out = ""


def keep_torch_out(sentence: str) -> None:
    """From now on `require_torch` refuses with this sentence: this process only shows what other machines compute."""
    global _kept_out
    _kept_out = sentence


def require_torch() -> Any:
    """The module `torch`. BadInput where it is missing or its libraries don't load, or where it is kept out.

    Its threads are set to sleep while they wait for one another. Left to spin, as they do by default, two of them on
    a busy machine take from each other the core that the slower one needs, and a step can take ten times as long.
    """
    if _kept_out:
        raise BadInput(_kept_out)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        with nullcontext() if "torch" in sys.modules else _freezing_what_is_loaded():
            return importlib.import_module("torch")
    except (ImportError, OSError, RuntimeError, MemoryError) as error:
        damaged = BadInput(f"torch {_version('torch')} can't be loaded ({_line(error)}): {_REPAIR}")
        raise memory_error_or(error, "load torch", damaged) from error


def require_torchvision() -> Any:
    """The module `torchvision`. BadInput where it is missing or was built for another torch.

    torchvision's compiled operators fit one torch release only. With another one its import fails, most often with
    "operator torchvision::nms does not exist".
    """
    require_torch()
    try:
        return importlib.import_module("torchvision")
    except (ImportError, OSError, RuntimeError, AttributeError, MemoryError) as error:
        pair = f"torch {_version('torch')} and torchvision {_version('torchvision')}"
        unfit = BadInput(f"{pair} don't fit together ({_line(error)}): {_REPAIR}")
        raise memory_error_or(error, "load torchvision", unfit) from error


@contextmanager
def _freezing_what_is_loaded() -> Iterator[None]:
    """Collect no garbage meanwhile, nor look for any in it afterwards: that takes a tenth of a short command."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _line(error: Exception) -> str:
    """The error's first line."""
    return next(iter(str(error).splitlines()), type(error).__name__)
