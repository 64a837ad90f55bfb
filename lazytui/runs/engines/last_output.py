"""The last words of a job, for a sentence on why it never began."""

from __future__ import annotations

from lazytui.errors import shorten
from lazytui.files.reading import open_regular
from lazytui.plain_text import plain_text
from lazytui.runs.run_folder import OUTPUT_FILE, RunFolder

_TAIL = 2000


def last_output(run: RunFolder) -> str:
    """The last line that isn't empty of a run's output.log; nothing where there is none."""
    try:
        with open_regular(run.path / OUTPUT_FILE) as file:
            file.seek(max(file.seek(0, 2) - _TAIL, 0))
            lines = file.read(_TAIL).decode(errors="replace").split("\n")
    except OSError:
        return ""
    return shorten(plain_text(next((line.strip() for line in reversed(lines) if line.strip()), "")))
