"""What can be chosen of `llc`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams


class LlcParams(ModelUnderStudyParams):
    """How the chains move."""

    eps: float = Field(4e-6, gt=0, le=1, description="Step size of the Langevin dynamics.")
    gamma: float = Field(
        10_000.0, ge=0, le=1e9, description="Localization: strength of the spring that keeps chains near the weights."
    )
    spread: float = Field(
        2.0, gt=1, le=100, description="Factor by which step size and localization vary in the grid, both ways."
    )
    chains: int = Field(
        12, ge=2, le=100, description="Chains at the chosen settings; each of the eight settings around them has one."
    )
    steps: int = Field(200, ge=10, le=100_000, description="Steps of a chain; the first half is burn-in.")
    batch: int = Field(16, ge=1, le=10_000, description="Training images in a step of a chain.")
    slope: Literal["removed", "kept"] = Field(
        "removed",
        description="Whether to subtract the slope of the loss at the weights: the definition assumes a minimum.",
    )
    through_training: bool = Field(
        False,
        description="Also estimate it at each checkpoint that the training kept (train's --keep-checkpoints), with as "
        "many chains each.",
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the noise and of the batches.")
