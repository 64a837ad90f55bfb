"""Where data sets and what is made of them are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from lazytui.errors import BadInput
from lazytui.files.writing import parse_path


def data_folder() -> Path:
    """Of data sets: LAZYTUI_DATA, else the platform's cache folder for lazytui."""
    return _folder_from("LAZYTUI_DATA") or platformdirs.user_cache_path("lazytui")


def image_folder() -> Path:
    """Of images that are drawn and painted here: LAZYTUI_CACHE, else `images` in the platform's cache folder.

    Never beside data sets that LAZYTUI_DATA names: these may be shared, and are only read.
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
