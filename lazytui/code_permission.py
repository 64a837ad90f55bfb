"""Custom code: networks named as `file.py:factory`, functions of logits, and which of that code may run.

Only code that a person names in this process may run: on the command line, in a file of options they name, or in a
form. A name in a run folder or any other file isn't enough, since files come from anywhere; a process started for a run
gets the allowed names on its command line. Users of the library call `allow`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping

from lazytui.errors import BadInput

CODE_FIELDS = ("model", "against_model")
"""Parameters of runs that may name the code of a network."""

SCORE_FIELDS = ("target", "score")
"""Parameters of runs that may name a function of logits."""

_allowed: set[str] = set()


LIBRARIES = ("torchvision", "timm")
"""Packages whose models can be named as `torchvision:NAME`, without a person's permission."""


VARIANTS = ("twin", "prototypes")
"""Forms that an architecture of the catalog can take, named as `twin:gap-cnn`; some methods train such."""


def is_custom(name: str) -> bool:
    """Whether a model name points to custom code."""
    return (":" in name or name.endswith(".py")) and not is_of_library(name) and not is_variant(name)


def is_score_code(text: str) -> bool:
    """Whether a target points to a function in a file of a person's own."""
    return re.fullmatch(r".+\.py:[^\W\d]\w*", text.strip()) is not None


def is_of_library(name: str) -> bool:
    """Whether a name is of a model of an installed package, such as `torchvision:resnet18`."""
    return name.partition(":")[0] in LIBRARIES and ":" in name


def is_variant(name: str) -> bool:
    """Whether a name is of another form of an architecture of the catalog."""
    return name.partition(":")[0] in VARIANTS and ":" in name


def allow(name: str) -> None:
    """Allow code that a person named to run."""
    _allowed.add(name)


def allow_named(params: Mapping[str, object]) -> None:
    """Allow the code named by parameters that a person gave."""
    for name in code_in(params):
        allow(name)


def code_in(params: Mapping[str, object]) -> list[str]:
    """The code that parameters name, each once."""
    of_networks = [name for name in _texts(params, CODE_FIELDS) if is_custom(name)]
    of_scores = [name.strip() for name in _texts(params, SCORE_FIELDS) if is_score_code(name)]
    return list(dict.fromkeys([*of_networks, *of_scores]))


def _texts(params: Mapping[str, object], fields: Iterable[str]) -> list[str]:
    return [value for field in fields if isinstance(value := params.get(field), str)]


def require_allowed(name: str, option: str = "--model") -> None:
    """Raise BadInput for code that isn't allowed in this process. option: the command line's name for it."""
    if name not in _allowed:
        raise BadInput(
            f"The code {name!r:.200} is named only by a file, which isn't enough to run it. If you trust it, name it "
            f"yourself: {option} on the command line, or in the form."
        )


def require_allowed_for(run: str, params: Mapping[str, object]) -> None:
    """Raise BadInput if resuming a run would run code that isn't allowed in this process."""
    code = code_in(params)
    if not _allowed.issuperset(code):
        named = ", ".join(f"{name:.200}" for name in code)
        raise BadInput(
            f"{run} would run the code {named}, which is named only by its run folder. If you trust it: "
            f"lazytui runs resume {run} {shlex.join(model_options(params))}"
        )


def model_options(params: Mapping[str, object]) -> list[str]:
    """The options of `lazytui runs resume` that allow a run's code."""
    return [word for name in code_in(params) for word in ("--model", name)]
