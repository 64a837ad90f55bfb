"""A real ssh to a real sshd on this machine, and each way in which a connection can't be had: one sentence, exit 3."""

from __future__ import annotations

from pathlib import Path

import pytest

from lazytui.remote.protocol import PROTOCOL, as_line
from tests.cli.test_runs import assert_harmless
from tests.commands import Lab
from tests.remote.conftest import Far
from tests.remote.machines import Sshd, program_as_ssh
from tests.remote.test_at import finished_run, going_run


@pytest.fixture
def by_ssh(sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Far:
    """The same as `far`, by ssh."""
    monkeypatch.setenv("LAZYTUI_SSH", sshd.command())
    monkeypatch.setenv("LAZYTUI_CACHE", str(tmp_path / "cache"))
    workspace = tmp_path / "far"
    workspace.mkdir()
    return Far(workspace)


def options(far: Far, sshd: Sshd) -> tuple[str, ...]:
    return ("--at", f"root@127.0.0.1:{far.workspace}", "--remote-lazytui", sshd.lazytui)


def refusal(lab: Lab, *arguments: str) -> str:
    refused = lab.call(*arguments)
    assert (refused.code, refused.out) == (3, ""), refused.err
    assert_harmless(refused.err)
    return refused.sentence


def test_runs_are_listed_and_shown_by_ssh(by_ssh: Far, sshd: Sshd, lab: Lab) -> None:
    finished = finished_run(by_ssh.workspace)
    going_run(by_ssh.workspace)
    listed = lab.call("runs", "list", *options(by_ssh, sshd))
    assert listed.code == 0 and listed.err == "" and finished.name in listed.out and "running" in listed.out
    assert "Accuracy while it trains" in lab.call("runs", "show", "reference", *options(by_ssh, sshd)).out


def test_a_host_that_asks_for_a_password_is_refused(
    by_ssh: Far, sshd: Sshd, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZYTUI_SSH", sshd.command(IdentityFile="/dev/null"))
    sentence = refusal(lab, "runs", "list", *options(by_ssh, sshd))
    assert "refuses the connection: " in sentence and "Permission denied" in sentence
    assert "never asks for a password" in sentence


def test_a_host_that_ssh_does_not_know_is_refused(
    by_ssh: Far, sshd: Sshd, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = {"StrictHostKeyChecking": "yes", "UserKnownHostsFile": "/dev/null"}
    monkeypatch.setenv("LAZYTUI_SSH", sshd.command(**strict))
    assert "isn't known to ssh" in refusal(lab, "runs", "list", *options(by_ssh, sshd))


def test_a_host_that_does_not_answer_is_refused(
    by_ssh: Far, sshd: Sshd, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAZYTUI_SSH", sshd.command(port=1))
    sentence = refusal(lab, "runs", "list", *options(by_ssh, sshd))
    assert "can't be reached: " in sentence and "refused" in sentence


def test_without_lazytui_or_a_workspace_over_there(by_ssh: Far, sshd: Sshd, lab: Lab) -> None:
    sentence = refusal(lab, "runs", "list", "--at", "root@127.0.0.1", "--remote-lazytui", "/nowhere/lazytui")
    assert "no command '/nowhere/lazytui'" in sentence and "--remote-lazytui" in sentence
    at = f"root@127.0.0.1:{by_ssh.workspace}/nowhere"
    sentence = refusal(lab, "runs", "list", "--at", at, "--remote-lazytui", sshd.lazytui)
    assert f"There is no workspace {by_ssh.workspace}/nowhere." in sentence


def test_a_greeting_before_the_first_line_does_no_harm(far: Far, as_ssh: str, lab: Lab) -> None:
    finished = finished_run(far.workspace)
    greeting = "printf 'Welcome!\\n{\"motd\": 1}\\n\\033[31mLast login\\n'"
    program_as_ssh(Path(as_ssh).parent, f'#!/bin/sh\n{greeting}\nfor last; do :; done\neval "exec $last"\n')
    listed = lab.call("runs", "list", *far.options)
    assert listed.code == 0 and finished.name in listed.out
    assert_harmless(listed.out, listed.err)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            f"printf %s '{as_line({'lazytui': '9.9', 'protocol': PROTOCOL + 1}).decode().strip()}'; echo; cat",
            f"has lazytui 9.9, which speaks protocol {PROTOCOL + 1}, and this one speaks {PROTOCOL}",
        ),
        ("echo \"lazytui: No such command 'serve'.\" >&2; exit 2", "has an older lazytui"),
        ("echo 'lazytui: torch is missing.' >&2; exit 3", "box: torch is missing."),
        ("printf 'Killed\\n\\033[31m' >&2; exit 137", "ended (exit code 137): Killed"),
    ],
)
def test_what_else_may_be_over_there(as_ssh: str, lab: Lab, script: str, words: str) -> None:
    program_as_ssh(Path(as_ssh).parent, f"#!/bin/sh\n{script}\n")
    assert words in refusal(lab, "runs", "list", "--at", "box")


def test_without_ssh_here(as_ssh: str, lab: Lab) -> None:
    Path(as_ssh).unlink()
    assert "can't be started on this machine" in refusal(lab, "runs", "list", "--at", "box")
