"""The log of a run over any screen: why it failed, where there is one the traceback, and what it printed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from lazytui.app.shell.popups.box import Box
from lazytui.app.workers.polling_pace import POLL_SECONDS
from lazytui.app.workers.run_follower import keep_looking
from lazytui.app.workers.worker_errors import ReportsFailures
from lazytui.files.reading import open_regular
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import state_word
from lazytui.runs.human_names import name_of_run
from lazytui.runs.run_folder import OUTPUT_FILE, TRACEBACK_FILE, RunFolder

NOTHING = "No log: only background runs write one."
_MOST = 64_000
"""Bytes of each file that are shown, from its end."""


def log_text(run: RunFolder) -> Content:
    """What there is to be read of a run now."""
    status = run.status
    parts = [
        Content.assemble(
            (f"{name_of_run(run)}: {state_word(status)}", "bold"), (f"  {plain_text(run.id)}", "$text-muted")
        )
    ]
    if status.error:
        parts.append(Content.styled(plain_text(status.error), "$text-error"))
    outputs = [output for file in (TRACEBACK_FILE, OUTPUT_FILE) if (output := _last_lines(run.path / file))]
    return Content("\n\n").join([*parts, *map(Content, outputs or [NOTHING])])


class Log(ReportsFailures, Box):
    """Follows the log while it is open, at its end until somebody scrolls up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "dismiss(None)", "Close", show=False, id="log"),
    ]
    title_of_box = "Log"

    def __init__(self, run: RunFolder) -> None:
        super().__init__()
        self._run = run

    def content(self) -> ComposeResult:
        yield Static(log_text(self._run), markup=False)

    def on_mount(self) -> None:
        self.scroll.anchor()
        self._follow()

    @work(thread=True, exit_on_error=False)
    def _follow(self) -> None:
        worker = get_current_worker()
        shown = Content("")

        def look() -> None:
            nonlocal shown
            now = log_text(self._run)
            if now != shown:
                shown = now
                self.app.call_from_thread(self._show, now)

        keep_looking(look, lambda: worker.is_cancelled, lambda: time.sleep(POLL_SECONDS))

    def _show(self, now: Content) -> None:
        for label in self.query(Static):
            label.update(now)


def _last_lines(path: Path) -> str:
    """The last lines of a file that may be anything, or nothing where it can't be read."""
    try:
        with open_regular(path) as file:
            length = file.seek(0, os.SEEK_END)
            file.seek(max(length - _MOST, 0))
            text = file.read(_MOST).decode(errors="replace")
    except OSError:
        return ""
    whole = text if length <= _MOST else f"…\n{text.partition(chr(10))[2]}"
    return plain_text(whole, newlines=True).strip()
