"""What can be done about runs, wherever they are: here, or on another machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from lazytui.runs.run_folder import RunFolder


class RunControl(Protocol):
    """Each raises LazytuiError, in a sentence, where it can't be done."""

    def start(self, kind: str, values: Mapping[str, object]) -> RunFolder:
        """Start a run that goes on by itself. values: of its Params, as far as they were given."""
        ...

    def submit(self, kind: str, values: Mapping[str, object], engine: str, options: Sequence[str] = ()) -> RunFolder:
        """The same as a job of an engine. options: of the engine, `NAME=VALUE` each."""
        ...

    def stop(self, run: RunFolder) -> None:
        """Ask a going run to save and stop."""
        ...

    def pause(self, run: RunFolder) -> None:
        """Ask a going run to save and wait."""
        ...

    def resume(self, run: RunFolder) -> None:
        """Wake a paused run, or go on with one that ended early."""
        ...

    def pause_or_resume(self, run: RunFolder) -> bool:
        """Whichever applies; True where the run goes on."""
        ...

    def rename(self, run: RunFolder, name: str) -> None: ...

    def remove(self, runs: Sequence[RunFolder], *, for_good: bool = False) -> None:
        """Remove all of them or none. for_good: so that it can't be undone."""
        ...

    def restore(self) -> Sequence[RunFolder]:
        """Bring back what was removed last; nothing where nothing was."""
        ...

    def close(self) -> None:
        """Nothing is going to be undone any more."""
        ...
