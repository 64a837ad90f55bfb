"""What can be chosen of an autoencoder: the variant, and its options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import field_validator, model_validator

from lazytui.catalog_fields import (
    ChosenOptions,
    merged_options,
    name_field,
    require_name,
    require_own,
    summaries,
    with_defaults,
)
from lazytui.sae import VARIANTS
from lazytui.sae.variants.base import Variant

if TYPE_CHECKING:
    AllVariantOptions = ChosenOptions
else:
    AllVariantOptions = merged_options("AllVariantOptions", VARIANTS, heading="Options of variants")


class VariantChoice(AllVariantOptions):
    """A variant with its options. What it reads and isn't given takes the variant's default; others are None."""

    HEADING: ClassVar[str] = "Variant"

    variant: str = name_field("topk", "Kind of autoencoder: a name from `lazytui autoencoders`.", summaries(VARIANTS))

    @property
    def chosen_variant(self) -> Variant:
        """The variant with its options."""
        own = VARIANTS[self.variant].options
        return own.model_validate({name: getattr(self, name) for name in own.model_fields})

    @field_validator("variant")
    @classmethod
    def _known_variant(cls, variant: str) -> str:
        return require_name("variant", variant, VARIANTS)

    @model_validator(mode="before")
    @classmethod
    def _take_defaults(cls, values: Any) -> Any:
        return with_defaults(values, "variant", "topk", VARIANTS)

    @model_validator(mode="after")
    def _refuse_others(self) -> VariantChoice:
        require_own("variant", self.variant, self.chosen_options, VARIANTS[self.variant].options.model_fields)
        return self
