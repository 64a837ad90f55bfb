"""What can be chosen of `attack-image`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from lazytui.analyses.attack.params import FEWEST, AttackParams, AttackSetting
from lazytui.analyses.attack.pool_choice import ImagePool
from lazytui.data.content import DIGITS

LARGEST_FACTOR = 1024.0
"""How many times as strong the sensitivity can be drawn."""


class AttackImageParams(AttackSetting):
    """Which image, and how it is attacked."""

    source_class: Annotated[str, BeforeValidator(str), Field(min_length=1, max_length=60)] = Field(
        "7",
        description="The class of the image, by name or number. With fewer than eight classes, the first by default.",
        json_schema_extra={"choices": [*DIGITS]},
    )
    pool: ImagePool | None = Field(
        None,
        description="The image's color, or other attribute: that of its class (aligned), any (neutral), or the "
        "target's; drawn: pictures of the digit that `lazytui run ask` kept. Default aligned where the images have an "
        "attribute, else neutral: all images of the class.",
    )
    image: int = Field(0, ge=0, lt=10_000, description="Which image of the pool.")
    sure: bool = Field(False, description="Require a probability over .9 for success, not only the largest one.")
    smallest: bool = Field(
        False, description="Attack with the smallest budget that fools this image instead of --epsilon."
    )
    factor: float = Field(
        1.0,
        ge=1,
        le=LARGEST_FACTOR,
        description="Factor that amplifies the displayed sensitivity; at 1 its largest value is white or black.",
    )
    budgets: int = Field(
        12,
        ge=0,
        le=200,
        description="Also attack with this many evenly spaced budgets up to the largest, and show the probabilities.",
    )

    @field_validator("source_class")
    @classmethod
    def _of_one_class(cls, name: str) -> str:
        if name == "all":
            raise ValueError("--source-class of one image can't be all: choose a class.")
        return name

    @model_validator(mode="after")
    def _check_sure(self) -> Self:
        if self.sure and self.score is not None:
            raise ValueError("--sure needs a probability, which --score lacks: leave out --sure, and raise --above.")
        return self

    @property
    def pool_chosen(self) -> ImagePool:
        """The pool, once `resolve` has found one where nobody did."""
        return self.pool or "neutral"

    @property
    def of_pool(self) -> AttackParams:
        """The same asked of the pool that the image is of."""
        shared = self.model_dump(include=set(AttackSetting.model_fields), exclude_none=True, exclude_unset=True)
        return AttackParams(**shared, sources=max(FEWEST, self.image + 1))
