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
    prove: bool = Field(
        False,
        description="Whether the property is needed: train a network of the same kind with it exchanged at random "
        "between images, and see how much of the accuracy it keeps.",
    )
    peel: int = Field(
        0,
        ge=0,
        le=5,
        description="How often to audit such a network in its turn, and to exchange what it goes by as well: "
        "properties that say the same hide each other.",
    )
    minority: bool = Field(
        False,
        description="Find the training images that contradict the property, with no label of it.",
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the images and their donors.")
