"""Folders of data sets and of the image cache."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from lazytui.errors import BadInput
from lazytui.files.writing import parse_path


def data_folder() -> Path:
    """The folder of data sets: LAZYTUI_DATA, otherwise the platform's cache folder."""
    return _folder_from("LAZYTUI_DATA") or platformdirs.user_cache_path("lazytui")


def system_folder() -> Path:
    """Where packages of Linux distributions put data sets."""
    return Path("/usr/share/datasets")


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
