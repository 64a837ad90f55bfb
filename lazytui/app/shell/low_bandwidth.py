"""Care over a slow link: fewer frames, nothing that moves by itself, no word of every move of the mouse."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver

QUIET = {"TEXTUAL_FPS": "10", "TEXTUAL_ANIMATIONS": "none", "TEXTUAL_SMOOTH_SCROLL": "0"}
"""Textual reads these when it is imported; what a person has set already counts more."""

NEAR = {"TEXTUAL_FPS": "120"}
"""Where the terminal is on this machine: at Textual's own 60 an answer may wait for its frame for 33 ms."""

MOUSE_MOTION = "\x1b[?1003h"
"""Asks the terminal to report every move of the mouse; clicks and the wheel are asked for apart from it."""


def over_ssh(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    return any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY"))


def settle_drawing(*, spare_the_link: bool) -> None:
    """Settle how Textual draws; to be called before it is imported."""
    for name, value in (QUIET if spare_the_link else NEAR).items():
        os.environ.setdefault(name, value)


def without_mouse_motion(driver: type[Driver]) -> type[Driver]:
    """The same driver, but for what it asks of the mouse."""

    class QuietDriver(driver):  # type: ignore[misc, valid-type]
        def write(self, data: str) -> None:
            if data != MOUSE_MOTION:
                super().write(data)

    return QuietDriver
