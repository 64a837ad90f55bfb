"""What can be chosen of `certify`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from lazytui.analyses.networks.class_choice import ClassName, class_name, read_class
from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams
from lazytui.attacks import ATTACKS
from lazytui.catalog_fields import name_field, require_name
from lazytui.data.content import Content
from lazytui.list_values import split_list

CERTIFICATES = {
    "ibp": "Intervals, layer by layer: fast and loose.",
    "crown": "Linear bounds of each layer, and intervals where these are tighter: slower and tighter.",
    "smoothing": "Randomized smoothing: the most frequent prediction under noise, with a Euclidean radius.",
}
"""By name, with a line on each."""

USABLE_ATTACKS = {
    name: entry.summary for name, entry in ATTACKS.items() if entry.norm == "linf" and not entry.needs_target
}
"""Attacks with the budget that IBP and CROWN certify."""

_TARGET = 3


class CertifyParams(ModelUnderStudyParams):
    """Which network, which certificates, and on which images."""

    certificates: Annotated[tuple[str, ...], BeforeValidator(split_list)] = name_field(
        tuple(CERTIFICATES), "Certificates to compute: ibp,crown,smoothing.", CERTIFICATES
    )
    attacks: Annotated[tuple[str, ...], BeforeValidator(split_list)] = name_field(
        ("pgd",), "Attacks to compare with, at their defaults: pgd,apgd-ce.", USABLE_ATTACKS
    )
    pool: Literal["all", "aligned", "neutral", "target-colored"] = Field(
        "all",
        description="The images' color: that of their class (aligned), every color (neutral), or the target's. Data "
        "that can't be repainted use the test images with that color; neutral uses all of them.",
    )
    images: int = Field(10, ge=1, le=10_000, description="Test images of each pool, balanced over its classes.")
    source_class: Annotated[str, BeforeValidator(str), Field(min_length=1, max_length=60)] = Field(
        "all", description="The class of the images, by name or number; all: each of them."
    )
    target_class: ClassName = Field(
        _TARGET,
        description="The class whose color the pool target-colored has, by name or number. With fewer than four "
        "classes, the default is the last one that has a color.",
    )
    epsilon: float = Field(
        0.008, gt=0, le=1, description="The largest change of a value at which rates and margins are reported."
    )
    largest: float = Field(0.25, gt=0, le=1, description="The largest budget to search.")
    sigma: float = Field(0.25, gt=0, le=10, description="Standard deviation of the noise of smoothing.")
    draws: int = Field(
        1000,
        ge=10,
        le=10**6,
        description="Noisy copies of an image for its smoothed radius. They limit it: to 2.46 sigma with 1,000, to "
        "3.81 sigma with 100,000.",
    )
    alpha: float = Field(
        0.001, gt=0, lt=0.5, description="Probability that a smoothed radius is too large, for each image."
    )
    radius: float = Field(0.25, gt=0, le=50, description="The Euclidean distance for smoothing's rates.")
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the attacks' starts and of the noise.")

    @field_validator("certificates")
    @classmethod
    def _known_certificates(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            name for name in CERTIFICATES if name in {require_name("certificate", one, CERTIFICATES) for one in names}
        )

    @field_validator("attacks")
    @classmethod
    def _usable_attacks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if require_name("attack", name, ATTACKS) not in USABLE_ATTACKS:
                raise ValueError(
                    f"{name} can't be compared with certificates, which are untargeted and bound the largest change of "
                    f"a value: choose among {', '.join(USABLE_ATTACKS)}."
                )
        return tuple(dict.fromkeys(names))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.epsilon > self.largest:
            raise ValueError(f"--epsilon {self.epsilon:g} is more than --largest {self.largest:g}.")
        return self

    def in_content(self, content: Content) -> Self:
        """The same with the classes by name. Raises UsageError where there are none such."""
        target = self.target_class
        if "target_class" not in self.model_fields_set and len(content.classes) <= _TARGET:
            aligned = [label for label in content.aligned if label in range(len(content.classes))]
            target = aligned[-1] if aligned else 0
        source = (
            self.source_class if self.source_class == "all" else content.classes[read_class(self.source_class, content)]
        )
        return self.model_copy(
            update={"source_class": source, "target_class": class_name(content.classes[read_class(target, content)])}
        )

    def source_labels(self, content: Content) -> tuple[int, ...]:
        """Which classes the images are of."""
        return (
            tuple(range(len(content.classes)))
            if self.source_class == "all"
            else (read_class(self.source_class, content),)
        )

    def target_label(self, content: Content) -> int:
        """Which class has the color of the pool target-colored."""
        return read_class(self.target_class, content)
