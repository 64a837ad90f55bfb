"""On a real terminal: a progress bar while it trains, Ctrl-C at the keyboard, and colored figures at the end."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.commands import PATIENCE, TINY_TRAINING, Lab, last_step, state_of, wait_until
from tests.conftest import FinishedTraining
from tests.signals import take_terminal
from tests.slow_network import endless_training


class Terminal:
    """The keyboard and the screen of a command that runs on a pseudo-terminal of its own."""

    def __init__(self, process: subprocess.Popen[bytes], keyboard: int) -> None:
        self.process = process
        self._keyboard = keyboard
        self.screen = ""

    def type(self, keys: str) -> None:
        os.write(self._keyboard, keys.encode())

    def read(self) -> bool:
        """Take in what was drawn since; False when the command has ended and all of it was read."""
        ready, _, _ = select.select([self._keyboard], [], [], 0.05)
        if not ready:
            return self.process.poll() is None
        try:
            output = os.read(self._keyboard, 65_536)
        except OSError:  # Linux says so when the other end is closed
            return False
        self.screen += output.decode(errors="replace")
        return bool(output)

    def watch(self) -> int:
        """Read until the command ends; its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self.read():
            assert time.monotonic() < deadline, self.screen
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def terminal(lab: Lab, *arguments: str, columns: int = 100) -> Iterator[Terminal]:
    keyboard, screen = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lazytui", *arguments],
        cwd=lab.folder,
        env=lab.environment(TERM="xterm-256color", COLORTERM="truecolor", COLUMNS=str(columns), LINES="30"),
        stdin=screen,
        stdout=screen,
        stderr=screen,
        start_new_session=True,
        preexec_fn=take_terminal,
    )
    os.close(screen)
    try:
        yield Terminal(process, keyboard)
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)


def test_a_training_draws_its_progress_and_its_figures_in_color(lab: Lab) -> None:
    with terminal(lab, "run", "train", *TINY_TRAINING, "--model", "mlp", "--epochs", "4") as shown:
        assert shown.watch() == 0, shown.screen
    assert "68/68" in shown.screen and "steps" in shown.screen, "the bar counts steps"
    assert "predicts for conflicting 0 to 9: " in shown.screen, "what the network says now"
    assert "step 68" in shown.screen and "Accuracy while it trains" in shown.screen
    assert "\x1b[38;2;" in shown.screen, "true color, where the terminal has it"
    assert shown.screen.rindex("\x1b[?25h") > shown.screen.rindex("\x1b[?25l"), "the cursor is given back"


def test_ctrl_c_stops_cleanly(lab: Lab) -> None:
    with terminal(lab, "run", "train", *TINY_TRAINING, *endless_training(lab)) as shown:
        run = lab.only_run()
        wait_until(lambda: shown.read() and last_step(run) >= 20)
        shown.type("\x03")
        assert shown.watch() == 130, shown.screen
    assert "stopping: saving progress" in shown.screen
    assert "Stopped at step" in shown.screen and "Traceback" not in shown.screen
    assert state_of(run) == "stopped" and (run / "resume.pt").exists()
    assert "\x1b[?25h" in shown.screen[shown.screen.rindex("\x1b[?25l") :], "the cursor is given back"


def test_a_list_keeps_its_words_whole_and_leaves_out_what_does_not_fit(finished_training: FinishedTraining) -> None:
    lab, run = finished_training.lab, finished_training.folder.name
    with terminal(lab, "runs", "list", columns=len(run) + 12) as shown:
        assert shown.watch() == 0
    assert run in shown.screen and "done" in shown.screen
    assert "size" not in shown.screen and "…" not in shown.screen
    piped = lab.run("runs", "list", COLUMNS="40")
    assert run in piped.out and "size" in piped.out and "…" not in piped.out


def test_following_is_left_with_ctrl_c_and_the_run_goes_on(lab: Lab) -> None:
    begun = lab.start("run", "train", *TINY_TRAINING, *endless_training(lab), "--quiet")
    run = lab.only_run()
    with terminal(lab, "runs", "follow", "latest") as shown:
        wait_until(lambda: shown.read() and "step 20" in shown.screen, begun)
        shown.type("\x03")
        assert shown.watch() == 130, shown.screen
    assert "Traceback" not in shown.screen
    step = last_step(run)
    wait_until(lambda: last_step(run) > step, begun)
    begun.terminate()
    begun.communicate(timeout=PATIENCE)
    assert begun.returncode == 130
