"""What the app computes while one looks, a command finds as well: every live session names it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import lazytui.analyses
import lazytui.app.screens
from lazytui.analyses import SUMMARIES
from lazytui.analyses.core.live_session import LiveSession


def live_sessions() -> list[type[LiveSession[Any, Any]]]:
    for package in (lazytui.analyses, lazytui.app.screens):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    return LiveSession.__subclasses__()


def test_every_live_session_has_a_command() -> None:
    commands = {session.__name__: session.command for session in live_sessions()}
    assert set(commands.values()) <= set(SUMMARIES) and len(set(commands.values())) == len(commands) >= 5
