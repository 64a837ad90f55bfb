"""Removed runs, kept for a while so that a removal can be undone: in a hidden folder of the workspace."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from lazytui.errors import UsageError
from lazytui.files.trees import remove_tree
from lazytui.files.writing import storage_errors
from lazytui.runs.run_folder import RECORD_FILE, RunFolder
from lazytui.runs.workspace import Workspace

FOLDER = ".trash"
KEPT_SECONDS = 86_400.0
"""How long it is kept where the app that removed it didn't come to empty it."""


class Trash:
    """What was removed here, the last removal last. A run goes in and comes back whole, by a renaming."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._folder = workspace.path / FOLDER
        self._removals: list[list[tuple[Path, RunFolder]]] = []

    def remove(self, runs: Sequence[RunFolder]) -> None:
        """Put runs into the trash, all or none of them. Raises UsageError for one that can't be removed."""
        for run in runs:
            self._workspace.require_removable(run)
        if self._folder.is_symlink():
            raise UsageError(f"{self._folder} is a link to elsewhere, so nothing is moved into it.")
        moved: list[tuple[Path, RunFolder]] = []
        with storage_errors(self._folder):
            self._folder.mkdir(exist_ok=True)
            try:
                for run in runs:
                    kept = self._folder / f"{run.id}.{time.time_ns()}"
                    run.path.rename(kept)
                    moved.append((kept, run))
                    os.utime(kept)
            except OSError:
                for kept, run in moved:
                    kept.rename(run.path)
                raise
        self._removals.append(moved)

    def restore(self) -> list[RunFolder]:
        """Bring back what was removed last; nothing where nothing was. Raises UsageError where its place is taken."""
        if not self._removals:
            return []
        removal = self._removals[-1]
        for kept, run in removal:
            if run.path.exists():
                raise UsageError(f"{run.path} exists again, so {run.id} can't be restored.")
            self._workspace.require_free_name(RunFolder(kept, ""))
        restored = []
        while removal:
            kept, run = removal[-1]
            with storage_errors(run.path):
                kept.rename(run.path)
            restored.append(removal.pop()[1])
        self._removals.pop()
        return restored

    def empty(self) -> None:
        """Delete for good what was removed here, and what others removed a day ago."""
        mine = [kept for removal in self._removals for kept, _ in removal]
        self._removals.clear()
        for kept in {*mine, *self._old()}:
            with suppress(OSError):  # another process may be about it
                remove_tree(kept, last=RECORD_FILE)
        with suppress(OSError):  # it isn't there, or others have something in it
            self._folder.rmdir()

    def _old(self) -> list[Path]:
        """Runs that are in the trash for longer than a day; nothing else that may lie there."""
        if self._folder.is_symlink():
            return []
        with suppress(OSError), os.scandir(self._folder) as entries:
            return [
                Path(entry.path)
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and (Path(entry.path) / RECORD_FILE).is_file()
                and time.time() - entry.stat(follow_symlinks=False).st_mtime > KEPT_SECONDS
            ]
        return []
