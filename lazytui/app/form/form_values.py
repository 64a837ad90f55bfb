"""What a person has given for a Params model, and what follows from it: no widget is needed to know that."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from lazytui.analyses.core.execute import problems
from lazytui.analyses.core.form_fields import ParamField, fields_of
from lazytui.list_values import format_list


@dataclass(frozen=True)
class Answers:
    """given: the values that a person chose, by field. params: the whole, or None while something is wrong.

    holds: what each field would be if its value were taken back; what must be given isn't in it.
    wrong: a sentence for each field that is wrong. together: what doesn't go together, or nothing.
    """

    given: Mapping[str, Any]
    params: BaseModel | None
    holds: Mapping[str, Any]
    wrong: Mapping[str, str]
    together: str

    @property
    def touched(self) -> dict[str, Any]:
        """What was given, read as the model reads it where all is well."""
        return {name: getattr(self.params, name) if self.params else value for name, value in self.given.items()}


def answers(model: type[BaseModel], given: Mapping[str, Any]) -> Answers:
    """Judge what was given."""
    try:
        params = model.model_validate(dict(given))
    except ValidationError as error:
        found = list(problems(error))
    else:
        return Answers(given, params, _holding(model, given), {}, "")
    wrong = {field: sentence for field, sentence in reversed(found) if field}
    together = " ".join(sentence for field, sentence in found if not field)
    if together and (guilty := _single_cause(model, given, together)):
        wrong[guilty], together = together, ""
    return Answers(given, None, _holding(model, given), wrong, together)


def needed(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that make a difference: without the others the same would hold.

    Names that aren't fields, and None, are left out.
    """
    kept = {name: values[name] for name in model.model_fields if values.get(name) is not None}
    whole = _valid(model, kept)
    for name in reversed(list(kept)):
        rest = {other: value for other, value in kept.items() if other != name}
        if whole is not None and _valid(model, rest) == whole:
            kept = rest
    return kept


def command(kind: str, model: type[BaseModel], given: Mapping[str, Any], also: Sequence[str] = ()) -> str:
    """The shell command that runs the analysis with these values. also: further options, as separate words.

    A required argument that isn't given yet stands in capitals.
    """
    fields = fields_of(model)
    arguments = [
        str(word)
        for f in fields
        if f.argument and (f.required or f.name in given)
        for word in _several(given.get(f.name, f.name.upper()))
    ]
    options = [word for f in fields if f.name in given and not f.argument for word in _option(f, given[f.name])]
    if any(argument.startswith("-") for argument in arguments):
        return shlex.join(["lazytui", "run", kind, *options, *also, "--", *arguments])
    return shlex.join(["lazytui", "run", kind, *arguments, *options, *also])


def _option(field: ParamField, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [field.flag if value else f"--no-{field.flag[2:]}"]
    if field.several and field.reference is None:
        return [field.flag, format_list(_several(value))]
    return [word for one in _several(value) for word in (field.flag, str(one))]


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (tuple, list)) else (value,)


def _valid(model: type[BaseModel], given: Mapping[str, Any]) -> BaseModel | None:
    try:
        return model.model_validate(dict(given))
    except ValidationError:
        return None


def _single_cause(model: type[BaseModel], given: Mapping[str, Any], clash: str) -> str:
    """The field without which that isn't said, where there is exactly one."""
    causes = [name for name in given if _clash(model, _without(given, name)) != clash]
    return causes[0] if len(causes) == 1 else ""


def _clash(model: type[BaseModel], given: Mapping[str, Any]) -> str:
    """What is said of no single field."""
    try:
        model.model_validate(dict(given))
    except ValidationError as error:
        return " ".join(sentence for field, sentence in problems(error) if not field)
    return ""


def _holding(model: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """What each field would be without its own value."""
    holds = _mended(model, given)
    for name in given:
        holds.pop(name, None)
        others = _mended(model, _without(given, name))
        holds |= {name: others[name]} if name in others else {}
    return holds


def _mended(model: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """What would hold if as little as possible of what is wrong were left out.

    Of values that clash the last declared goes first: presets are declared before the fields that they fill.
    """
    kept = dict(given)
    while True:
        try:
            return dict(model.model_validate(kept))
        except ValidationError as error:
            found = {field for field, _ in problems(error)}
        clash = _clash(model, kept)
        if wrong := found & set(kept):
            kept = {name: value for name, value in kept.items() if name not in wrong}
        elif clash and kept:
            order = [name for name in reversed(list(model.model_fields)) if name in kept]
            culprit = next((name for name in order if _clash(model, _without(kept, name)) != clash), order[0])
            kept = _without(kept, culprit)
        else:  # nothing but what is missing
            return dict(model.model_construct(**kept))


def _without(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in given.items() if other != name}
