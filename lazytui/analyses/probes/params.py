"""What can be chosen of `probes`."""

from __future__ import annotations

from pydantic import Field

from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams


class ProbesParams(ModelUnderStudyParams):
    """Which network's layers are probed, and on how many images."""

    samples: int = Field(
        4000,
        ge=200,
        le=100_000,
        description="Images of the probe split, which shows every digit in every color equally often: a probe is "
        "fitted to one half and tested on the other.",
    )
    strength: float = Field(
        1.0, gt=0, le=1e6, description="C of the logistic regression: more for less regularization."
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the halves and of the untrained network.")
