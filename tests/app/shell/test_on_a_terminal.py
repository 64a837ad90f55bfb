"""The whole way of a person at a terminal, with the real program: start, watch, leave, come back, go on."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from lazytui.app.shell.session import Session, save
from tests.app.terminal import Screen, app_on_terminal
from tests.commands import Lab, last_step, read_json, state_of, wait_until

FORM = 44
"""Columns of the drawer."""
DOWN, ESCAPE = "\x1b[B", "\x1b"
TINY = {
    "model": "mlp",
    "source": "strokes",
    "train_size": 300,
    "test_size": 200,
    "batch_size": 16,
    "metrics_samples": 200,
    "metrics_every": 20,
}
"""17 steps an epoch."""


@pytest.fixture
def prepared(lab: Lab) -> Lab:
    """A laboratory in which somebody left the form of Train filled in for small work."""
    lab.workspace.mkdir()
    save(Session(screen="train", forms={"train": TINY}), lab.workspace)
    return lab


def fill_in(shown: Screen, option: str, value: str) -> None:
    """Go down the form to a field and type."""
    shown.wait_for("f lazytui run train", "? Help")
    shown.type("f")
    shown.wait_for("command (ctrl+y copies)", "more options")
    explanation, asked = "", time.monotonic()
    while not shown.shows(f"{option} "):
        wait_until(
            lambda before=explanation, since=asked: (shown.shows("") and explained(shown) != before) or is_lost(since)
        )  # type: ignore[misc]
        explanation, asked = explained(shown), time.monotonic()
        if option not in explanation:
            shown.type(DOWN)
    shown.type(value)
    shown.wait_for(f"{option} {value}")
    shown.type(ESCAPE)
    shown.wait_for("? Help")  # the next key would make another one of the escape


def is_lost(since: float) -> bool:
    """Whether a key must have come while the form was being made anew: a person presses it again."""
    return time.monotonic() - since > 20


def explained(shown: Screen) -> str:
    """Which option the form explains now: that of the field in which the keyboard is."""
    form = "\n".join(line[:FORM] for line in shown.text.splitlines())
    words = form.partition("────")[2].split()
    return next((word for word in words if word.startswith("--")), "")


def test_a_training_is_started_watched_left_to_itself_and_found_again(prepared: Lab) -> None:
    with app_on_terminal(prepared) as shown:
        fill_in(shown, "--epochs", "60")
        shown.type("g")
        shown.wait_for("running", "epoch", "/60", "1 running")
        run = prepared.only_run()
        assert shown.hang_up() == 128 + signal.SIGHUP
    assert state_of(run) == "running", "it was seen live, and goes on without the terminal"
    wait_until(lambda: state_of(run) == "done")
    assert read_json(run / "result.json")["metrics"]["steps"] == 60 * 17
    with app_on_terminal(prepared) as shown:
        shown.wait_for("erm · mlp · 60 epochs · seed 0", "done", "idle")
        shown.type("9")
        shown.wait_for("easy", "●", "Accuracy while it trains")
        assert shown.leave() == 0


def test_a_killed_training_is_interrupted_and_goes_on_by_key(prepared: Lab) -> None:
    with app_on_terminal(prepared) as shown:
        fill_in(shown, "--epochs", "120")
        shown.type("g")
        shown.wait_for("running", "/120")
        run = prepared.only_run()
        wait_until(lambda: (run / "resume.pt").exists())
        os.kill(pid_of(run), signal.SIGKILL)
        shown.wait_for("interrupted", "idle")
        killed_at = last_step(run)
        assert killed_at < 120 * 17, "there was something left to be done"
        shown.type("p")
        wait_until(lambda: shown.shows("running") or state_of(run) == "done")
        shown.wait_for("done", "idle")
    assert "resumed" in (run / "events.jsonl").read_text()
    assert read_json(run / "result.json")["metrics"]["steps"] == 120 * 17


def pid_of(run: Path) -> int:
    return int(read_json(run / "status.json")["pid"])
