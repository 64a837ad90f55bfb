"""What people call a run: the name that somebody gave it, or else what tells it from others of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lazytui.plain_text import plain_text
from lazytui.runs.formatting import without_middle
from lazytui.runs.workspace_watch import RunLine

_LONGEST = 60
_SHIPPED = "shipped/"


def human_name(line: RunLine) -> str:
    """`jtt · gap-cnn · 2 epochs · seed 1`, `evaluate of lazy-strokes against cured-strokes`, or the given name."""
    if line.name:
        return plain_text(line.name)
    if line.run.reference.startswith(_SHIPPED):
        return line.run.reference.removeprefix(_SHIPPED)
    if line.record is None:
        return plain_text(line.run.id)
    words = _of_training if line.kind == "train" else _of_analysis
    return plain_text(without_middle(" ".join(words(line.kind, line.record.params)), _LONGEST))


def _of_training(_kind: str, params: Mapping[str, Any]) -> Iterator[str]:
    epochs = params.get("epochs")
    parts = (
        _text(params.get("method")),
        _text(params.get("model")),
        f"{epochs} {'epoch' if epochs == 1 else 'epochs'}" if isinstance(epochs, int) else "",
        f"seed {params['seed']}" if isinstance(params.get("seed"), int) else "",
    )
    yield " · ".join(filter(None, parts)) or "training"


def _of_analysis(kind: str, params: Mapping[str, Any]) -> Iterator[str]:
    yield kind
    for word, field in (("of", "run"), ("against", "against")):
        if reference := _text(params.get(field)):
            yield f"{word} {reference.removeprefix(_SHIPPED)}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
