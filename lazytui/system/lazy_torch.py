"""torch as names that any file may import: it is loaded when something of it is first used.

    from lazytui.system.lazy_torch import nn, torch

A catalog's files hold both an entry, which lists and forms read, and the code that does the work. With these names they
can be imported without torch, as long as nothing of torch is touched on import: `@no_grad` from here instead of
`@torch.no_grad()`, and no class of nn.Module at the top level.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    import torch as torch
    from torch import nn as nn
    from torch.nn import functional as functional
else:

    class _Lazy:
        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, name: str) -> Any:
            return getattr(import_module(self._name), name)

    torch, nn, functional = _Lazy("torch"), _Lazy("torch.nn"), _Lazy("torch.nn.functional")

_P = ParamSpec("_P")
_R = TypeVar("_R")


def no_grad(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The function without recording gradients, as `@torch.no_grad()` makes it."""

    @wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with torch.no_grad():
            return function(*args, **kwargs)

    return call
