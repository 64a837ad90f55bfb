"""What long work says while it goes, and how it hears that it should stop: a run's report, or nobody's."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol


class Progress(Protocol):
    """Handed to the work. `lazytui.runs.progress_report.Report`, of a run folder, is one."""

    def progress(self, done: int, total: int, unit: str) -> None: ...

    def metrics(self, step: int, values: Mapping[str, float]) -> None: ...

    def note(self, text: str) -> None: ...

    def clock(self) -> float:
        """Seconds of work; only differences mean something."""
        ...

    def wait_while_paused(self, save: Callable[[], object] = ...) -> None: ...

    def must_stop(self) -> bool: ...


class SilentProgress:
    """Says nothing and never stops: for scripts and notebooks."""

    def progress(self, done: int, total: int, unit: str) -> None:
        pass

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def clock(self) -> float:
        return time.monotonic()

    def wait_while_paused(self, save: Callable[[], object] = lambda: None) -> None:
        pass

    def must_stop(self) -> bool:
        return False
