"""Where the files that the package ships lie: beside it in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def package_folder(folder: str) -> Path:
    """The shipped folder `assets` or `checkpoints`.

    A wheel carries both inside the package; in a checkout they lie at the top level, next to the package.
    """
    inside = _PACKAGE / folder
    return inside if inside.is_dir() else _PACKAGE.parent / folder
