"""A person's own files of settings, which need not be there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lazytui.errors import BadInput
from lazytui.files.reading import read_toml
from lazytui.files.writing import reason

_LARGEST = 100_000


def read_own_settings(file: Path) -> dict[str, Any]:
    """What a TOML file says; nothing where there is none. Raises BadInput where it can't be read."""
    try:
        return read_toml(file, _LARGEST)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BadInput(f"{file} can't be read: {reason(error) if isinstance(error, OSError) else error}.") from error
