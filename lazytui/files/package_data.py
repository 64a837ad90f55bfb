"""Files that are shipped with the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def package_folder(folder: str) -> Path:
    """The shipped folder `assets` or `checkpoints`.

    A wheel has both inside the package, a checkout at the top level, next to the package.
    """
    inside = _PACKAGE / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder
