"""Other machines for tests: a program in place of ssh that starts the shell here, and a real sshd on this machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.commands import ROOT
from tests.free_ports import free_ports

LAZYTUI = f"{sys.executable} -m lazytui"
"""What starts the program over there."""

_AS_SSH = """#!/bin/sh
for last; do :; done
eval "exec $last"
"""


def program_as_ssh(folder: Path, script: str = _AS_SSH) -> str:
    """An executable file to use in place of ssh: one that runs what it is asked to on this machine, or another one."""
    file = folder / "as-ssh"
    file.write_text(script)
    file.chmod(0o755)
    return str(file)


@dataclass(frozen=True)
class Sshd:
    """A real sshd that listens on this machine only. ssh: the command that reaches it, but for the port."""

    folder: Path
    port: int

    def command(self, port: int | None = None, **options: str) -> str:
        """What LAZYTUI_SSH has to be. port: of a proxy before it."""
        variables = {
            "IdentityFile": str(self.folder / "key"),
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": str(self.folder / "known"),
            "StrictHostKeyChecking": "no",
            "LogLevel": "ERROR",
            **options,
        }
        words = " ".join(f"-o {name}={value}" for name, value in variables.items())
        return f"ssh -F none -p {port or self.port} {words}"

    @property
    def lazytui(self) -> str:
        """What starts the program there: a shell over there doesn't know the variables of this process."""
        kept = ("PYTHONPATH", "LAZYTUI_DATA", "LAZYTUI_CACHE")
        words = " ".join(f"{name}={os.environ[name]}" for name in kept if name in os.environ)
        return f"env PYTHONPATH={ROOT} {words} {LAZYTUI}"


def sshd_program() -> str | None:
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def running_sshd(folder: Path) -> Iterator[Sshd]:
    """Everything of it is in the folder: keys, settings, log. It takes one key and no password."""
    program = sshd_program()
    assert program, "there is no sshd"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "authorized").write_text((folder / "key.pub").read_text())
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(parents=True, exist_ok=True)  # which it wants to be there
    (port,) = free_ports(1)
    settings = {
        "ListenAddress": f"127.0.0.1:{port}",
        "HostKey": str(folder / "host"),
        "AuthorizedKeysFile": str(folder / "authorized"),
        "PidFile": str(folder / "pid"),
        "StrictModes": "no",  # it lies among temporary files
        "UsePAM": "no",
        "PasswordAuthentication": "yes",  # so that a client without the key would be asked for one
        "KbdInteractiveAuthentication": "no",
        "PermitRootLogin": "yes",
        "PrintMotd": "no",
    }
    (folder / "settings").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    server = subprocess.Popen([program, "-D", "-f", str(folder / "settings"), "-E", str(folder / "log")])
    try:
        _wait_for(port, server)
        yield Sshd(folder, port)
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(3000):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, "sshd ended"
        time.sleep(0.02)
    raise AssertionError("sshd doesn't listen")
