"""Where another machine's workspace is, as a person types it, and the command that reaches it."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import platformdirs

from lazytui.errors import BadInput, UsageError, unknown_name
from lazytui.files.own_settings import read_own_settings

SSH_VARIABLE = "LAZYTUI_SSH"
"""The command that is used in place of `ssh`, with options if need be."""

_ADDRESS = re.compile(
    r"(?P<host>(?:[\w.+-]+@)?(?:[A-Za-z0-9_][\w.-]*|\[[0-9A-Fa-f:.]+(?:%\w+)?\]))(?::(?P<workspace>.+))?"
)
_LONGEST = 300
_SETTINGS = ("remote-lazytui", "workspace")

_SSH_OPTIONS = ("-C", "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10")
"""BatchMode: it never asks for anything, which would be in the middle of a screen."""
_ALIVE_OPTIONS = ("-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3")


@dataclass(frozen=True)
class Address:
    """host: as ssh takes it. workspace: its folder over there; empty for what is usual there. lazytui: the command that
    starts the program there, for the shell there."""

    host: str
    workspace: str = ""
    lazytui: str = "lazytui"

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"{self.host}:{self.workspace}" if self.workspace else self.host

    @property
    def folder_name(self) -> str:
        """For a folder of this address alone."""
        readable = re.sub(r"[^A-Za-z0-9._@-]", "_", self.text)[-60:]
        return f"{readable}-{hashlib.sha256(self.text.encode()).hexdigest()[:8]}"

    def command(self) -> list[str]:
        """What runs the server over there, with its input and output here."""
        try:
            ssh = shlex.split(os.environ.get(SSH_VARIABLE) or "ssh")
        except ValueError as error:  # a quotation without an end
            raise UsageError(f"{SSH_VARIABLE} isn't a command: {error}.") from error
        there = f"{self.lazytui} serve --stdio"
        if self.workspace:
            there += f" --workspace {shlex.quote(self.workspace)}"
        return [*ssh, *_SSH_OPTIONS, *_ALIVE_OPTIONS, "--", self.host.strip("[]"), there]

    def start(self) -> subprocess.Popen[bytes]:
        """ssh, with pipes to the server's input, output and what is said besides. Raises BadInput where there is none.

        It has no terminal, at which it could ask for a password, and hears of no Ctrl-C.
        """
        command = self.command()
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            raise BadInput(f"{command[0]} can't be started on this machine: {error.strerror}.") from error


def parse_address(text: str, remote_lazytui: str | None = None) -> Address:
    """`user@host:workspace`, with what `hosts.toml` says of that host. remote_lazytui: counts more than that.

    Raises UsageError for text that is no address, and BadInput where the settings can't be used.
    """
    match = _ADDRESS.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None or any(sign < " " or sign == "\x7f" for sign in text):
        raise UsageError(
            f"{text!r} isn't a machine: give it as ssh takes it, host or user@host or user@host:WORKSPACE."
        )
    address = Address(match["host"], match["workspace"] or "")
    settings = _settings(settings_file(), address.host)
    address = replace(
        address,
        workspace=address.workspace or settings.get("workspace", ""),
        lazytui=remote_lazytui or settings.get("remote-lazytui", address.lazytui),
    )
    if any(sign < " " for sign in address.workspace + address.lazytui):
        raise UsageError("Neither a workspace on another machine nor the command there can have a line break.")
    return address


def settings_file() -> Path:
    """What holds for hosts: `remote-lazytui` and `workspace`, in a table named as the host, or above for all."""
    return platformdirs.user_config_path("lazytui") / "hosts.toml"


def _settings(file: Path, host: str) -> dict[str, str]:
    content = read_own_settings(file)
    for_all = {name: value for name, value in content.items() if not isinstance(value, dict)}
    of_host = content.get(host)
    settings: dict[str, Any] = {**for_all, **(of_host if isinstance(of_host, dict) else {})}
    for name, value in settings.items():
        if name not in _SETTINGS:
            raise UsageError(f"{file}: {unknown_name('setting', name, _SETTINGS)}")
        if not isinstance(value, str):
            raise UsageError(f"{file}: {name} must be text.")
    return settings
