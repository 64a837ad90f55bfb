"""The server of a workspace: answers, a JSON object a line, until nobody asks any more. It listens to no network."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, BinaryIO

from lazytui import __version__
from lazytui.diagnostics import report_internal_error
from lazytui.errors import BadInput, LazytuiError, UsageError
from lazytui.files.reading import open_regular, parse_json
from lazytui.files.writing import reason
from lazytui.remote.protocol import LARGEST_FILE, LONGEST_CHUNK, LONGEST_LINE, PROTOCOL, as_line, is_run_name, is_served
from lazytui.remote.rows import row_of, stamp_of, without_record
from lazytui.runs.results.saved_result import read_metrics
from lazytui.runs.run_control import RunControl
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.status import ACTIVE
from lazytui.runs.workspace import Workspace
from lazytui.runs.workspace_watch import FolderWatch

_ROWS_AT_ONCE = 50
Answer = dict[str, Any]


def serve(requests: BinaryIO, replies: BinaryIO, workspace: Workspace, control: Callable[[], RunControl]) -> None:
    """Say hello, then answer each request; ends when the requests do, or with one that is no line of reasonable length.

    control: makes what does something about runs, once that is asked for: it takes a second to load.
    """
    server = _Server(workspace, control)
    _send(replies, {"lazytui": __version__, "protocol": PROTOCOL, "workspace": str(workspace.path.absolute())})
    while (line := requests.readline(LONGEST_LINE)).endswith(b"\n"):
        with suppress(BrokenPipeError):
            for message in server.answer(line):
                _send(replies, message)


def _send(replies: BinaryIO, message: Answer) -> None:
    replies.write(as_line(message))
    replies.flush()


class _Server:
    def __init__(self, workspace: Workspace, control: Callable[[], RunControl]) -> None:
        self._workspace = workspace
        self._make_control = control
        self._folders: dict[str, FolderWatch] = {}
        self._going: set[str] = set()
        self._sent: dict[str, tuple[str, str]] = {}
        self._knows_record: dict[str, str] = {}
        self._does: Mapping[str, Callable[[Answer], Iterator[Answer]]] = {
            "list": self._list,
            "poll": self._poll,
            "get": self._get,
            "start": self._start,
            "submit": self._submit,
            **dict.fromkeys(("stop", "pause", "resume", "rename"), self._act),
            "pause or resume": self._pause_or_resume,
            "remove": self._remove,
            "restore": self._restore,
            "close": self._close,
        }

    @cached_property
    def _control(self) -> RunControl:
        return self._make_control()

    def answer(self, line: bytes) -> Iterator[Answer]:
        """The lines of the answer to one request; what can't be done is the last of them."""
        number = -1
        try:
            request = parse_json(line)
            if not isinstance(request, dict) or not isinstance(request.get("id"), int):
                raise UsageError("A request is a JSON object with a number, its id.")
            number = request["id"]
            doing = self._does.get(_text(request, "do"))
            if doing is None:
                raise UsageError(f"There is no request {_text(request, 'do')!r:.100}.")
            last: Answer = {}
            for part in doing(request):
                if last:
                    yield {"re": number, "more": True, **last}
                last = part
            yield {"re": number, **last}
        except LazytuiError as error:
            yield {"re": number, "error": str(error), "code": error.exit_code}
        except OSError as error:
            yield {"re": number, "error": f"{error.filename or 'a file'}: {reason(error)}.", "code": 3}
        except ValueError:
            yield {"re": number, "error": "A request is a JSON object in a line.", "code": 2}
        except Exception as error:  # a mistake of ours, which must not end the line
            yield {"re": number, "error": report_internal_error(error, self._workspace.path), "code": 1}

    # What there is

    def _list(self, request: Answer) -> Iterator[Answer]:
        """All runs but those whose stamp is known (`known`: a stamp, and that of the metrics, by run); newest first."""
        self._sent = {
            name: (str(both[0]), str(both[1])) for name, both in _dict(request, "known").items() if _pair(both)
        }
        try:
            there = set(filter(is_run_name, self._workspace.folder_names()))
        except FileNotFoundError as error:
            raise BadInput(f"There is no workspace {self._workspace.path.absolute()}.") from error
        rows = []
        for name in sorted(there, reverse=True):
            run = self._own(name)
            if run is None:
                there.discard(name)
            elif row := self._news(run):
                rows.append(row)
            if len(rows) >= _ROWS_AT_ONCE:
                yield {"rows": rows}
                rows = []
        yield {"rows": rows, "gone": self._forget_but(there)}

    def _poll(self, request: Answer) -> Iterator[Answer]:
        """Pieces of files that are followed (`follow`), and, if asked for (`all`), what changed of the runs."""
        last: Answer = {}
        if request.get("all"):
            try:
                there = set(filter(is_run_name, self._workspace.folder_names()))
            except OSError as error:
                last = {"trouble": f"The workspace {self._workspace.path} can't be read: {reason(error)}."}
            else:
                yield from self._changes(there)
                last = {"gone": self._forget_but(there)}
        # Read after the states: of a run that is said to be done, the last events are among these pieces.
        yield {**last, "pieces": [self._piece(*piece) for piece in _wanted(request, "follow")]}

    def _changes(self, names: set[str]) -> Iterator[Answer]:
        """Of the runs whose folders changed, and of those that go on."""
        self._folders = {name: self._folders.get(name) or FolderWatch(self._workspace.path / name) for name in names}
        rows, metrics = [], []
        for name in sorted(names, reverse=True):
            if not self._folders[name].has_changed() and name not in self._going:
                continue
            run = self._own(name)
            if run is None:
                names.discard(name)
                continue
            if row := self._news(run):
                rows.append(row)
            if news := self._news_of_metrics(run):
                metrics.append(news)
            if len(rows) + len(metrics) >= _ROWS_AT_ONCE:
                yield {"rows": rows, "metrics": metrics}
                rows, metrics = [], []
        yield {"rows": rows, "metrics": metrics}

    def _forget_but(self, there: set[str]) -> list[str]:
        """The runs that the client knows and that aren't there any more."""
        gone = [name for name in self._sent if name not in there]
        for name in gone:
            del self._sent[name]
            self._knows_record.pop(name, None)
        return gone

    def _news(self, run: RunFolder) -> Answer | None:
        """The row of a run where that isn't known as it is; its record only where that isn't."""
        row, record = row_of(run)
        (self._going.add if row["state"] in ACTIVE else self._going.discard)(run.id)
        sent_stamp, metrics_stamp = self._sent.get(run.id, ("", ""))
        if row["stamp"] == sent_stamp:
            return None
        self._sent[run.id] = row["stamp"], metrics_stamp
        if self._knows_record.get(run.id) == record:
            return without_record(row)
        self._knows_record[run.id] = record
        return row

    def _news_of_metrics(self, run: RunFolder) -> Answer | None:
        metrics = read_metrics(run.path)
        stamp = stamp_of(metrics) if metrics else ""
        row_stamp, sent_stamp = self._sent.get(run.id, ("", ""))
        if stamp == sent_stamp:
            return None
        self._sent[run.id] = row_stamp, stamp
        return {"run": run.id, "metrics": metrics, "stamp": stamp}

    # Files

    def _get(self, request: Answer) -> Iterator[Answer]:
        for piece in _wanted(request, "wanted"):
            yield {"pieces": [self._piece(*piece)]}

    def _piece(self, name: str, file: str, offset: int, most: int) -> Answer:
        """Of a file of a run from a place on; its size is None where it isn't there or is none that is served."""
        piece: Answer = {"run": name, "file": file, "offset": offset, "size": None}
        run = self._own(name)
        if run is None or not is_served(file):
            raise BadInput(f"There is no file {file!r:.100} of a run {name!r:.100}.")
        with suppress(FileNotFoundError), open_regular(run.path / file) as opened:
            piece["size"] = opened.seek(0, 2)
            opened.seek(offset)
            content = opened.read(min(most, LONGEST_CHUNK))
            try:
                piece["text"] = content.decode()
            except UnicodeDecodeError:
                piece["base64"] = base64.b64encode(content).decode()
        return piece

    # What is done

    def _start(self, request: Answer) -> Iterator[Answer]:
        yield {"runs": [self._control.start(_text(request, "kind"), _dict(request, "values")).id]}

    def _submit(self, request: Answer) -> Iterator[Answer]:
        options = request.get("options")
        option_texts = [option for option in options if isinstance(option, str)] if isinstance(options, list) else []
        run = self._control.submit(
            _text(request, "kind"), _dict(request, "values"), _text(request, "engine"), option_texts
        )
        yield {"runs": [run.id]}

    def _pause_or_resume(self, request: Answer) -> Iterator[Answer]:
        yield {"goes_on": self._control.pause_or_resume(self._run(request))}

    def _remove(self, request: Answer) -> Iterator[Answer]:
        names = request.get("runs")
        if not isinstance(names, list):
            raise UsageError("A request to remove runs names none.")
        runs = [self._run({"run": name}) for name in names]
        self._control.remove(runs, for_good=request.get("for_good") is True)
        yield {}

    def _act(self, request: Answer) -> Iterator[Answer]:
        run = self._run(request)
        match request["do"]:
            case "stop":
                self._control.stop(run)
            case "pause":
                self._control.pause(run)
            case "resume":
                self._control.resume(run)
            case "rename":
                self._control.rename(run, _text(request, "name"))
        yield {}

    def _restore(self, _request: Answer) -> Iterator[Answer]:
        yield {"runs": [run.id for run in self._control.restore()]}

    def _close(self, _request: Answer) -> Iterator[Answer]:
        self._control.close()
        yield {}

    def _run(self, request: Answer) -> RunFolder:
        name = _text(request, "run")
        run = self._own(name)
        if run is None:
            raise BadInput(f"There is no run {name!r:.150}.")
        return run

    def _own(self, name: str) -> RunFolder | None:
        """The run of that name; None for a path, for a link to elsewhere, and where there is none."""
        run = self._workspace.run_at(name) if is_run_name(name) else None
        return None if run is None or run.path.is_symlink() else run


def _text(request: Answer, name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str):
        raise UsageError(f"A request lacks {name!r}.")
    return value


def _dict(request: Answer, name: str) -> dict[str, Any]:
    value = request.get(name)
    return value if isinstance(value, dict) else {}


def _pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2


def _wanted(request: Answer, name: str) -> Iterator[tuple[str, str, int, int]]:
    """Run, file, offset and most bytes of each piece that is wanted."""
    pieces = request.get(name, [])
    for one in pieces if isinstance(pieces, list) else []:
        match one:
            case [str(run), str(file), int(offset), int(most)] if 0 <= offset <= LARGEST_FILE and most > 0:
                yield run, file, offset, most
            case _:
                raise UsageError("A request for a piece of a file names run, file, offset and bytes.")
