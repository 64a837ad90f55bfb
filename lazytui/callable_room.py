"""For the packages that have an analysis' name: `lazytui.sae` is a package and, called, the analysis."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _CallableRoom(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Any:
        functions = import_module("lazytui.library.functions")  # by name: the library stands above every room
        return getattr(functions, self.__name__.rpartition(".")[2])(*arguments, **options)


def make_callable(package: str) -> None:
    """Let a package be called as the function of the library that has its name."""
    sys.modules[package].__class__ = _CallableRoom
