"""The program: run a command, and report every expected failure in one sentence."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


def main() -> None:
    """The console script `lazytui`. Exit codes: 0 done, 1 failed, 2 usage, 3 bad input, 130 interrupted."""
    _open_what_is_closed()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without Unicode gets question marks, not a failure
    from lazytui.cli.closed_streams import outliving_its_reader, silence

    sys.stdout, sys.stderr = map(outliving_its_reader, (sys.stdout, sys.stderr))
    try:
        try:
            _command()
        finally:
            sys.stdout.flush()
    except OSError as error:
        silence(sys.stdout)  # where nothing more can be written to it, let that be no second failure
        _raise_if_debugging(error)
        _report_os_error(error)


def _open_what_is_closed() -> None:
    """Python has no stream where a shell closed one (`>&-`): what is said there vanishes, and nothing is read."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115, PTH123 - it stays open
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)  # which keeps it, where another one takes its place


def _command() -> None:
    from lazytui.cli import app
    from lazytui.errors import LazytuiError

    try:
        app(prog_name="lazytui")
    except LazytuiError as error:
        _raise_if_debugging(error)
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("interrupted.", 130)
    except OSError:
        raise  # which `main` reports, also failures to write output
    except Exception as error:  # a mistake of ours, or memory that was lacking anywhere
        _raise_if_debugging(error)
        from lazytui.cli.common_options import workspace_path
        from lazytui.diagnostics import report_internal_error
        from lazytui.system.memory import OutOfMemory, is_memory_error

        out_of_memory = is_memory_error(error)
        _fail(str(OutOfMemory("do that")) if out_of_memory else report_internal_error(error, workspace_path()), 1)
    finally:
        if connections := sys.modules.get("lazytui.cli.at"):
            connections.hang_up()


def _raise_if_debugging(error: Exception) -> None:
    from lazytui.diagnostics import is_debugging

    if is_debugging():
        raise error


def _leave_out_current_folder() -> None:
    """`python -m` looks for modules in the current folder first: a torch.py that lies there would run.

    Of what Python itself loads before it comes here, such as importlib, a file of that name there has run by then; only
    `lazytui` and `python -P -m lazytui` never look there.
    """
    try:
        current = os.getcwd()  # noqa: PTH109 - pathlib would be looked for there, too
    except FileNotFoundError:  # it is gone
        return
    if not sys.flags.safe_path and sys.path[0] == current:
        del sys.path[0]


def _report_os_error(error: OSError) -> None:
    """What the system refused: bad input where it is about a path, and a failure else."""
    from lazytui.files.writing import reason

    if error.filename is None:
        _fail(f"{error.strerror or error}.", 1)
    _fail(f"{error.filename}: {reason(error)}.", 3)


def _fail(sentence: str, code: int) -> None:
    from lazytui.errors import shorten
    from lazytui.plain_text import plain_text

    with suppress(OSError):  # where nobody can hear it, the exit code says it still
        print(f"lazytui: {plain_text(shorten(sentence))}", file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    _leave_out_current_folder()
    main()
