"""What a weights file says about itself, read without torch and without reading the weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lazytui.errors import BadInput
from lazytui.files.reading import Unreadable, open_regular, parse_json, require_size
from lazytui.files.writing import reason

FORMAT = "1"
"""The version of our metadata; a file of another one is refused."""

LARGEST = 4 << 30
"""Bytes of a weights file."""

_KEY = "lazytui"


@dataclass(frozen=True)
class Header:
    """metadata: what `save_weights` was given, with "format" and "fingerprint"; empty for a file of another program.

    shapes: of every tensor, by its dotted name.
    """

    metadata: Mapping[str, str]
    shapes: Mapping[str, tuple[int, ...]]


def describe(path: Path) -> Header:
    """The header of a safetensors file. BadInput where it is missing, damaged, or something else."""
    from safetensors import SafetensorError, safe_open

    try:
        with open_regular(path, links=True) as regular:  # safe_open would wait for a pipe, and map whatever it finds
            require_size(regular, LARGEST)
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise BadInput(f"There are no weights at {path}.") from error
    except Unreadable as error:
        raise BadInput(f"{path} can't be read: {reason(error)}.") from error
    except (OSError, SafetensorError) as error:
        raise BadInput(
            f"{path} can't be read as safetensors: it is damaged, cut short, or another kind of file."
        ) from error
    return Header(_unpack(metadata, path), shapes)


def pack(metadata: Mapping[str, str]) -> dict[str, str]:
    """Metadata as a single entry: safetensors writes several in random order, and same weights should be same bytes."""
    return {_KEY: json.dumps({**metadata, "format": FORMAT}, sort_keys=True)}


def _unpack(metadata: Mapping[str, str], path: Path) -> dict[str, str]:
    if _KEY not in metadata:
        return {}
    try:
        entries = {str(key): str(value) for key, value in parse_json(metadata[_KEY]).items()}
    except (ValueError, AttributeError) as error:
        raise BadInput(f"The metadata of {path} is damaged.") from error
    if entries.get("format") != FORMAT:
        raise BadInput(f"{path} is of format {entries.get('format')!r}, and this lazytui reads format {FORMAT!r}.")
    return entries
