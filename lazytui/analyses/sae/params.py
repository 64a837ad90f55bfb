"""What can be chosen of `sae`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams
from lazytui.list_values import split_numbers
from lazytui.sae.sae_options import VariantChoice


def _numbers_or_none(value: Any) -> Any:
    """Numbers as people type them; no probing is recorded as an empty list."""
    return () if value in ((), []) else split_numbers(value)


class SaeParams(VariantChoice, ModelUnderStudyParams):
    """Which layer is taken apart, into how many features, and how that is learned."""

    model_config = ConfigDict(defer_build=False)  # not in whichever thread uses it first
    HEADING: ClassVar[str] = ""

    layer: str | None = Field(
        None, description="A layer of the network, such as features.relu3; by default the pooled features, its last."
    )
    saelens: str | None = Field(
        None,
        description="A SAELens folder (cfg.json, sae_weights.safetensors): load its autoencoder instead of training "
        "one. Its training settings aren't known, so it has no controls.",
    )
    positions: Literal["apart", "together"] = Field(
        "apart",
        description="Samples of a map: the channels at each position (apart), or the whole map as one (together).",
    )
    expansion: float = Field(
        0.5,
        gt=0,
        le=256,
        description="Features for each dimension of the layer. Networks as small as these use few directions of many "
        "dimensions; features beyond those stay dead, or differ from seed to seed.",
    )
    samples: int = Field(
        500_000, ge=100, le=10**8, description="Activations to learn from at most; positions are drawn at random."
    )
    steps: int = Field(12_000, ge=1, le=10**7, description="Updates of the autoencoder.")
    epochs: int | None = Field(None, ge=1, le=10**6, description="Passes over the activations, instead of --steps.")
    batch: int = Field(256, ge=2, le=65_536, description="Activations per step.")
    lr: float = Field(3e-4, gt=0, le=1, description="Learning rate, after warm-up and before decay.")
    pictured: int = Field(256, ge=0, le=4096, description="Number of features, by their mass, whose images are kept.")
    starts: int = Field(2, ge=0, le=20, description="Random starts of every feature's preferred input; 0 makes none.")
    climb: int = Field(64, ge=1, le=10_000, description="Optimization steps of a preferred input.")
    pages: int = Field(1, ge=0, le=64, description="Features of each category that get a page in the figures.")
    controls: int = Field(
        1,
        ge=0,
        le=10,
        description="Seeds of two controls beside each headline: the same autoencoder with its decoder, or its "
        "encoder, frozen at random; 0 trains none. A claim needs 3; the autoencoder then has as many seeds itself.",
    )
    probing: Annotated[tuple[Annotated[int, Field(ge=1, le=512)], ...], BeforeValidator(_numbers_or_none)] = Field(
        (),
        description="Also run sparse probing: how well the best k features alone predict each class and value, beside "
        "the controls and the layer's own dimensions. Values of k, such as 1,2,4,8; takes a minute or more.",
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the first weights and of the batches.")

    ALTERNATIVES: ClassVar[tuple[tuple[str, str], ...]] = (("steps", "epochs"),)
