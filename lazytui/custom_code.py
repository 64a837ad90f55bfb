"""Code of one's own: a network that a person names as `file.py:factory`, and whether that code may run.

Only what a person names in this process may: on the command line, in a file of options that they point to, or by typing
it into a form. That a run folder or any other file names code never suffices, since files come from anywhere; a process
that is started for a run is given what the person allowed on its command line. Whoever uses lazytui as a library allows
code by `allow`.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from lazytui.errors import BadInput

CODE_FIELDS = ("model", "against_model")
"""The parameters of runs that may name code."""

_allowed: set[str] = set()


def is_custom(name: str) -> bool:
    """Whether a model name points to code outside the catalog."""
    return ":" in name or name.endswith(".py")


def allow(name: str) -> None:
    """Let code run that a person named."""
    _allowed.add(name)


def allow_named(params: Mapping[str, object]) -> None:
    """Let the code run that is named among parameters which a person gave."""
    for name in code_in(params):
        allow(name)


def code_in(params: Mapping[str, object]) -> list[str]:
    """The code that parameters name, each once."""
    named = (params.get(field) for field in CODE_FIELDS)
    return list(dict.fromkeys(name for name in named if isinstance(name, str) and is_custom(name)))


def require_allowed(name: str, option: str = "--model") -> None:
    """Raise BadInput for code that nobody has named in this process. option: what names it on a command line."""
    if name not in _allowed:
        raise BadInput(
            f"The code {name!r:.200} is named only by a file, which isn't enough to run it. If you trust it, name it "
            f"yourself: {option} on the command line, or in the form."
        )


def require_allowed_for(run: str, params: Mapping[str, object]) -> None:
    """Raise BadInput where going on with a run would run code that nobody has named in this process."""
    code = code_in(params)
    if not _allowed.issuperset(code):
        named = ", ".join(f"{name:.200}" for name in code)
        raise BadInput(
            f"{run} would run the code {named}, which is named only by its run folder. If you trust it: "
            f"lazytui runs resume {run} {shlex.join(model_options(params))}"
        )


def model_options(params: Mapping[str, object]) -> list[str]:
    """The options of `lazytui runs resume` by which a person lets a run's code run."""
    return [word for name in code_in(params) for word in ("--model", name)]
