"""Watching a workspace: its runs as they are now; only those whose folders changed are read again."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lazytui.errors import BadInput
from lazytui.files.trees import size_of_tree
from lazytui.files.writing import reason
from lazytui.runs.formatting import accuracies_text, age_text, state_word
from lazytui.runs.results.saved_result import read_metrics
from lazytui.runs.run_folder import RunFolder, RunRecord
from lazytui.runs.status import ACTIVE, Status
from lazytui.runs.ticket import Ticket
from lazytui.runs.workspace import Workspace, shipped_runs

CHECKED_AT_ONCE = 100
"""Folders of ended runs that a look checks; where there are more, the next look checks the next."""
COARSEST_SECONDS = 2.0
"""The steps in which some file systems count the times of folders."""


@dataclass(frozen=True)
class RunLine:
    """One run as a list shows it. metrics: of its result; empty before there is one. ticket: of one that is queued.

    record: None where it can't be read; damage then says why, in a sentence.
    """

    run: RunFolder
    record: RunRecord | None
    name: str | None
    status: Status
    metrics: dict[str, float | None]
    damage: str = ""
    ticket: Ticket | None = None

    @property
    def kind(self) -> str:
        return self.record.kind if self.record else "?"

    @property
    def created(self) -> float:
        """Seconds since the epoch; 0 for a damaged run."""
        return self.record.created if self.record else 0.0

    @property
    def seed(self) -> int | None:
        seed = self.record.params.get("seed") if self.record else None
        return seed if isinstance(seed, int) else None

    @property
    def is_active(self) -> bool:
        return self.status.state in ACTIVE

    @property
    def state(self) -> str:
        """In a word or two."""
        return "damaged" if self.damage else state_word(self.status, self.ticket)

    @property
    def description(self) -> str:
        """How it differs from others: `mine · seed 1 · easy 98.4%, hard 97.0% · 3 min`; its state if it isn't done."""
        state = "" if self.state == "done" else self.state
        seed = "" if self.seed is None else f"seed {self.seed}"
        return " · ".join(filter(None, (self.name, state, seed, accuracies_text(self.metrics), age_text(self.created))))


def run_line(run: RunFolder) -> RunLine:
    """The run as it is now."""
    try:
        record, damage = run.record, ""
    except BadInput as error:
        record, damage = None, str(error)
    status = run.status
    ticket = run.ticket if status.state == "queued" else None
    metrics = status.elsewhere.metrics if status.elsewhere else read_metrics(run.path)
    return RunLine(run, record, run.name, status, metrics, damage, ticket)


def size_of_run(line: RunLine) -> int:
    """Bytes of its folder, of a copy of that which it is of."""
    return line.status.elsewhere.size if line.status.elsewhere else size_of_tree(line.run.path)


@cache
def shipped_lines() -> tuple[RunLine, ...]:
    """Of the runs that the package ships, which don't change."""
    return tuple(map(run_line, shipped_runs()))


def oldest_first(line: RunLine) -> tuple[float, str]:
    """A key to sort by; damaged runs come first, where they do no harm."""
    return line.created, line.run.id


def find_line(lines: Sequence[RunLine], reference: str) -> RunLine | None:
    """The run among them that a person means, as `Workspace.find` understands them; None where it is none or several.

    lines: oldest first.
    """
    if reference == "latest":
        own = [line for line in lines if not (line.record and line.record.started_by)]
        return next(reversed(own or lines), None)
    for matches in (
        [line for line in lines if reference == line.run.reference],
        [line for line in lines if reference == line.name],
        [line for line in lines if line.run.id.startswith(reference) or line.run.id.endswith("-" + reference)],
    ):
        if matches:
            return matches[0] if len(matches) == 1 else None
    return None


class FolderWatch:
    """Detects by the times of a folder whether a file in it was made, replaced or removed since it was asked before."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._stamp = (0, 0, 0)
        self._settles = 0.0

    def has_changed(self) -> bool:
        """True also for a folder that can't be looked at, and once more when one that changed has settled: until then
        its times may not show all that happens in it.
        """
        try:
            info = os.stat(self._path)  # noqa: PTH116 - takes half as long as that of a Path
        except OSError:
            self.forget()
            return True
        stamp = (info.st_ino, info.st_mtime_ns, info.st_ctime_ns)
        if stamp != self._stamp:
            young = any(self._stamp) or abs(time.time() - max(info.st_mtime, info.st_ctime)) < COARSEST_SECONDS
            self._settles = time.monotonic() + COARSEST_SECONDS if young else 0.0
            self._stamp = stamp
            return True
        if self._settles and time.monotonic() >= self._settles:
            self._settles = 0.0
            return True
        return False

    def forget(self) -> None:
        """Let the next answer be that it changed."""
        self._stamp = (0, 0, 0)


class WorkspaceWatch:
    """Looks at the runs of a workspace again and again, at a cost that hardly depends on how many have ended.

    A look finds out which folders came and went, reads the runs that go on, and checks the others, in turn where they
    are very many.
    trouble: why the last look found nothing, in a sentence, where that isn't because nothing is there yet.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.trouble = ""
        self._workspace = workspace
        self._folder = FolderWatch(workspace.path)
        self._was_there = False
        self._folders: dict[str, FolderWatch] = {}
        self._line_by_name: dict[str, RunLine] = {}
        self._lines: tuple[RunLine, ...] = ()
        self._going: list[str] = []
        self._turns = self._in_turn()

    def refresh(self) -> tuple[RunLine, ...]:
        """The runs as they are now, oldest first: the same tuple where none changed, else the same lines for others."""
        came, went = self._came_and_went()
        changed = [name for name in {*next(self._turns), *came} if self._folders[name].has_changed()]
        due = {*changed, *self._going} & self._folders.keys()
        if [name for name in due if self._read(name)] or went:
            self._lines = tuple(sorted(self._line_by_name.values(), key=oldest_first))
            self._going = [line.run.id for line in self._lines if line.is_active]
        return self._lines

    def _came_and_went(self) -> tuple[set[str], set[str]]:
        """The names of folders that are new, and of runs that aren't there any more."""
        if not self._folder.has_changed():
            return set(), set()
        try:
            names = set(self._workspace.folder_names())
        except OSError as error:
            names = set()
            self._folder.forget()
            self.trouble = self._describe(error)
        else:
            self.trouble, self._was_there = "", True
        came, went = names - self._folders.keys(), self._folders.keys() - names
        self._folders |= {name: FolderWatch(self._workspace.path / name) for name in came}
        for name in went:
            del self._folders[name]
        return came, {name for name in went if self._line_by_name.pop(name, None)}

    def _describe(self, error: OSError) -> str:
        path = self._workspace.path
        if isinstance(error, FileNotFoundError):
            missing = f"The workspace {path} is gone; its runs reappear when it is back."
            return missing if self._was_there else ""
        return f"The workspace {path} can't be read: {reason(error)}."

    def _in_turn(self) -> Iterator[list[str]]:
        """The folders to check, look after look; one of them is read again in any case.

        For a file that an editor writes in place doesn't change its folder.
        """
        while True:
            names = list(self._folders)
            for start in range(0, max(len(names), 1), CHECKED_AT_ONCE):
                turn = [name for name in names[start : start + CHECKED_AT_ONCE] if name in self._folders]
                if turn:
                    self._folders[random.choice(turn)].forget()
                yield turn

    def _read(self, name: str) -> bool:
        """Bring the line of a run up to date; whether it is another one now."""
        run = self._workspace.run_at(name)
        before, now = self._line_by_name.get(name), run_line(run) if run else None
        if now == before:
            return False
        if now:
            self._line_by_name[name] = now
        else:
            del self._line_by_name[name]
        return True
