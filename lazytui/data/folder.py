"""Where data sets and what is made of them are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from lazytui.errors import BadInput
from lazytui.files import given_path


def data_folder() -> Path:
    """LAZYTUI_DATA, else the platform's cache folder for lazytui."""
    chosen = os.environ.get("LAZYTUI_DATA")
    if not chosen:
        return platformdirs.user_cache_path("lazytui")
    try:
        return given_path(chosen).expanduser()
    except RuntimeError as error:  # the home of a user that there isn't
        raise BadInput(f"LAZYTUI_DATA is {chosen}, and there is no such user.") from error
