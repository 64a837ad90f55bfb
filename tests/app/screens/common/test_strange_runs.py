"""The whole app on a terminal, over a workspace in which pipes, devices and huge files lie where files belong."""

from __future__ import annotations

import re

import psutil
import pytest

from tests.app.terminal import app_on_terminal
from tests.commands import Lab, wait_until
from tests.files.test_reading import STRANGE
from tests.runs.test_strange_files import shipped

MOST_MEMORY = 2**30
DOWN = "\x1b[B"
KINDS = ("pipe", "link to a device", "huge")
FILES = ("status.json", "name", "result.json", "events.jsonl", "arrays.safetensors", "run.json")


def test_the_app_opens_lists_looks_and_ends(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped("lazy-strokes", lab.workspace / "a-good-one")
    for number, file in enumerate(FILES):
        for kind in KINDS:
            run = lab.workspace / f"bad-{number}-{KINDS.index(kind)}"
            shipped("lazy-strokes", run)
            (run / file).unlink(missing_ok=True)
            monkeypatch.chdir(run)
            STRANGE[kind](run / file)
    with app_on_terminal(lab) as shown:
        shown.wait_for("? Help")
        shown.type("9")
        shown.wait_for("bad-4-2", "method", "Filter")
        looked_at: set[str] = set()
        for _ in range(len(FILES) * len(KINDS)):
            shown.type("l")
            shown.wait_for("─ Log ─", "Esc: close")
            looked_at.update(re.findall(r"bad-\d-\d|a-good-one", shown.text))
            shown.type("\x1b")
            wait_until(lambda: not shown.shows("─ Log ─"))
            shown.type(DOWN)
        assert {"a-good-one", "bad-0-0", "bad-4-2"} <= looked_at
        most = psutil.Process(shown.process.pid).memory_info().rss
        assert shown.leave() == 0
    assert most < MOST_MEMORY
