"""Folders of data sets and of the image cache."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from lazytui.errors import BadInput
from lazytui.files.writing import is_file, is_folder, parse_path


def data_folder() -> Path:
    """The folder of data sets: LAZYTUI_DATA, otherwise the platform's cache folder."""
    return _folder_from("LAZYTUI_DATA") or platformdirs.user_cache_path("lazytui")


def system_folder() -> Path:
    """Where packages of Linux distributions put data sets."""
    return Path("/usr/share/datasets")


def find_installed(called: str, *names: str) -> Path:
    """The file or folder of a data set, under one of these names in either folder. Raises BadInput where it isn't."""
    looked = [folder / name for folder in (data_folder(), system_folder()) for name in names]
    existing = next((path for path in looked if is_folder(path) or is_file(path)), None)
    if existing is None:
        raise BadInput(
            f"{called} isn't on this machine: {names[0]} is looked for in {data_folder()} and {system_folder()} "
            "(torchvision's layout; point LAZYTUI_DATA to the folder that has it)."
        )
    return existing


def image_folder() -> Path:
    """The image cache: LAZYTUI_CACHE, otherwise `images` in the platform's cache folder.

    Never in LAZYTUI_DATA, which may be shared and is only read.
    """
    return _folder_from("LAZYTUI_CACHE") or platformdirs.user_cache_path("lazytui") / "images"


def _folder_from(variable: str) -> Path | None:
    text = os.environ.get(variable)
    if not text:
        return None
    try:
        return parse_path(text).expanduser()
    except RuntimeError as error:  # the home of a user that there isn't
        raise BadInput(f"{variable} is {text}, but there is no such user.") from error
