"""The examples of docs/library.md, in their order and in one session."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.commands import ROOT


def test_the_examples_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")  # nothing needs a workspace, and none is made
    text = (ROOT / "docs/library.md").read_text()
    session: dict[str, Any] = {}
    for number, example in enumerate(re.findall(r"^```python\n(.*?)^```$", text, flags=re.M | re.S)):
        exec(compile(example, f"library.md, example {number}", "exec"), session)
    assert session["trained"].steps > 0 and session["metrics"].easy_accuracy is not None
    assert "unit: images" in capsys.readouterr().out, "the matrix of the hard split"
