"""Another machine's workspace, kept up with: copies of its runs here, and a line by which the rest comes."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import platformdirs

from lazytui.diagnostics import describe_error
from lazytui.errors import BadInput, LazytuiError
from lazytui.files.reading import before_reading
from lazytui.remote.address import Address
from lazytui.remote.line import Line, LineLost
from lazytui.remote.messages import Reply
from lazytui.remote.mirror import LARGEST_COPIES, Mirror, content_of, limit_copies, mark_as_used, run_of
from lazytui.remote.protocol import EVENTS_FILE, GROWING, LARGEST_FILE, LONGEST_CHUNK, is_served
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

_log = logging.getLogger(__name__)

FOLLOW_SECONDS = 0.2
LOOK_SECONDS = 1.0
"""How often it is asked what came of the files that somebody follows, and what changed of all runs."""
_INTEREST_SECONDS = 5.0
"""How long a file is followed after it was read."""
_FIRST_PIECE, _QUICK = 1 << 16, 0.3
"""Bytes that are asked for at once at first; twice as many after a piece that came in less time (seconds) than this."""
_BROUGHT = LARGEST_COPIES // 16
"""Bytes that are brought between two looks at how much all copies take."""
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 10.0
"""Seconds until a lost line is tried again, doubled each time."""


class Host:
    """A `RunControl` of another machine.

    trouble: why nothing new comes just now, in a sentence; empty while all is well.
    """

    def __init__(
        self,
        address: Address,
        process: subprocess.Popen[bytes] | None = None,
        *,
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        """process: its ssh, where that was started already. changed: called in any thread when the copies have changed.

        Raises BadInput where there is no connection.
        """
        self.address = address
        self.trouble = ""
        self.mirror = Mirror((mirrors_folder() / address.folder_name).resolve(), address.text)
        self.workspace.title, self.workspace.is_elsewhere = address.text, True
        self._changed = changed
        self._lock = threading.RLock()
        self._followed: dict[tuple[str, str], float] = {}
        self._may_restore = False
        self._brought = 0
        self._over = threading.Event()
        self._wake = threading.Event()
        self._line: Line | None = None
        self._thread: threading.Thread | None = None
        self._connect(process)
        before_reading.append(self._before_reading)

    @property
    def workspace(self) -> Workspace:
        """The copies. What is done about them is done by this object."""
        return self.mirror.workspace

    def keep_up(self) -> None:
        """From now on a thread keeps the copies as they are over there, and comes back after the line was lost."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._keep_up, daemon=True, name=f"keeping up with {self.address.host}"
            )
            self._thread.start()

    def hang_up(self) -> None:
        """Let go of the line and of the thread."""
        self._over.set()
        self._wake.set()
        with suppress(ValueError):
            before_reading.remove(self._before_reading)
        if line := self._line:
            line.end()
        if self._thread:
            self._thread.join(timeout=5)
        if self._brought:
            limit_copies(mirrors_folder())
        with self._lock:
            if self._line:
                self._line.close()
                self._line = None

    def look(self) -> None:
        """Bring the copies up to date now."""
        self._take(self._ask("poll", all=True))

    # Doing something about a run

    def start(self, kind: str, values: Mapping[str, object]) -> RunFolder:
        return self._started("start", kind=kind, values=dict(values))

    def submit(self, kind: str, values: Mapping[str, object], engine: str, options: Sequence[str] = ()) -> RunFolder:
        return self._started("submit", kind=kind, values=dict(values), engine=engine, options=list(options))

    def _started(self, do: str, **request: Any) -> RunFolder:
        name = next((name for reply in self._do(do, **request) for name in reply.runs), "")
        run = self.workspace.run_at(name)
        if run is None:
            raise BadInput(f"{self.address.host} started a run that it doesn't list.")
        return run

    def stop(self, run: RunFolder) -> None:
        self._do("stop", run=run.id)

    def pause(self, run: RunFolder) -> None:
        self._do("pause", run=run.id)

    def resume(self, run: RunFolder) -> None:
        self._do("resume", run=run.id)

    def pause_or_resume(self, run: RunFolder) -> bool:
        return any(reply.goes_on for reply in self._do("pause or resume", run=run.id))

    def rename(self, run: RunFolder, name: str) -> None:
        self._do("rename", run=run.id, name=name)

    def remove(self, runs: Sequence[RunFolder], *, for_good: bool = False) -> None:
        self._may_restore |= not for_good
        self._do("remove", runs=[run.id for run in runs], for_good=for_good)

    def restore(self) -> list[RunFolder]:
        names = [name for reply in self._do("restore") for name in reply.runs]
        return [run for run in map(self.workspace.run_at, names) if run]

    def close(self) -> None:
        if self._may_restore:
            with suppress(LazytuiError):  # else they go a day later
                list(self._ask("close"))

    def _do(self, do: str, **more: Any) -> list[Reply]:
        done = list(self._ask(do, **more))
        self.look()
        return done

    # The line

    def _connect(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """Open the line, and bring the copies up to date. Raises LazytuiError."""
        with self._lock:
            process = process or self.address.start()
            stamps = self.mirror.stamps()  # while ssh is about it
            self._line = line = Line(self.address, process, {"do": "list", "known": stamps})
            try:
                self._take(line.answers())
            except LineLost:
                self._line = None
                raise

    def _ask(self, do: str, **more: Any) -> Generator[Reply]:
        """Raises LineLost at once where the line is known to be down."""
        self._require_line()
        with self._lock:
            line = self._require_line()
            try:
                yield from line.ask(do, **more)
            except LineLost:
                self._line = None
                self._wake.set()
                raise

    def _require_line(self) -> Line:
        if self._line is None:
            raise LineLost(self.trouble or f"There is no connection to {self.address.host} at the moment.")
        return self._line

    def _take(self, replies: Generator[Reply]) -> None:
        changed, trouble = False, ""
        with closing(replies):
            for reply in replies:
                for piece in reply.pieces:  # before the state that says that there are no more
                    if (piece.run, piece.file) in self._followed:
                        self.mirror.append(piece)
                for row in reply.rows:
                    self.mirror.take(row)
                for metrics in reply.metrics:
                    self.mirror.take_metrics(metrics)
                for name in reply.gone:
                    self.mirror.forget(name)
                changed |= bool(reply.rows or reply.metrics or reply.gone)
                trouble = f"{self.address.host}: {reply.trouble}" if reply.trouble else ""
        self.trouble = trouble
        if changed:
            self._changed()

    def _keep_up(self) -> None:
        wait, looked = _FIRST_WAIT, 0.0
        while not self._over.is_set():
            try:
                if self._line is None:
                    self._connect()
                due = time.monotonic() - looked >= LOOK_SECONDS
                if due or self._wanted():
                    self._take(self._ask("poll", all=due, follow=self._wanted()))
                looked = time.monotonic() if due else looked
                wait = _FIRST_WAIT
                self._pause(FOLLOW_SECONDS if self._wanted() else LOOK_SECONDS)
            except LazytuiError as error:
                self._say_trouble(str(error))
                self._over.wait(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
            except Exception as error:  # a mistake of ours must be seen, and not end the keeping up
                _log.exception("keeping up with %s", self.address.text)
                self._say_trouble(describe_error(error))
                self._over.wait(_LONGEST_WAIT)

    def _pause(self, seconds: float) -> None:
        if self._wake.wait(seconds):
            self._wake.clear()

    def _say_trouble(self, sentence: str) -> None:
        if not self._over.is_set():
            self.trouble = f"{sentence} Reconnecting; until then, the last known state is shown."
            self._changed()

    # Files

    def _wanted(self) -> list[tuple[str, str, int, int]]:
        """What the files that somebody reads have grown by: run, file, offset, bytes."""
        since = time.monotonic() - _INTEREST_SECONDS
        files = [which for which, when in dict(self._followed).items() if when > since]
        return [(run, file, self.mirror.offset(run, file), _FIRST_PIECE) for run, file in files]

    def _before_reading(self, path: Path) -> None:
        """Bring what is about to be read, where it is a file of a copy. Raises BadInput where it can't come."""
        file = path.name
        if threading.current_thread() is self._thread or not is_served(file):
            return
        run = run_of(path, self.mirror.path)
        if run is None or file not in self.mirror.files_of(run):
            return
        if file not in GROWING:
            if path.exists():
                mark_as_used(path)
            else:
                self._bring(run, file)
            return
        is_new = time.monotonic() - self._followed.get((run, file), 0.0) > _INTEREST_SECONDS
        self._followed[run, file] = time.monotonic()
        if is_new and file == EVENTS_FILE:
            with suppress(LazytuiError):  # what is here is shown, and why there is no more is said elsewhere
                more = True
                while more:
                    more = sum(map(self.mirror.append, self._pieces(run, file, LONGEST_CHUNK))) > 0
        elif is_new:
            self._wake.set()

    def _pieces(self, run: str, file: str, most: int) -> Iterator[Any]:
        for reply in self._ask("get", wanted=[(run, file, self.mirror.offset(run, file), most)]):
            yield from reply.pieces

    def _bring(self, run: str, file: str) -> None:
        with self._reported():
            self.mirror.write_whole(run, file, self._content(run, file))
        self._make_room(run, file)

    def _make_room(self, run: str, file: str) -> None:
        """Once in a while, since it takes a look at all copies."""
        self._brought += self.mirror.offset(run, file)
        if self._brought > _BROUGHT:
            self._brought = 0
            limit_copies(mirrors_folder())

    def bring_all(self, files: Sequence[tuple[str, str]]) -> None:
        """Bring small files of many runs by one question: those of the pairs of a run and a file that aren't here."""
        missing = [(run, file) for run, file in files if file in self.mirror.files_of(run)]
        missing = [(run, file) for run, file in missing if not (self.mirror.path / run / file).exists()]
        if not missing:
            return
        for reply in self._ask("get", wanted=[(run, file, 0, LONGEST_CHUNK) for run, file in missing]):
            for piece in reply.pieces:
                content = content_of(piece)
                if len(content) == piece.size and (piece.run, piece.file) in missing:
                    self.mirror.write_whole(piece.run, piece.file, iter([content]))
                    self._make_room(piece.run, piece.file)

    def _content(self, run: str, file: str) -> Iterator[bytes]:
        offset, most = 0, _FIRST_PIECE
        while True:
            began = time.monotonic()
            replies = list(self._ask("get", wanted=[(run, file, offset, most)]))
            pieces = [piece for reply in replies for piece in reply.pieces]
            if len(pieces) != 1 or (pieces[0].run, pieces[0].file, pieces[0].offset) != (run, file, offset):
                raise ValueError("it sent another file than was asked for")
            content, size = content_of(pieces[0]), pieces[0].size
            if size is None:
                raise BadInput(f"{self.address.host} doesn't have {file} of {run} any more.")
            if not content and offset < size:
                raise ValueError("it sent less than the whole file")
            yield content
            offset += len(content)
            if offset >= size:
                return
            if offset > LARGEST_FILE:
                raise BadInput(f"{file} of {run} is too large to be copied from {self.address.host}.")
            if time.monotonic() - began < _QUICK:
                most = min(2 * most, LONGEST_CHUNK)

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise BadInput(f"{self.address.host} sends a damaged file.") from error


def mirrors_folder() -> Path:
    """Where the copies of other machines' runs are; it may be deleted at any time."""
    cache = os.environ.get("LAZYTUI_CACHE")
    return (Path(cache).expanduser() if cache else platformdirs.user_cache_path("lazytui")) / "at"
