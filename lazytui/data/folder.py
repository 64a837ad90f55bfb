"""Where data sets and what is made of them are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """LAZYTUI_DATA, else the platform's cache folder for lazytui."""
    chosen = os.environ.get("LAZYTUI_DATA")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("lazytui")
