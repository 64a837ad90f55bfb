"""Packages that only a bridge to another program needs."""

from __future__ import annotations

from importlib.util import find_spec

from lazytui.counted_nouns import listed
from lazytui.errors import BadInput


def require_packages(who: str, *packages: str) -> None:
    """Raise BadInput, with the command that installs them, where packages are missing. Imports none of them.

    who: what needs them, to begin a sentence with.
    """
    missing = [package for package in packages if not _is_installed(package)]
    if missing:
        noun = "package" if len(missing) == 1 else "packages"
        raise BadInput(f"{who} needs the {noun} {listed(missing)}: python -m pip install {' '.join(missing)}")


def _is_installed(package: str) -> bool:
    """A folder of that name in the current one isn't the package."""
    spec = find_spec(package)
    return spec is not None and spec.origin is not None


def require_onnx() -> None:
    """Raise BadInput where torch lacks the packages that write ONNX."""
    require_packages("An .onnx file", "onnx", "onnxscript")
