"""A mistake of ours that ends the app: one sentence on the terminal, and a traceback in the workspace."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from lazytui.app.shell.app import LazytuiApp
from lazytui.runs.workspace import Workspace
from tests.app.pilot import drive


async def fail(pilot: Pilot[Any]) -> None:
    pilot.app.call_later(lambda: {}["x"])
    await pilot.pause()


def test_a_mistake_that_ends_the_app_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = LazytuiApp(Workspace(tmp_path))
    with pytest.raises(KeyError):  # Textual's pilot raises what ended the app
        drive(app, fail)
    (kept,) = (tmp_path / "errors").iterdir()
    assert app.return_code == 1
    said = " ".join(capsys.readouterr().err.split())
    assert re.fullmatch(r"lazytui: Internal error \(KeyError: 'x'\); traceback in \S+(-KeyError\.txt)?.*", said), said
    assert "KeyError: 'x'" in kept.read_text()


def test_while_debugging_the_traceback_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZYTUI_DEBUG", "1")
    with pytest.raises(KeyError):
        drive(LazytuiApp(Workspace(tmp_path)), fail)
    assert not (tmp_path / "errors").exists() and "Traceback" in capsys.readouterr().err
