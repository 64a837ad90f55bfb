"""The training methods by name, readable without torch. Each lives in a file of its own here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lazytui.training.methods.base import Method


@dataclass(frozen=True)
class MethodEntry:
    """module, name: where the class is."""

    summary: str
    module: str
    name: str


METHODS = {
    "erm": MethodEntry("Plain training: cross-entropy on every sample alike.", "erm", "PlainTraining"),
}


def method_class(name: str) -> type[Method]:
    entry = METHODS[name]
    found: type[Method] = getattr(import_module(f"{__name__}.{entry.module}"), entry.name)
    return found
