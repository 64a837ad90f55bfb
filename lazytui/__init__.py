"""lazytui: a laboratory for shortcut learning that lives in a terminal.

In a script or a notebook `import lazytui as lt`: each analysis is a function, `lt.train(...)`, `lt.evaluate(network)`,
with the options of its command; see docs/library.md. Types stand in `__init__.pyi`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ELSEWHERE = {"open_run": "lazytui.library.calls", "Outcome": "lazytui.library.outcome"}


def __getattr__(name: str) -> Any:
    """The library's functions, loaded when they are asked for: the import takes no time, and no torch."""
    if name in _ELSEWHERE:
        return getattr(import_module(_ELSEWHERE[name]), name)
    if name in _functions():
        return getattr(import_module("lazytui.library.functions"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_ELSEWHERE, *_functions()])


def _functions() -> list[str]:
    """By name: the analyses stand above this file, which all others import."""
    return [kind.replace("-", "_") for kind in import_module("lazytui.analyses").SUMMARIES]
