"""What people call a run: the name that somebody gave it, or else what sets it apart from others of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lazytui.counted_nouns import counted
from lazytui.plain_text import plain_text
from lazytui.runs.formatting import without_middle
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine, run_line

_LONGEST = 60
_SHIPPED = "shipped/"

DATA_FIELDS = ("dataset", "bias", "palette", "placement", "texture", "tier")
"""What an analysis of a network records where it showed it other data than those of its training."""

_DATE_AND_KIND = re.compile(r"^\d{8}-\d{4}-(train-)?")


def human_name(line: RunLine) -> str:
    """`jtt · gap-cnn · 2 epochs · seed 1`, `evaluate of lazy-strokes against cured-strokes`, or the given name."""
    if line.name:
        return plain_text(line.name)
    if line.run.reference.startswith(_SHIPPED):
        return line.run.reference.removeprefix(_SHIPPED)
    if line.record is None:
        return plain_text(line.run.id)
    describe = _of_training if line.kind == "train" else _of_analysis
    return plain_text(without_middle(" ".join(describe(line.kind, line.record.params)), _LONGEST))


def name_of_run(run: RunFolder) -> str:
    """The same of a run that no list is at hand for; it is read."""
    return human_name(run_line(run))


def name_of_reference(reference: str, lines: Sequence[RunLine]) -> str:
    """The same of the run that a lasting name refers to; where it isn't among the lines, that name without its date."""
    line = next((line for line in lines if line.run.reference == reference), None)
    return human_name(line) if line else plain_text(short_reference(reference))


def short_names(trainings: Sequence[RunFolder]) -> list[str]:
    """The names of trainings in a legend: given names, or what differs: `erm`, `jtt`, `jtt · seed 1`.

    The end of the id where nothing of that does.
    """
    parts = [list(_parts(run.record.params)) for run in trainings]
    differing = [len(set(column)) > 1 for column in zip(*parts, strict=True)]
    names = [
        run.name
        or (run.id if run.reference.startswith(_SHIPPED) else "")
        or " · ".join(part for part, differs in zip(own, differing, strict=True) if differs and part)
        for run, own in zip(trainings, parts, strict=True)
    ]
    ends = [run.id.rsplit("-", 1)[-1] for run in trainings]
    return [
        plain_text(name if name and names.count(name) == 1 else f"{name} {end}".strip())
        for name, end in zip(names, ends, strict=True)
    ]


def _of_training(_kind: str, params: Mapping[str, Any]) -> Iterator[str]:
    yield " · ".join(filter(None, _parts(params))) or "training"


def _parts(params: Mapping[str, Any]) -> Iterator[str]:
    epochs = params.get("epochs")
    yield _text(params.get("method"))
    yield _text(params.get("model"))
    yield counted(epochs, "epoch") if isinstance(epochs, int) else ""
    yield f"seed {params['seed']}" if isinstance(params.get("seed"), int) else ""


def _of_analysis(kind: str, params: Mapping[str, Any]) -> Iterator[str]:
    yield kind
    for word, field in (("of", "run"), ("of", "sae"), ("of", "neurons"), ("against", "against")):
        if reference := _text(params.get(field)):
            yield f"{word} {short_reference(reference)}"
    data = data_in_words(params)
    if params.get("run") and data:
        yield f"on {data}"
    elif "run" in params and not params["run"]:  # it trained a network first
        yield f"on {', '.join(filter(None, (_text(params.get('source')), _text(params.get('cue')), data)))}"


def data_in_words(params: Mapping[str, Any]) -> str:
    """`gr95h, bias 0.5`: the data that are asked for in place of the training's; nothing where those are kept."""
    chosen = {name: value for name in DATA_FIELDS if (value := params.get(name)) is not None}
    changes = [f"{name} {_listed(value)}" for name, value in chosen.items() if name != "dataset"]
    return ", ".join([str(chosen["dataset"]), *changes] if "dataset" in chosen else changes)


def _listed(value: object) -> str:
    return " + ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def short_reference(reference: str) -> str:
    """`lazy-strokes` of `shipped/lazy-strokes`; `gap-cnn-erm-kccc` of `20261122-1100-train-gap-cnn-erm-kccc`;
    `sae-topk-features-5n29` of `20261129-1212-sae-topk-features-5n29`."""
    return _DATE_AND_KIND.sub("", reference.removeprefix(_SHIPPED))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
