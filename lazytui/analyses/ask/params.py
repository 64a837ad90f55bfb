"""What can be chosen of `ask`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lazytui.analyses.core.analysis import Params, Positional
from lazytui.analyses.networks.class_choice import ClassName
from lazytui.analyses.networks.second_network import SecondNetworkParams
from lazytui.data.content import DIGITS
from lazytui.saliency.map_names import MethodName, require_layer_suits

PREDICTED = "predicted"
"""The target that is what the network predicts."""


class PictureParams(Params):
    """Which picture, and how it becomes an image for a network."""

    image: Annotated[str, Positional()] = Field(
        description="A picture file (PNG, JPEG, GIF, BMP, TIFF, WEBP or PPM) of any size; it is brought to the size "
        "of the images that the network was trained on, such as 28 x 28."
    )
    fit: Literal["crop", "pad", "stretch"] = Field(
        "crop",
        description="How a picture is fitted to the images' shape: crop keeps its middle, pad adds black, stretch "
        "distorts it.",
    )
    invert: bool = Field(False, description="Invert light and dark, for dark ink on light paper.")
    digit: ClassName | None = Field(
        None,
        description="The digit that the picture shows, or the class by name or number, to tell whether answers are "
        "right.",
    )

    @property
    def label(self) -> int | None:
        """The class that the picture shows, by its number, as runs record it."""
        return None if self.digit is None else int(self.digit)


class AskNetworksParams(SecondNetworkParams):
    """Which network is asked, which second one, and how the answer is explained."""

    method: MethodName | None = Field(
        None, description="The saliency method. Default: Grad-CAM, or the input gradient where the network has no map."
    )
    layer: str | None = Field(None, description="The layer whose map is shown; default the best one for the method.")
    target: str = Field(
        PREDICTED,
        max_length=200,
        description="The class whose evidence is shown: the predicted class, or one of your choice.",
        json_schema_extra={"choices": [PREDICTED, *DIGITS]},
    )

    @model_validator(mode="after")
    def _check_layer(self) -> Self:
        if self.method is not None:
            require_layer_suits(self.method, self.layer)
        return self


class AskParams(AskNetworksParams, PictureParams):
    """Which picture is shown to which networks."""
