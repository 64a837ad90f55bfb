"""The values that a person chose for a Params model, checked: what they come to, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from lazytui.analyses.core.execute import problems


@dataclass(frozen=True)
class FormValues:
    """values: those that a person chose, by field. params: the whole, or None while something is wrong.

    defaults: what each field would be without its value; a required field has none.
    errors: a sentence for each field that is wrong. joint_error: what doesn't go together, or nothing.
    """

    values: Mapping[str, Any]
    params: BaseModel | None
    defaults: Mapping[str, Any]
    errors: Mapping[str, str]
    joint_error: str

    @property
    def touched(self) -> dict[str, Any]:
        """The values, read as the model reads them where all is well."""
        return {name: getattr(self.params, name) if self.params else value for name, value in self.values.items()}


def check_values(model: type[BaseModel], values: Mapping[str, Any]) -> FormValues:
    """Check values as the model does."""
    try:
        params = model.model_validate(dict(values))
    except ValidationError as error:
        invalid_fields = list(problems(error))
    else:
        return FormValues(values, params, _defaults(model, values), {}, "")
    errors = {field: sentence for field, sentence in reversed(invalid_fields) if field}
    joint_error = " ".join(sentence for field, sentence in invalid_fields if not field)
    if joint_error and (cause := _single_cause(model, values, joint_error)):
        errors[cause], joint_error = joint_error, ""
    return FormValues(values, None, _defaults(model, values), errors, joint_error)


def needed_values(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that make a difference: without the others all would be the same.

    Names that aren't fields, and None, are left out.
    """
    kept = {name: values[name] for name in model.model_fields if values.get(name) is not None}
    whole = _validated(model, kept)
    for name in reversed(list(kept)):
        rest = {other: value for other, value in kept.items() if other != name}
        if whole is not None and _validated(model, rest) == whole:
            kept = rest
    return kept


def _validated(model: type[BaseModel], values: Mapping[str, Any]) -> BaseModel | None:
    try:
        return model.model_validate(dict(values))
    except ValidationError:
        return None


def _single_cause(model: type[BaseModel], values: Mapping[str, Any], joint_error: str) -> str:
    """The field without which that isn't said, where there is exactly one."""
    causes = [name for name in values if _joint_error(model, _without(values, name)) != joint_error]
    return causes[0] if len(causes) == 1 else ""


def _joint_error(model: type[BaseModel], values: Mapping[str, Any]) -> str:
    """What is said of no single field."""
    try:
        model.model_validate(dict(values))
    except ValidationError as error:
        return " ".join(sentence for field, sentence in problems(error) if not field)
    return ""


def _defaults(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """What each field would be without its own value."""
    defaults = _nearest_valid(model, values)
    for name in values:
        defaults.pop(name, None)
        others = _nearest_valid(model, _without(values, name))
        defaults |= {name: others[name]} if name in others else {}
    return defaults


def _nearest_valid(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """All fields as they would be if as little as possible of what is wrong were left out.

    Of values that clash the last declared goes first: presets are declared before the fields that they fill.
    """
    kept = dict(values)
    while True:
        try:
            return dict(model.model_validate(kept))
        except ValidationError as error:
            invalid = {field for field, _ in problems(error)}
        joint_error = _joint_error(model, kept)
        if errors := invalid & set(kept):
            kept = {name: value for name, value in kept.items() if name not in errors}
        elif joint_error and kept:
            order = [name for name in reversed(list(model.model_fields)) if name in kept]
            culprit = next(
                (name for name in order if _joint_error(model, _without(kept, name)) != joint_error), order[0]
            )
            kept = _without(kept, culprit)
        else:  # nothing but what is missing
            return dict(model.model_construct(**kept))


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in values.items() if other != name}
