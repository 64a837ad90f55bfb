"""What can be chosen of an autoencoder and of its training."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, field_validator, model_validator

from lazytui.catalog_fields import name_field, option, require_name, require_own, summaries, with_defaults
from lazytui.sae import VARIANTS


def _option(name: str, meaning: str, **limits: Any) -> Any:
    return option(name, meaning, VARIANTS, **limits)


class VariantOptions(BaseModel):
    """None: nothing was chosen."""

    k: int | None = _option("k", "Features that a sample may use.", ge=1)
    lam: float | None = _option("lam", "Price of activity, where the samples' variance is 1.", gt=0, le=100)
    bandwidth: float | None = _option("bandwidth", "How near a threshold a sample moves it.", gt=0, le=10)


class VariantChoice(VariantOptions):
    """A variant with its options. What it reads and isn't given takes the variant's default; others are None."""

    variant: str = name_field("topk", "Kind of autoencoder: a name from `lazytui autoencoders`.", summaries(VARIANTS))

    @field_validator("variant")
    @classmethod
    def _known_variant(cls, variant: str) -> str:
        return require_name("variant", variant, VARIANTS)

    @model_validator(mode="before")
    @classmethod
    def _take_defaults(cls, given: Any) -> Any:
        return with_defaults(given, "variant", "topk", VARIANTS)

    @model_validator(mode="after")
    def _refuse_others(self) -> VariantChoice:
        given = [name for name in VariantOptions.model_fields if getattr(self, name) is not None]
        require_own("variant", self.variant, given, VARIANTS[self.variant].options)
        return self

    @property
    def chosen(self) -> dict[str, float]:
        """The options of the variant, by name."""
        return {name: getattr(self, name) for name in VARIANTS[self.variant].options}
