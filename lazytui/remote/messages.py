"""What a server may say, as types: the client refuses whatever isn't of these."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lazytui.errors import shorten
from lazytui.plain_text import plain_text
from lazytui.remote.protocol import LARGEST_FILE, LONGEST_LINE, MOST_RUNS, is_run_name, is_served
from lazytui.runs.status import Progress, State
from lazytui.runs.ticket import Ticket


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
