"""Long texts that users read: metric explanations, introductions and notes, as prose in `assets/texts.toml`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping

from lazytui.files.package_data import package_folder


def long_text(group: str, name: str) -> str:
    """A text by the group it is in, such as `notes`, and its name."""
    return long_texts(group)[name]


def long_texts(group: str) -> Mapping[str, str]:
    """All texts of a group by name."""
    return _all_texts()[group]


@functools.cache
def _all_texts() -> dict[str, dict[str, str]]:
    """Read when the first is asked for, not at the start."""
    with (package_folder("assets") / "texts.toml").open("rb") as file:
        return tomllib.load(file)
