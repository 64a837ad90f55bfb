"""What can be chosen of `gradcam`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from lazytui.analyses.networks.image_choice import SplitName
from lazytui.analyses.networks.second_network import PairParams
from lazytui.data.palettes import NO_COLOR
from lazytui.errors import UsageError
from lazytui.list_values import split_list
from lazytui.saliency.map_names import MethodName, require_layer_suits

Target = Literal["predicted", "digit", "color", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]


class GradcamParams(PairParams):
    """Which network's gaze is looked at, by which map, on which images."""

    method: MethodName = Field("grad-cam", description="The kind of map; `lazytui run gradcam` shows all of them once.")
    layer: str | None = Field(
        None,
        description="The layer whose map is shown, such as features.relu2; default the last with a map of 7 x 7 or "
        "finer.",
    )
    target: Target = Field(
        "predicted",
        description="The class whose evidence is shown: what the network predicts, the digit, the digit that the color "
        "belongs to, or one for all images.",
    )
    show: Annotated[tuple[str, ...], BeforeValidator(split_list), Field(max_length=100)] | None = Field(
        None,
        description="Images of the split to show one by one, with their maps and probabilities: numbers, or digit and "
        "color for the first such image, as in red 7,red 1,17.",
    )
    split: SplitName = Field("easy", description="The images to look at; easy are those of the validation split.")
    images: Annotated[int, Field(ge=2)] | None = Field(
        None, description="How many of them; default all, or as many as a slow method affords."
    )
    checked: Annotated[int, Field(ge=0)] = Field(
        200, description="Images on which the maps are put to the test (faithfulness, randomized weights, recoloring)."
    )
    baseline: Literal["black", "mean"] = Field(
        "black",
        description="Where integrated gradients start, and what kernel-shap shows of absent superpixels: a black "
        "image, or the mean of the split.",
    )
    superpixels: Annotated[int, Field(ge=2, le=10)] = Field(
        7, description="Squares of a row and of a column that kernel-shap tells the share of."
    )
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(
        0, description="Random seed of noise, orders and fresh weights."
    )

    @model_validator(mode="after")
    def _check_combination(self) -> GradcamParams:
        require_layer_suits(self.method, self.layer)
        return self


def target_class(target: str, digit: int, color: int) -> int | None:
    """The class to explain; None for what is predicted."""
    if target == "predicted":
        return None
    if target == "color" and color == NO_COLOR:
        raise UsageError("This image wears no color, so there is no color's digit to target.")
    return {"digit": digit, "color": color}.get(target, int(target) if target.isdigit() else None)
