"""The failures a person can do something about: one sentence each, and the exit code that goes with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_LONGEST = 1000
_LONGEST_WORD = 200


def shorten(sentence: str) -> str:
    """A sentence that quotes text of any length, made readable: long words lose their middle, then the whole does.

    >>> len(bounded("There is no run '" + 100_000 * "a" + "'."))
    215
    """
    if len(sentence) <= _LONGEST:
        return sentence
    readable = re.sub(rf"\S{{{_LONGEST_WORD},}}", lambda word: _without_middle(word[0], _LONGEST_WORD), sentence)
    return _without_middle(readable, _LONGEST)


def _without_middle(text: str, length: int) -> str:
    half = (length - 1) // 2
    return text if len(text) <= length else f"{text[:half]}…{text[-half:]}"


class LazytuiError(Exception):
    """A failure shown as one sentence, without a traceback."""

    exit_code = 1

    def __init__(self, sentence: str) -> None:
        super().__init__(shorten(sentence))


class UsageError(LazytuiError):
    """The command or its parameters are wrong: unknown names, impossible combinations."""

    exit_code = 2


class BadInput(LazytuiError):
    """A parameter refers to something unusable: no such run, a damaged checkpoint, unreadable data."""

    exit_code = 3


class Interrupted(LazytuiError):
    """A person or the system requested a stop; work done so far is kept."""

    exit_code = 130


def unknown_name(what: str, name: str, names: Iterable[str], *, most: int = 30) -> str:
    """The sentence for an unknown name, with the most similar ones, or else the first `most` names.

    >>> unknown_name("model", "gap-cn", ["gap-cnn", "mlp"])
    "There is no model 'gap-cn'. Did you mean gap-cnn?"
    """
    names = list(names)
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    if near:
        return f"There is no {what} {name!r}. Did you mean {', '.join(near)}?"
    if not names:
        return f"There is no {what} {name!r}: none exist yet."
    shown = ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")
    return f"There is no {what} {name!r}. Available: {shown}."
