"""The program where a shell has closed a stream."""

from __future__ import annotations

import sys

import pytest

from lazytui.__main__ import main


@pytest.mark.parametrize("closed", [("stdout",), ("stderr",), ("stdin", "stdout", "stderr")])
@pytest.mark.parametrize(("option", "code"), [("--version", 0), ("--nosuch", 2)])
def test_what_is_said_into_a_closed_stream_vanishes(
    monkeypatch: pytest.MonkeyPatch, closed: tuple[str, ...], option: str, code: int
) -> None:
    for name in closed:
        monkeypatch.setattr(sys, name, None)
        monkeypatch.setattr(sys, f"__{name}__", None)
    monkeypatch.setattr(sys, "argv", ["lazytui", option])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code or 0) == code
    for name in closed:
        getattr(sys, f"__{name}__").close()
