"""What can be chosen of `audit`."""

from __future__ import annotations

from pydantic import Field

from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams


class AuditParams(ModelUnderStudyParams):
    """Which network is audited, and on how many images."""

    images: int = Field(
        500,
        ge=50,
        le=5000,
        description="Images that it wasn't trained on, each edited with a donor of its own class and of another one. "
        "With fewer than 500 weak dependences stay unseen.",
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the images and their donors.")
