"""What the real command line makes of a command, up to the point where it would begin to work."""

from __future__ import annotations

import shlex
from typing import Any
from unittest.mock import patch

import typer

from lazytui.analyses.core import execute
from lazytui.cli import app


class _BegunError(Exception):
    """The command line has understood the command; it would create the run now."""


def params_of(command: str) -> Any:
    """The Params that the command would run with. Fails where the command line would refuse it."""
    program, *words = shlex.split(command)
    assert program == "lazytui"
    with patch.object(execute, "create", side_effect=_BegunError) as create:
        try:
            typer.main.get_command(app)(words, standalone_mode=False)
        except _BegunError:
            return create.call_args.args[1]
    raise AssertionError("it never came to a run")
