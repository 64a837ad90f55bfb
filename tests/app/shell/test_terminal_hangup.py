"""The real app on a pseudo-terminal that goes away: the app goes too, the runs stay."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from lazytui.app.shell.session import load
from tests.app.terminal import app_on_terminal
from tests.commands import PATIENCE, TINY_TRAINING, Lab, last_step, state_of, wait_until
from tests.slow_network import endless_training


@pytest.fixture
def going(lab: Lab) -> Iterator[Lab]:
    """A laboratory in which a detached training goes on until the test is over."""
    begun = lab.call("run", "train", *TINY_TRAINING, *endless_training(lab), "--detach")
    assert begun.code == 0, begun.err
    run = lab.only_run()
    try:
        wait_until(lambda: last_step(run) >= 0)
        yield lab
    finally:
        lab.call("runs", "stop", run.name)
        wait_until(lambda: state_of(run) == "stopped")


@pytest.mark.parametrize("controlling", [True, False], ids=["reported", "not reported"])
def test_hanging_up_ends_the_app_and_no_run(going: Lab, controlling: bool) -> None:
    run = going.only_run()
    with app_on_terminal(going, controlling=controlling) as shown:
        shown.wait_for("1 running")
        assert shown.hang_up() == 128 + signal.SIGHUP
    step = last_step(run)
    wait_until(lambda: last_step(run) > step)


def test_an_app_that_is_stuck_on_a_terminal_that_takes_nothing_ends_too(going: Lab) -> None:
    with app_on_terminal(going, controlling=False) as shown:
        shown.wait_for("1 running")
        shown.type("129012901290129012901290129012901290")
        assert shown.hang_up() == 128 + signal.SIGHUP


def test_an_app_whose_terminal_takes_nothing_lives_on_and_then_shows_how_it_is(going: Lab) -> None:
    with app_on_terminal(going) as shown:
        shown.wait_for("1 running")
        for key in "1290" * 12 + "3":
            shown.type(key)
        wait_until(lambda: load(going.workspace).screen == "evaluate", shown.process)
        shown.wait_for("It reads the color", "Bundled example")


def test_quitting_says_that_runs_go_on(going: Lab) -> None:
    with app_on_terminal(going, "--low-bandwidth") as shown:
        shown.wait_for("1 running")
        shown.type("q")
        shown.wait_for("1 run continues; `lazytui` shows it.")
        assert shown.process.wait(timeout=PATIENCE) == 0
    assert "\x1b[?1000h" in shown.output, "clicks are asked for"
    assert "\x1b[?1003h" not in shown.output, "moves of the mouse are not"
    assert shown.output.rindex("\x1b[?1049l") > shown.output.rindex("\x1b[?1049h"), "the screen is given back"


def test_without_a_terminal_one_sentence_says_so(lab: Lab) -> None:
    ended = lab.run()
    assert ended.code == 2 and "needs a terminal" in ended.sentence
    assert not ended.out


def test_the_workspace_can_be_named_before_a_command(going: Lab) -> None:
    elsewhere = going.environment(LAZYTUI_WORKSPACE=str(going.folder / "nowhere"))
    listed = going.run("--workspace", going.workspace, "runs", "list", LAZYTUI_WORKSPACE=elsewhere["LAZYTUI_WORKSPACE"])
    assert listed.code == 0 and going.only_run().name in listed.out


def test_low_bandwidth_is_for_the_app_only(lab: Lab) -> None:
    ended = lab.call("--low-bandwidth", "runs", "list")
    assert ended.code == 2 and "--low-bandwidth is for the app" in ended.sentence
