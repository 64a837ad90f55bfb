"""A machine that is reached by a program in place of ssh, and one that is reached by ssh."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lazytui.remote.address import Address
from lazytui.remote.host import Host
from tests.remote.machines import LAZYTUI, Sshd, program_as_ssh, running_sshd, sshd_program


@pytest.fixture
def as_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """From here on a program stands in place of ssh; the copies are among the test's own files."""
    program = program_as_ssh(tmp_path)
    monkeypatch.setenv("LAZYTUI_SSH", program)
    monkeypatch.setenv("LAZYTUI_CACHE", str(tmp_path / "cache"))
    return program


@dataclass(frozen=True)
class Far:
    """A workspace of the machine `box`."""

    workspace: Path

    @property
    def address(self) -> Address:
        return Address("box", str(self.workspace), LAZYTUI)

    @property
    def options(self) -> tuple[str, ...]:
        return ("--at", self.address.text, "--remote-lazytui", LAZYTUI)


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Far:
    """Reached by `as_ssh.py`, which costs next to nothing."""
    monkeypatch.setenv("LAZYTUI_SSH", f"{sys.executable} -m tests.remote.as_ssh")
    monkeypatch.setenv("LAZYTUI_CACHE", str(tmp_path / "cache"))
    workspace = tmp_path / "far"
    workspace.mkdir()
    return Far(workspace)


@pytest.fixture
def host(far: Far) -> Iterator[Host]:
    """Connected to the far machine."""
    connected = Host(far.address)
    yield connected
    connected.hang_up()


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    if sshd_program() is None:
        pytest.skip("there is no sshd on this machine")
    with running_sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server
