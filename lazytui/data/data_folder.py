"""Where data sets and what is made of them are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from lazytui.errors import BadInput
from lazytui.files.writing import parse_path


def data_folder() -> Path:
    """Of data sets: LAZYTUI_DATA, else the platform's cache folder for lazytui."""
    return _named_by("LAZYTUI_DATA") or platformdirs.user_cache_path("lazytui")


def image_folder() -> Path:
    """Of images that are drawn and painted here: LAZYTUI_CACHE, else `images` in the platform's cache folder.

    Never beside data sets that LAZYTUI_DATA names: these may be shared, and are only read.
    """
    return _named_by("LAZYTUI_CACHE") or platformdirs.user_cache_path("lazytui") / "images"


def _named_by(variable: str) -> Path | None:
    chosen = os.environ.get(variable)
    if not chosen:
        return None
    try:
        return parse_path(chosen).expanduser()
    except RuntimeError as error:  # the home of a user that there isn't
        raise BadInput(f"{variable} is {chosen}, and there is no such user.") from error
