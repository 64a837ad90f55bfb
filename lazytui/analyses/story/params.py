"""What can be chosen of `story`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lazytui.analyses.core.analysis import Params


class StoryParams(Params):
    """Where the story plays."""

    preset: Literal["quick", "full"] = Field(
        "quick", description="quick: digits drawn here, minutes on two cores; full: real MNIST, the studies' settings."
    )
    source: str | None = Field(None, description="Digits to paint, if not those of the preset.")
    dataset: str = Field("background", description="How they are painted: a preset of `lazytui run dataset`.")
    model: str = Field("gap-cnn", description="The network: a name from `lazytui models`.")
    train_size: int | None = Field(
        None, ge=1000, description="How many training digits to use; fewer are faster. Default all."
    )
    test_size: int | None = Field(None, ge=1000, description="How many test digits to use; default all.")
    seed: int = Field(0, ge=0, description="Random seed of every chapter.")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto uses a GPU if there is one."
    )
