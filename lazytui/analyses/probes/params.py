"""What can be chosen of `probes`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams
from lazytui.list_values import split_list


class ProbesParams(ModelUnderStudyParams):
    """Which network's layers are probed, and on how many images."""

    layers: Annotated[tuple[str, ...], BeforeValidator(split_list), Field(max_length=100)] | None = Field(
        None, description="Layers to probe, such as features.relu1,features.relu2; by default all before the logits."
    )
    samples: int = Field(
        4000,
        ge=200,
        le=100_000,
        description="Images of the probe split, which shows every class with every value of the attribute (or each "
        "group that there is) equally often: a probe is fitted to one half and tested on the other.",
    )
    strength: float = Field(
        1.0, gt=0, le=1e6, description="C of the logistic regression: larger values regularize less."
    )
    seed: int = Field(0, ge=0, lt=2**63, description="Random seed of the halves and of the untrained network.")
