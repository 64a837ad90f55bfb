"""What a developer needs to see a failure: traceback files, LAZYTUI_DEBUG=1, and the log that --verbose writes."""

from __future__ import annotations

import logging
import os
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

from lazytui.errors import shorten

ERRORS_FOLDER = "errors"
LOG_FILE = "lazytui.log"

_VERBOSE = "LAZYTUI_VERBOSE"
"""Set by --verbose, so that runs in processes of their own write the log, too."""

_log = logging.getLogger(__name__)
logging.getLogger("lazytui").addHandler(logging.NullHandler())  # without a log nothing goes to standard error


def is_debugging() -> bool:
    """Whether every error shall be raised as it came, with its traceback."""
    return os.environ.get("LAZYTUI_DEBUG", "") not in {"", "0"}


def describe_error(error: BaseException) -> str:
    """`Internal error (KeyError: 'x')`: what is said of an error that nobody foresaw."""
    first_line = next(iter(str(error).splitlines()), "")
    return shorten(f"Internal error ({type(error).__name__}: {first_line})")


def report_internal_error(error: BaseException, workspace: Path) -> str:
    """Write the traceback into the workspace, or else among the temporary files; the sentence that names the file.

    Errors of the same type within a minute share a file. Raises the error itself while debugging.
    """
    if is_debugging():
        raise error
    text = "".join(traceback.format_exception(error))
    _log.error("%s", text)
    return f"{describe_error(error)}; traceback in {_write_traceback(text, type(error).__name__, workspace)}"


def _write_traceback(text: str, kind: str, workspace: Path) -> Path:
    name = f"{datetime.now():%Y%m%d-%H%M}-{kind}.txt"
    try:
        (workspace / ERRORS_FOLDER).mkdir(parents=True, exist_ok=True)
        path = workspace / ERRORS_FOLDER / name
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError:
        number, own = tempfile.mkstemp(prefix="lazytui-", suffix=f"-{name}")
        path = Path(own)
        with open(number, "w", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - it is open already
            file.write(text)
    return path


def ask_for_log() -> None:
    """From now on, also in processes that this one starts, `start_log` writes one."""
    os.environ[_VERBOSE] = "1"


def start_log(workspace: Path) -> None:
    """Write what the loggers of the package say into the workspace's log, where that was asked for."""
    logger = logging.getLogger("lazytui")
    if not os.environ.get(_VERBOSE) or any(isinstance(one, logging.FileHandler) for one in logger.handlers):
        return
    from lazytui.files.writing import storage_errors

    with storage_errors(workspace):
        workspace.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(workspace / LOG_FILE, encoding="utf-8", errors="replace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
