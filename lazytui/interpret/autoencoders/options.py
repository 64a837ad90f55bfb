"""What can be chosen of an autoencoder and of its training."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, field_validator, model_validator

from lazytui.errors import unknown_name
from lazytui.interpret.autoencoders import VARIANTS


def _option(name: str, meaning: str, **limits: Any) -> Any:
    """A field that says in its help which variants read it, and what they take when it isn't given."""
    readers = {variant: entry.options[name] for variant, entry in VARIANTS.items() if name in entry.options}
    defaults = ", ".join(f"{variant} {default:g}" for variant, default in readers.items())
    return Field(
        None, description=f"{meaning.removesuffix('.')} [{defaults}].", json_schema_extra={"sometimes": True}, **limits
    )


class VariantOptions(BaseModel):
    """None: nothing was chosen."""

    k: int | None = _option("k", "Features that a sample may use.", ge=1)
    lam: float | None = _option("lam", "Price of activity, where the samples' variance is 1.", gt=0, le=100)
    bandwidth: float | None = _option("bandwidth", "How near a threshold a sample moves it.", gt=0, le=10)


class VariantChoice(VariantOptions):
    """A variant with its options. What it reads and isn't given takes the variant's default; others are None."""

    variant: str = Field(
        "topk", description="Kind of autoencoder: a name from `lazytui autoencoders`.", examples=list(VARIANTS)
    )

    @field_validator("variant")
    @classmethod
    def _known_variant(cls, variant: str) -> str:
        if variant not in VARIANTS:
            raise ValueError(unknown_name("variant", variant, VARIANTS))
        return variant

    @model_validator(mode="before")
    @classmethod
    def _take_defaults(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        entry = VARIANTS.get(given.get("variant", "topk"))
        chosen = {name: value for name, value in given.items() if value is not None}
        return {**given, **(entry.options if entry else {}), **chosen}

    @model_validator(mode="after")
    def _refuse_others(self) -> VariantChoice:
        own = VARIANTS[self.variant].options
        for name in VariantOptions.model_fields:
            if getattr(self, name) is not None and name not in own:
                raise ValueError(f"The variant {self.variant} doesn't read {name}; it takes {', '.join(own)}.")
        return self

    @property
    def chosen(self) -> dict[str, float]:
        """The options of the variant, by name."""
        return {name: getattr(self, name) for name in VARIANTS[self.variant].options}
