"""What can be chosen of `concepts`."""

from __future__ import annotations

from pydantic import Field

from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams


class ConceptsParams(ModelUnderStudyParams):
    """Which layer of which network is asked for concepts, and on how many images."""

    layer: str | None = Field(
        None,
        description="A layer of the network, such as features.relu2; by default the last with a map of 7 x 7 or finer. "
        "At the last before the logits every image of a class gives the same answer.",
    )
    samples: int = Field(
        50, ge=10, le=1000, description="Images with the concept, and random ones, that a concept vector is fitted to."
    )
    runs: int = Field(
        10,
        ge=3,
        le=100,
        description="Vectors of each concept, each fitted against other random images; and three times as many of "
        "random images alone.",
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the images.")
