"""What can be chosen of `sae-selfcheck`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from lazytui.analyses.core.analysis import Params
from lazytui.catalog_fields import name_field, require_name, summaries
from lazytui.list_values import split_list
from lazytui.sae import VARIANTS

PRICES = {"l1": (0.03, 0.1, 0.3), "gated": (0.03, 0.1, 0.3), "jumprelu": (0.01, 0.03, 0.1)}
"""The sparsity weights (lam) that are tried, for the variants that have one."""


class SelfcheckParams(Params):
    """How the known features are mixed, and which autoencoders have to find them."""

    variants: Annotated[tuple[str, ...], BeforeValidator(split_list)] = name_field(
        tuple(VARIANTS), "Autoencoders to check, such as topk,l1.", summaries(VARIANTS)
    )
    features: int = Field(64, ge=2, le=4096, description="True features.")
    dimensions: int = Field(32, ge=2, le=4096, description="Dimensions that they share.")
    active: int = Field(3, ge=1, le=4096, description="Active features per sample, on average.")
    samples: int = Field(20_000, ge=100, le=10**7, description="Training samples.")
    steps: int = Field(3000, ge=1, le=10**6, description="Updates of each autoencoder.")
    batch: int = Field(256, ge=2, le=65_536, description="Samples per step.")
    lr: float = Field(3e-3, gt=0, le=1, description="Learning rate.")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the features, of the samples and of the training.")

    @field_validator("variants")
    @classmethod
    def _known_variants(cls, variants: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(require_name("variant", variant, VARIANTS) for variant in variants)

    @model_validator(mode="after")
    def _check(self) -> SelfcheckParams:
        if self.active >= self.features:
            raise ValueError(f"With {self.active} of {self.features} features active, samples aren't sparse.")
        return self
