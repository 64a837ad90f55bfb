"""What can be chosen of the methods: one field a name, shared by all methods in which it means the same."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, model_validator

from lazytui.training.methods import METHODS


def _option(name: str, meaning: str, **limits: Any) -> Any:
    """A field that says in its help which methods read it, and what they take when it isn't given."""
    readers = {method: entry.options[name] for method, entry in METHODS.items() if name in entry.options}
    defaults = ", ".join(f"{method} {default:g}" for method, default in readers.items())
    return Field(None, description=f"{meaning} [{defaults}]", json_schema_extra={"sometimes": True}, **limits)


class MethodOptions(BaseModel):
    """None: the method doesn't read it. What the method reads and isn't given takes the method's default."""

    alpha: float | None = _option("alpha", "How strongly the gradient is reversed at the end.", ge=0, le=100)
    adversary_steps: int | None = _option("adversary_steps", "Adversary steps for one of the model.", ge=1, le=100)
    adversary_lr: float | None = _option("adversary_lr", "Learning rate of the adversary.", gt=0, le=1)

    @model_validator(mode="before")
    @classmethod
    def _take_defaults(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        entry = METHODS.get(given.get("method", "erm"))
        chosen = {name: value for name, value in given.items() if value is not None}
        return {**given, **(entry.options if entry else {}), **chosen}

    @model_validator(mode="after")
    def _refuse_others(self) -> MethodOptions:
        given = dict(self)
        method, own = given["method"], METHODS[given["method"]].options
        for name in MethodOptions.model_fields:
            if given[name] is not None and name not in own:
                takes = ", ".join(option.replace("_", "-") for option in own) or "no options"
                raise ValueError(f"The method {method} doesn't read {name.replace('_', '-')}; it takes {takes}.")
        return self
