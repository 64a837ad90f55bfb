"""What goes over the line between two machines: JSON objects, a line each. Both ends check all of it.

The server says hello with its version and the number of the protocol. The client asks with a number of its own (`id`)
and what is to be done (`do`); each line of an answer repeats the number (`re`), and all but the last have `more`.
"""

from __future__ import annotations

import json
import re
from typing import Any

from lazytui.runs.run_folder import (
    AUTOENCODER_FILE,
    IMAGES_FILE,
    LABELS_FILE,
    OUTPUT_FILE,
    TRACEBACK_FILE,
    WEIGHTS_FILE,
)

PROTOCOL = 1

LONGEST_LINE = 8 << 20
LONGEST_CHUNK = 1 << 20
LARGEST_FILE = 1 << 30
MOST_RUNS = 100_000
"""Bytes: of a line; of a piece of a file; of a file. Runs of a workspace."""

EVENTS_FILE = "events.jsonl"
GROWING = frozenset({EVENTS_FILE, OUTPUT_FILE, TRACEBACK_FILE})
"""Files that only get longer: they are brought from where they ended."""
_WHOLE = {
    *("result.json", "arrays.safetensors", "report.html"),
    *(WEIGHTS_FILE, AUTOENCODER_FILE, LABELS_FILE, IMAGES_FILE),
}
_WEIGHTS_AT = re.compile(r"weights-at-\d{8}\.safetensors")
_RUN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+@=,-]{0,119}")


def is_served(file: str) -> bool:
    """Whether a file of a run may be asked for: one of those that show what it found, never a path."""
    return file in GROWING or file in _WHOLE or _WEIGHTS_AT.fullmatch(file) is not None


def is_run_name(name: str) -> bool:
    """Whether a folder of that name can be copied: no path, nothing hidden, nothing that isn't plain."""
    return _RUN.fullmatch(name) is not None


def as_line(message: dict[str, Any]) -> bytes:
    """A message as it is sent."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=True, default=str).encode() + b"\n"
