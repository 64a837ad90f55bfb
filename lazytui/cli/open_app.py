"""`lazytui` without a command: the app."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from lazytui.counted_nouns import counted
from lazytui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lazytui.cli.at import RunLocation


def open_app(open_location: Callable[[], RunLocation], *, low_bandwidth: bool, keys: str | None = None) -> None:
    """Run the app until it is left. keys: a preset. open_location: connects to other machines, before anything
    is drawn.

    Raises UsageError where there is no terminal to draw on, and for a preset that there isn't.
    """
    from lazytui.app.shell.low_bandwidth import over_ssh, settle_drawing

    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("The app needs a terminal. Without one, use the commands: lazytui --help")
    sparing = low_bandwidth or over_ssh(os.environ)
    settle_drawing(spare_the_link=sparing)
    from lazytui.app.shell.keymap import require_preset

    require_preset(keys)
    location = open_location()
    from lazytui.app.shell.app import LazytuiApp
    from lazytui.system.torch_import import keep_torch_out

    if location.hosts:
        keep_torch_out(
            "This needs torch and the network on this machine. With --at, run it on the other machine instead."
        )
    app = LazytuiApp(location.workspace, location.hosts, low_bandwidth=sparing, keys=keys)
    app.run()
    running = sum(line.is_active for line in app.lines)
    if running:
        print(
            f"{counted(running, 'run continues', 'runs continue')}; `lazytui` shows {'it' if running == 1 else 'them'}."
        )
    if app.return_code:
        raise typer.Exit(app.return_code)
