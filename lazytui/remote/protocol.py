"""What goes over the line between two machines: JSON objects, a line each. Both ends check all of it.

The server says hello with its version and the number of the protocol. The client asks with a number of its own (`id`)
and what is to be done (`do`); each line of an answer repeats the number (`re`), and all but the last have `more`.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lazytui.errors import shorten
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import (
    AUTOENCODER_FILE,
    IMAGES_FILE,
    LABELS_FILE,
    OUTPUT_FILE,
    TRACEBACK_FILE,
    WEIGHTS_FILE,
)
from lazytui.runs.status import Progress, State
from lazytui.runs.ticket import Ticket

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


def _run_name(name: str) -> str:
    if not is_run_name(name):
        raise ValueError("it isn't the name of a run")
    return name


def _served(file: str) -> str:
    if not is_served(file):
        raise ValueError("it isn't a file that is served")
    return file


def _clean(sentence: str) -> str:
    return shorten(plain_text(sentence))


RunName = Annotated[str, AfterValidator(_run_name)]
FileName = Annotated[str, Field(max_length=100), AfterValidator(_served)]
Sentence = Annotated[str, Field(max_length=100_000), AfterValidator(_clean)]
_Stamp = Annotated[str, Field(max_length=40, pattern=r"^[0-9a-f]*$")]
_Time = Annotated[float, Field(ge=0, lt=2**37)]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class Hello(_Message):
    """The server's first line. lazytui: its version. workspace: the folder that it shows."""

    lazytui: Sentence
    protocol: int
    workspace: Sentence = ""


class Row(_Message):
    """One run as it is over there. record: left out where it is known already; damage says why it can't be read.

    pausing: whether it was asked to pause. size, files, files_stamp: as in `Elsewhere`. ticket: in whose queue it is.
    """

    run: RunName
    stamp: _Stamp
    record: dict[str, Any] | None = None
    damage: Sentence = ""
    name: Annotated[str, Field(max_length=100)] | None = None
    state: State
    started: _Time | None = None
    ended: _Time | None = None
    progress: Progress | None = None
    error: Sentence | None = None
    pausing: bool = False
    size: int = Field(0, ge=0, lt=2**63)
    files: Annotated[tuple[FileName, ...], Field(max_length=1000)] = ()
    files_stamp: _Stamp = ""
    ticket: Ticket | None = None


class MetricsRow(_Message):
    """The metrics of a run's result."""

    run: RunName
    metrics: Annotated[dict[Annotated[str, Field(max_length=400)], float | None], Field(max_length=5000)]
    stamp: _Stamp


class Piece(_Message):
    """A piece of a file: text where it is some, else base64. size: of the whole file; None where there is none."""

    run: RunName
    file: FileName
    offset: int = Field(ge=0, le=LARGEST_FILE)
    size: int | None = Field(None, ge=0, lt=2**63)
    text: Annotated[str, Field(max_length=LONGEST_LINE)] | None = None
    base64: Annotated[str, Field(max_length=LONGEST_LINE)] | None = None


class Reply(_Message):
    """A line of an answer. error, code: why it wasn't done. trouble: why the workspace can't be looked into for now."""

    re: int
    more: bool = False
    error: Sentence = ""
    code: int = Field(1, ge=1, le=255)
    trouble: Sentence = ""
    rows: Annotated[tuple[Row, ...], Field(max_length=MOST_RUNS)] = ()
    metrics: Annotated[tuple[MetricsRow, ...], Field(max_length=MOST_RUNS)] = ()
    gone: Annotated[tuple[RunName, ...], Field(max_length=MOST_RUNS)] = ()
    pieces: Annotated[tuple[Piece, ...], Field(max_length=1000)] = ()
    runs: Annotated[tuple[RunName, ...], Field(max_length=MOST_RUNS)] = ()
    goes_on: bool = False


def as_line(message: dict[str, Any]) -> bytes:
    """A message as it is sent."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=True, default=str).encode() + b"\n"
